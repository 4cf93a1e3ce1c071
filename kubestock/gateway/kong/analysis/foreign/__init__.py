"""The same rules over anybody's file of Kong, such as one in a ConfigMap. Nothing here needs cdk8s."""

from kubestock.gateway.kong.analysis.foreign.document import findings_of_file
from kubestock.gateway.kong.analysis.foreign.manifests import findings_of_manifest

__all__ = ["findings_of_file", "findings_of_manifest"]
