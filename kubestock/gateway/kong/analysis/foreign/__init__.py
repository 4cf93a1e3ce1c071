"""The same rules for Kong files that this library did not write. This package does not need cdk8s."""

from kubestock.gateway.kong.analysis.foreign.document import findings_of_file
from kubestock.gateway.kong.analysis.foreign.manifests import findings_of_manifest

__all__ = ["findings_of_file", "findings_of_manifest"]
