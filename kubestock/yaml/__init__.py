"""Writes YAML that every reader understands in the same way, and reads YAML as Kubernetes does."""
