"""Which object a manifest describes."""

from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.kinds import CLUSTER_SCOPED

Identity = tuple[str, str, str, str]
"""API group, kind, namespace and name."""


def identity_of(manifest: Document) -> Identity:
    """Return which object a manifest describes; a namespace on what is in none is no part of it."""
    kind = documents.text(manifest, "kind")
    name = documents.name(manifest) or documents.text(manifest, "metadata", "generateName")
    namespace = "" if kind in CLUSTER_SCOPED else documents.namespace(manifest)
    return documents.group(manifest), kind, namespace, name


def reference(identity: Identity) -> str:
    """Return kind, namespace (if it has one) and name."""
    return "/".join(part for part in identity[1:] if part)
