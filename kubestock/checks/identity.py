"""Whether every object is one that the cluster can tell from the others."""

from collections.abc import Iterator

from kubestock.checks.finding import Finding
from kubestock.checks.inventory import Inventory, finding
from kubestock.values import documents
from kubestock.values.kinds import CLUSTER_SCOPED


def duplicate_object(inventory: Inventory) -> Iterator[Finding]:
    """Two objects of one kind, name and namespace are one: the second silently replaces the first.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
    """
    seen = set()
    for document in inventory.objects:
        kind = documents.text(document, "kind")
        name = documents.name(document)
        namespace = "" if kind in CLUSTER_SCOPED else documents.namespace(document)
        identity = (documents.group(document), kind, namespace, name)
        if name and identity in seen:
            message = "exists twice, and the second replaces the first; rename one or leave it out"
            yield finding("duplicate-object", document, message)
        seen.add(identity)


def cluster_scoped_namespace(inventory: Inventory) -> Iterator[Finding]:
    """Argo CD, for one, then never finds the object in sync: the API server drops the namespace.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
    """
    for document in inventory.objects:
        if documents.text(document, "kind") in CLUSTER_SCOPED and documents.namespace(document):
            message = "is cluster-scoped but has a metadata.namespace; take it out"
            yield finding("cluster-scoped-namespace", document, message)
