"""Pictures of what manifests say: what is drawn (`model`), and how (`mermaid`, `svg`)."""
