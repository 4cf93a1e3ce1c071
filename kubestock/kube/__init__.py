"""The thin layer over the typed bindings of Kubernetes: objects, shared scalars, peers."""
