"""Rules about PodDisruptionBudgets, which decide whether nodes can be drained."""

from collections.abc import Iterator, Mapping

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.selectors import describe_selector
from kubestock.checks.facts.unlisted_pods import why_unlisted_pods_may_match
from kubestock.checks.finding import Problem, Severity, Unjudged
from kubestock.values import documents, numbers
from kubestock.values.documents import Document

_REPLICATED = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")


@rule(
    "disruption-budget",
    title="A PodDisruptionBudget permits no eviction",
    source="https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
    fails="""
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: orders}
        spec: {minAvailable: 2, selector: {matchLabels: {app: orders}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders}
        spec:
          replicas: 2
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
    """,
    passes="""
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: orders}
        spec: {maxUnavailable: 1, selector: {matchLabels: {app: orders}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders}
        spec:
          replicas: 2
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
    """,
)
def disruption_budget(inventory: Inventory) -> Iterator[Problem]:
    """If a budget never permits an eviction, nodes cannot be drained, and so they cannot be upgraded."""
    min_replicas = _min_replicas(inventory)
    for budget in inventory.of_kind("PodDisruptionBudget"):
        protected = _protected(inventory, budget)
        # The number of pods of other workloads, such as a DaemonSet, is not in the manifests.
        counted = all(each.kind in _REPLICATED for each in protected)
        pods = sum(_replicas(each, min_replicas) for each in protected) if counted else 0
        least = _pods(documents.at(budget, "spec", "minAvailable"), pods)
        most = _pods(documents.at(budget, "spec", "maxUnavailable"), pods)
        if least is not None and most is not None:
            message = "has both minAvailable and maxUnavailable, which the API server rejects"
            yield Problem(budget, message, fix="keep one", field=("spec",))
        elif most == 0 and pods:
            message = "maxUnavailable 0 permits no eviction, so no node can be drained"
            yield Problem(budget, message, fix="set it to 1", field=("spec", "maxUnavailable"))
        elif least is not None and pods and least >= pods:
            yield Problem(
                budget,
                f"minAvailable requires {least} of at least {pods} pods, so no node can be drained",
                fix="use maxUnavailable: 1, or run more replicas",
                field=("spec", "minAvailable"),
            )


@rule(
    "disruption-budget-overlap",
    title="Two PodDisruptionBudgets select the same pod",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/",
    fails="""
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: orders}
        spec: {maxUnavailable: 1, selector: {matchLabels: {app: orders}}}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: all}
        spec: {maxUnavailable: 1, selector: {}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders}
        spec:
          replicas: 2
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
    """,
    passes="""
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: orders}
        spec: {maxUnavailable: 1, selector: {matchLabels: {app: orders}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders}
        spec:
          replicas: 2
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
    """,
)
def one_budget(inventory: Inventory) -> Iterator[Problem]:
    """The eviction of a pod that two budgets select fails with an error, even if both budgets permit it."""
    budgets: dict[Workload, list[str]] = {}
    for budget in inventory.of_kind("PodDisruptionBudget"):
        for workload in _protected(inventory, budget):
            budgets.setdefault(workload, []).append(documents.name(budget))
    for workload in inventory.workloads:
        names = budgets.get(workload, [])
        if len(names) > 1:
            yield workload.problem(
                f"its pods have more than one PodDisruptionBudget ({', '.join(names)}), so they cannot be evicted",
                fix="keep one",
            )


@rule(
    "disruption-budget-selector",
    title="A PodDisruptionBudget selects no pods",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
    fails="""
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: orders}
        spec: {maxUnavailable: 1, selector: {matchLabels: {app: order}}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
    """,
    passes="""
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: orders}
        spec: {maxUnavailable: 1, selector: {matchLabels: {app: orders}}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
    """,
)
def budget_of_pods(inventory: Inventory) -> Iterator[Problem | Unjudged]:
    """The budget has no effect: a drain can evict all pods at once."""
    for budget in inventory.of_kind("PodDisruptionBudget"):
        if not _protected(inventory, budget):
            selector = documents.at(budget, "spec", "selector")
            shown = f"spec.selector {describe_selector(selector)} matches no pods in its namespace"
            reason = why_unlisted_pods_may_match(inventory, documents.namespace(budget), selector)
            if reason:
                yield Unjudged(budget, f"{shown}, but {reason}", field=("spec", "selector"))
                continue
            yield Problem(
                budget,
                f"{shown}, so it has no effect",
                fix="use the labels of the pod template",
                field=("spec", "selector"),
            )


def _protected(inventory: Inventory, budget: Document) -> list[Workload]:
    return list(inventory.selected(documents.namespace(budget), documents.at(budget, "spec", "selector")))


def _min_replicas(inventory: Inventory) -> dict[tuple[str, str, str], int]:
    """Return the minimum replicas of autoscalers, by namespace, kind and name of their target."""
    fewest: dict[tuple[str, str, str], int] = {}
    for autoscaler in inventory.of_kind("HorizontalPodAutoscaler"):
        target = documents.mapping(autoscaler, "spec", "scaleTargetRef")
        key = (documents.namespace(autoscaler), documents.text(target, "kind"), documents.text(target, "name"))
        declared = documents.whole(autoscaler, "spec", "minReplicas")
        fewest.setdefault(key, 1 if declared is None else declared)
    return fewest


def _replicas(workload: Workload, min_replicas: Mapping[tuple[str, str, str], int]) -> int:
    declared = documents.whole(workload.document, "spec", "replicas")
    unscaled = 1 if declared is None else declared
    return min_replicas.get((workload.namespace, workload.kind, workload.name), unscaled)


def _pods(value: object, pods: int) -> int | None:
    known = value if isinstance(value, str) else documents.whole(value)
    if known is None:
        return None
    try:
        return numbers.of_pods(numbers.count_or_percent("pods", known), pods, round_up=True)
    except ValueError:
        return None
