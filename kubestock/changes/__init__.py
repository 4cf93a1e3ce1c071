"""What a change of the manifests does to a cluster: plain dictionaries in, changes with their effects out."""
