"""Patches: incomplete objects that a tool such as kustomize merges into complete ones."""

from kubestock.values import documents
from kubestock.values.documents import Document

_SELECTING = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")


def is_patch(document: Document) -> bool:
    """Whether an object is a patch: its kind requires a selector, but it has neither a selector nor pod labels."""
    if documents.kind(document) not in _SELECTING:
        return False
    selector = documents.at(document, "spec", "selector")
    return selector is None and not documents.mapping(document, "spec", "template", "metadata", "labels")
