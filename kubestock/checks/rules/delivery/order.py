"""Rules about the order in which kubectl (in the order of a file) or Argo CD (in waves) applies objects."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.makers import maker_of
from kubestock.checks.facts.references import NEEDED_FIRST, references_of_workloads
from kubestock.checks.facts.sync import has_sync_order, phase, phase_and_wave
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document

_NAMED = {
    "RoleBinding": ("roleRef",),
    "ClusterRoleBinding": ("roleRef",),
    "HorizontalPodAutoscaler": ("spec", "scaleTargetRef"),
    "Certificate": ("spec", "issuerRef"),
    "ExternalSecret": ("spec", "secretStoreRef"),
}
"""The fields in which these objects refer to another object by kind and name."""


@rule(
    "namespace-order",
    title="An object is applied before its Namespace",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
    fails="""
        {apiVersion: v1, kind: ConfigMap, metadata: {name: orders, namespace: shop}, data: {level: info}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
    """,
    passes="""
        {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
        ---
        {apiVersion: v1, kind: ConfigMap, metadata: {name: orders, namespace: shop}, data: {level: info}}
    """,
)
def namespace_first(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects an object above its Namespace, because kubectl applies a file from top to bottom.

    The rule has no finding if Argo CD applies the Namespace in an earlier wave.
    """
    later = {documents.name(each): each for each in reversed([*inventory.of_kind("Namespace")])}
    for document in inventory.objects:
        if documents.kind(document) == "Namespace":
            later.pop(documents.name(document), None)
        namespace = documents.namespace(document)
        if namespace in later and _is_above(inventory, document, later[namespace]):
            yield Problem(
                document,
                f"is above its Namespace {namespace!r} in the file",
                fix="add the Namespace to the chart first",
                field=("metadata", "namespace"),
            )


@rule(
    "apply-order",
    title="An object is applied before what it needs",
    source="https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/",
    fails="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders, annotations: {argocd.argoproj.io/sync-wave: "1"}}
        data: {level: info}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, annotations: {argocd.argoproj.io/sync-wave: "0"}}
        spec:
          containers:
            - {name: orders, image: "shop/orders:1.0", envFrom: [{configMapRef: {name: orders}}]}
    """,
    passes="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders, annotations: {argocd.argoproj.io/sync-wave: "-1"}}
        data: {level: info}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, annotations: {argocd.argoproj.io/sync-wave: "0"}}
        spec:
          containers:
            - {name: orders, image: "shop/orders:1.0", envFrom: [{configMapRef: {name: orders}}]}
    """,
)
def needs_first(inventory: Inventory) -> Iterator[Problem]:
    """If pods need a Secret of a later wave, they never become healthy, and the sync never ends.

    Argo CD waits until a wave is healthy before it applies the next one. For charts with waves or hooks, the order of
    objects in a file is checked as well, because kubectl applies a file from top to bottom.
    """
    if not any(map(has_sync_order, inventory.objects)):
        return
    position = {id(each): number for number, each in enumerate(inventory.objects)}
    order = {id(each): phase_and_wave(each) for each in inventory.objects}
    for document, needed, shown in _needs(inventory):
        if order[id(needed)] > order[id(document)]:
            early = phase(document) == "PreSync" and not phase(needed)
            fix = "change the phase of the hook to Sync" if early else "set an earlier wave on that object"
            yield Problem(
                document,
                f"is applied before {shown}, which it needs",
                fix=fix,
                field=("metadata", "annotations"),
            )
        elif (
            position[id(needed)] > position[id(document)]
            and documents.kind(needed) != "Namespace"
            and _is_above(inventory, document, needed)
        ):
            yield Problem(
                document,
                f"is above {shown} in the file, which it needs",
                fix="add that object to the chart first, or call arrange on the chart",
            )


def _is_above(inventory: Inventory, document: Document, needed: Document) -> bool:
    """Whether an object is applied before a needed one because of the order in the file."""
    return phase_and_wave(needed) >= phase_and_wave(document) and inventory.in_one_file(document, needed)


def _needs(inventory: Inventory) -> Iterator[tuple[Document, Document, str]]:
    """Yield each object with an object that it needs, and the description of that."""
    for workload, references in inventory.derived(references_of_workloads):
        found = {(each.kind, each.name) for each in references if each.kind in NEEDED_FIRST}
        for kind, name in sorted(found):
            maker = maker_of(inventory, kind, workload.namespace, name)
            if maker is not None:
                yield workload.document, maker, f"{documents.kind(maker)} {name!r}"
    for kind, path in _NAMED.items():
        for document in inventory.of_kind(kind):
            named = documents.mapping(document, *path)
            wanted, name = documents.text(named, "kind"), documents.text(named, "name")
            needed = inventory.find(wanted, documents.namespace(document), name)
            if needed is not None:
                yield document, needed, f"{wanted} {name!r}"
    namespaces = {documents.name(each): each for each in reversed([*inventory.of_kind("Namespace")])}
    for document in inventory.objects:
        name = documents.namespace(document)
        if name and name in namespaces:
            yield document, namespaces[name], f"Namespace {name!r}"
