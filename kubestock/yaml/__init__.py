"""YAML as Kubernetes reads it: what is written is what was meant, and what is read is what a cluster would read."""
