"""Parts of objects, which a program such as kustomize merges into whole ones."""

from kubestock.values import documents
from kubestock.values.documents import Document

_SELECTING = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")


def is_patch(document: Document) -> bool:
    """Whether an object is a patch: a controller with neither a selector nor labels of its pods is no whole one."""
    if documents.kind(document) not in _SELECTING:
        return False
    selector = documents.at(document, "spec", "selector")
    return selector is None and not documents.mapping(document, "spec", "template", "metadata", "labels")
