"""A thin layer over the typed bindings of Kubernetes: objects, scalars, peers of network policies."""
