"""Rules about the names and namespaces that identify objects."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.kinds import CLUSTER_SCOPED


@rule(
    "duplicate-object",
    title="Two objects have the same kind, name and namespace",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/",
    fails="""
        {apiVersion: v1, kind: ConfigMap, metadata: {name: orders}, data: {level: info}}
        ---
        {apiVersion: v1, kind: ConfigMap, metadata: {name: orders}, data: {level: debug}}
    """,
    passes="""
        {apiVersion: v1, kind: ConfigMap, metadata: {name: orders}, data: {level: info}}
        ---
        {apiVersion: v1, kind: ConfigMap, metadata: {name: orders-debug}, data: {level: debug}}
    """,
)
def duplicate_object(inventory: Inventory) -> Iterator[Problem]:
    """The second object replaces the first without an error, because they are one object for the cluster."""
    seen = set()
    for document in inventory.objects:
        kind = documents.text(document, "kind")
        name = documents.name(document)
        namespace = "" if kind in CLUSTER_SCOPED else documents.namespace(document)
        identity = (documents.group(document), kind, namespace, name)
        if name and identity in seen:
            yield Problem(
                document,
                "exists twice, and the second replaces the first",
                fix="rename one, or remove it",
                field=("metadata", "name"),
            )
        seen.add(identity)


@rule(
    "cluster-scoped-namespace",
    title="A cluster-scoped object has a namespace",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
    fails="""
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: services, namespace: shop}
        value: 1000
    """,
    passes="""
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: services}
        value: 1000
    """,
)
def cluster_scoped_namespace(inventory: Inventory) -> Iterator[Problem]:
    """The API server removes the namespace, so tools such as Argo CD always show the object as out of sync."""
    for document in inventory.objects:
        if documents.text(document, "kind") in CLUSTER_SCOPED and documents.namespace(document):
            yield Problem(
                document,
                "is cluster-scoped but has a metadata.namespace",
                fix="remove it",
                field=("metadata", "namespace"),
            )
