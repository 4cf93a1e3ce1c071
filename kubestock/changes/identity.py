"""The identity of the object that a manifest describes."""

from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.kinds import CLUSTER_SCOPED

Identity = tuple[str, str, str, str]
"""The API group, the kind, the namespace and the name."""


def identity_of(manifest: Document) -> Identity:
    """Return the identity of an object; for a cluster-scoped kind, the namespace is ignored."""
    kind = documents.text(manifest, "kind")
    name = documents.name(manifest) or documents.text(manifest, "metadata", "generateName")
    namespace = "" if kind in CLUSTER_SCOPED else documents.namespace(manifest)
    return documents.group(manifest), kind, namespace, name


def reference(identity: Identity) -> str:
    """Return the kind, the namespace (if it has one) and the name."""
    return "/".join(part for part in identity[1:] if part)
