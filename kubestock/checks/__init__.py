"""Rules over plain manifests: what the YAML of a chart says that could not work in a cluster.

They read anybody's YAML, and stand on nothing but the values.
"""

from kubestock.checks.finding import Finding
from kubestock.checks.rules import findings

__all__ = ["Finding", "findings"]
