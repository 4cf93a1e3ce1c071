"""Computes what a change of manifests does in a cluster: plain dictionaries in, changes with their effects out."""
