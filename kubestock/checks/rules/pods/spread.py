"""Rules about topology spread constraints and anti-affinity."""

from collections.abc import Iterator
from difflib import get_close_matches

from kubestock.checks.definition import rule
from kubestock.checks.facts import selectors
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.selectors import describe_selector
from kubestock.checks.finding import Problem, Severity, Unjudged
from kubestock.values import documents
from kubestock.values.documents import Document

_CLOSE = 0.7


@rule(
    "spread-selector",
    title="A topology spread constraint does not select its own pods",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec:
          topologySpreadConstraints:
            - maxSkew: 1
              topologyKey: topology.kubernetes.io/zone
              whenUnsatisfiable: ScheduleAnyway
              labelSelector: {matchLabels: {app: order}}
          containers: [{name: orders, image: "shop/orders:1.0"}]
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec:
          topologySpreadConstraints:
            - maxSkew: 1
              topologyKey: topology.kubernetes.io/zone
              whenUnsatisfiable: ScheduleAnyway
              labelSelector: {matchLabels: {app: orders}}
          containers: [{name: orders, image: "shop/orders:1.0"}]
    """,
)
def own_pods_spread(inventory: Inventory) -> Iterator[Problem]:
    """The constraint has no effect: all pods can run on one node."""
    for workload in inventory.workloads:
        constraints = documents.mappings(workload.spec, "topologySpreadConstraints")
        for position, constraint in enumerate(constraints):
            selector = documents.at(constraint, "labelSelector")
            if not selectors.matches(selector, workload.labels):
                yield workload.problem(
                    f"topologySpreadConstraints[{position}] selects {describe_selector(selector)}, which does not "
                    "match the labels of the pods, so it has no effect",
                    fix="use the labels of spec.selector",
                    part=constraint,
                    field=("labelSelector",),
                )


@rule(
    "anti-affinity-selector",
    title="A pod anti-affinity selects no pods",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec:
          affinity:
            podAntiAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: order}}}
          containers: [{name: orders, image: "shop/orders:1.0"}]
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec:
          affinity:
            podAntiAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: orders}}}
          containers: [{name: orders, image: "shop/orders:1.0"}]
    """,
)
def kept_apart(inventory: Inventory) -> Iterator[Problem | Unjudged]:
    """The anti-affinity has no effect: the pods can run on one node.

    A selector that is not similar to the labels of the workload can be for pods that are not in the manifests, so it is
    not checked.
    """
    for workload in inventory.workloads:
        for term in _anti_affinity_terms(workload):
            selector = documents.at(term, "labelSelector")
            if not any(True for _ in inventory.selected(workload.namespace, selector)):
                shown = (
                    f"podAntiAffinity selects {describe_selector(selector)}, which matches no workload of the namespace"
                )
                if not _is_like_own_labels(workload, selector):
                    message = f"{shown}: it may be for pods that are not in the manifests"
                    yield Unjudged(workload.document, message, part=term, field=("labelSelector",))
                    continue
                yield workload.problem(
                    f"{shown}, so it has no effect",
                    fix="use the labels of a spec.selector",
                    part=term,
                    field=("labelSelector",),
                )


def _is_like_own_labels(workload: Workload, selector: object) -> bool:
    """Whether a selector is similar to the labels of the workload: it has one of them, or a misspelled one."""
    required = selectors.requirements(selector)
    for key, values in required:
        own = workload.labels.get(key)
        wanted = [each for each in values if each is not None]
        if isinstance(own, str) and (not wanted or get_close_matches(own, wanted, n=1, cutoff=_CLOSE)):
            return True
    return not required


def _anti_affinity_terms(workload: Workload) -> Iterator[Document]:
    affinity = documents.mapping(workload.spec, "affinity", "podAntiAffinity")
    preferred = documents.mappings(affinity, "preferredDuringSchedulingIgnoredDuringExecution")
    for term in (
        *documents.mappings(affinity, "requiredDuringSchedulingIgnoredDuringExecution"),
        *(documents.at(each, "podAffinityTerm") or {} for each in preferred),
    ):
        if not documents.at(term, "namespaces") and documents.at(term, "namespaceSelector") is None:
            yield term
