"""Lookups in the manifests that several rules share."""
