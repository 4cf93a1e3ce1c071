"""Whether selectors select what they are meant to."""

from collections.abc import Iterator

from kubestock.checks import selectors
from kubestock.checks.finding import Finding
from kubestock.checks.inventory import Inventory, Workload, finding
from kubestock.values import documents

RULE = "selector-matches-template"
_CONTROLLERS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
_LABELS_MADE_IN_THE_CLUSTER = frozenset(
    {
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/job-name",
        "job-name",
        "statefulset.kubernetes.io/pod-name",
    }
)


def template_selected(inventory: Inventory) -> Iterator[Finding]:
    """The API server refuses a controller that does not select the pods of its own template.

    A Job selects by a label that it makes itself, unless it has a selector of its own.
    See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector
    """
    for workload in inventory.workloads:
        selector = documents.at(workload.document, "spec", "selector")
        by_itself = workload.kind == "Job" and selector is None
        if workload.kind not in (*_CONTROLLERS, "Job") or by_itself:
            continue
        if not selector:
            yield workload.finding(RULE, "has no spec.selector; repeat the constant labels of its template")
        elif not selectors.matches(selector, workload.labels):
            yield workload.finding(
                RULE,
                f"spec.selector {_shown(selector)} does not match the labels of its pod template "
                f"{_shown(workload.labels)}; make it a subset of them",
            )


def own_pods_spread(inventory: Inventory) -> Iterator[Finding]:
    """A spread constraint that selects other pods spreads nothing, nor does an anti-affinity to nobody.

    See https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
    """
    for workload in inventory.workloads:
        for field, selector in _spreading(workload):
            if not selectors.matches(selector, workload.labels):
                yield workload.finding(
                    RULE,
                    f"{field} selects {_shown(selector)}, which the pod's own labels do not match; "
                    "it spreads nothing: use the labels of spec.selector",
                )
        for selector in _kept_apart_from(workload):
            if not _selects_any(inventory, workload.namespace, selector):
                yield workload.finding(
                    RULE,
                    f"podAntiAffinity selects {_shown(selector)}, which no workload of the namespace matches; "
                    "it keeps nobody apart: use the labels of a spec.selector",
                )


def pods_selected(inventory: Inventory) -> Iterator[Finding]:
    """A Service without pods has no endpoints, and a disruption budget without pods protects nothing.

    See https://kubernetes.io/docs/concepts/services-networking/service/
    """
    for service in inventory.of_kind("Service"):
        selector = documents.mapping(service, "spec", "selector")
        external = documents.text(service, "spec", "type") == "ExternalName"
        unknown = external or not _LABELS_MADE_IN_THE_CLUSTER.isdisjoint(selector)
        if selector and not unknown and not inventory.behind(service):
            yield finding(
                RULE,
                service,
                f"spec.selector {_shown(selector)} matches the pods of no workload in its namespace, so it "
                "has no endpoints; use the labels of the pod template",
            )
    for budget in inventory.of_kind("PodDisruptionBudget"):
        selector = documents.at(budget, "spec", "selector")
        if not _selects_any(inventory, documents.namespace(budget), selector):
            yield finding(
                RULE,
                budget,
                f"spec.selector {_shown(selector)} matches the pods of no workload in its namespace, so it "
                "protects nothing; use the labels of the pod template",
            )


def autoscaler_target(inventory: Inventory) -> Iterator[Finding]:
    """An autoscaler scales what it names, and every apply of fixed replicas undoes what it did.

    See https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
    """
    for autoscaler in inventory.of_kind("HorizontalPodAutoscaler"):
        namespace = documents.namespace(autoscaler)
        target = documents.mapping(autoscaler, "spec", "scaleTargetRef")
        kind, name = documents.text(target, "kind"), documents.text(target, "name")
        scaled = inventory.find(kind, namespace, name) if kind and name else None
        if scaled is None and not inventory.provides(kind, namespace, name):
            message = f"scales {kind} {name!r}, which is not in the chart; name one that is"
            yield finding(RULE, autoscaler, message)
        elif documents.at(scaled, "spec", "replicas") is not None:
            yield finding(
                RULE,
                autoscaler,
                f"scales {kind} {name!r}, which has fixed replicas: each apply would undo the scaling; "
                "leave replicas out of it",
            )


def disjoint_workloads(inventory: Inventory) -> Iterator[Finding]:
    """Controllers that select each other's pods fight over them, and autoscalers count the wrong ones.

    See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector
    """
    controllers = [each for each in inventory.workloads if each.kind in _CONTROLLERS]
    reported = set()
    for workload in controllers:
        selector = documents.at(workload.document, "spec", "selector")
        for other in inventory.selected(workload.namespace, selector):
            pair = frozenset({id(workload), id(other)})
            if other is workload or not selector or pair in reported:
                continue
            reported.add(pair)
            yield workload.finding(
                RULE,
                f"spec.selector {_shown(selector)} also selects the pods of {other.reference}; "
                "give each a label of its own in selector and template",
            )


def _selects_any(inventory: Inventory, namespace: str, selector: object) -> bool:
    return any(True for _ in inventory.selected(namespace, selector))


def _spreading(workload: Workload) -> Iterator[tuple[str, object]]:
    constraints = documents.mappings(workload.spec, "topologySpreadConstraints")
    for position, constraint in enumerate(constraints):
        yield f"topologySpreadConstraints[{position}]", documents.at(constraint, "labelSelector")


def _kept_apart_from(workload: Workload) -> Iterator[object]:
    affinity = documents.mapping(workload.spec, "affinity", "podAntiAffinity")
    terms = documents.mappings(affinity, "requiredDuringSchedulingIgnoredDuringExecution") + [
        documents.mapping(each, "podAffinityTerm")
        for each in documents.mappings(affinity, "preferredDuringSchedulingIgnoredDuringExecution")
    ]
    for term in terms:
        elsewhere = documents.at(term, "namespaces") or documents.at(term, "namespaceSelector")
        if elsewhere is None:
            yield documents.at(term, "labelSelector")


def _shown(selector: object) -> str:
    labels = documents.mapping(selector, "matchLabels") or documents.mapping(selector)
    simple = {key: value for key, value in labels.items() if isinstance(value, str)}
    return "{" + ", ".join(f"{key}: {value}" for key, value in sorted(simple.items())) + "}"
