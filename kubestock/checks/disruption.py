"""Whether nodes can be drained."""

from collections.abc import Iterator, Mapping

from kubestock.checks.finding import Finding
from kubestock.checks.inventory import Inventory, Workload, finding
from kubestock.values import documents, numbers
from kubestock.values.documents import Document

RULE = "disruption-budget"
_REPLICATED = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")


def disruption_budget(inventory: Inventory) -> Iterator[Finding]:
    """A budget that permits no eviction at all stops every drain, and with it every upgrade of a node.

    See https://kubernetes.io/docs/tasks/run-application/configure-pdb/
    """
    scaled = _scaled(inventory)
    for budget in inventory.of_kind("PodDisruptionBudget"):
        protected = _protected(inventory, budget)
        # The number of other pods, those of a DaemonSet for one, is not in the manifests.
        counted = all(each.kind in _REPLICATED for each in protected)
        pods = sum(_fewest(each, scaled) for each in protected) if counted else 0
        least = _pods(documents.at(budget, "spec", "minAvailable"), pods)
        most = _pods(documents.at(budget, "spec", "maxUnavailable"), pods)
        if least is not None and most is not None:
            message = "has both minAvailable and maxUnavailable, which the API server refuses; keep one"
            yield finding(RULE, budget, message)
        elif most == 0 and pods:
            message = "maxUnavailable 0 permits no eviction, so no node can be drained; let it be 1"
            yield finding(RULE, budget, message)
        elif least is not None and pods and least >= pods:
            yield finding(
                RULE,
                budget,
                f"minAvailable keeps {least} of at least {pods} pods, so no node can be drained; "
                "use maxUnavailable: 1, or run more replicas",
            )


def one_budget(inventory: Inventory) -> Iterator[Finding]:
    """The eviction of a pod that two budgets protect fails with an error, whatever they permit.

    See https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
    """
    budgets: dict[Workload, list[str]] = {}
    for budget in inventory.of_kind("PodDisruptionBudget"):
        for workload in _protected(inventory, budget):
            budgets.setdefault(workload, []).append(documents.name(budget))
    for workload in inventory.workloads:
        names = budgets.get(workload, [])
        if len(names) > 1:
            yield workload.finding(
                RULE,
                f"its pods have more than one PodDisruptionBudget ({', '.join(names)}), so they cannot be "
                "evicted; keep one",
            )


def _protected(inventory: Inventory, budget: Document) -> list[Workload]:
    return list(inventory.selected(documents.namespace(budget), documents.at(budget, "spec", "selector")))


def _scaled(inventory: Inventory) -> dict[tuple[str, str, str], int]:
    """Return the fewest replicas that autoscalers give, by namespace, kind and name of what they scale."""
    fewest: dict[tuple[str, str, str], int] = {}
    for autoscaler in inventory.of_kind("HorizontalPodAutoscaler"):
        target = documents.mapping(autoscaler, "spec", "scaleTargetRef")
        key = (documents.namespace(autoscaler), documents.text(target, "kind"), documents.text(target, "name"))
        declared = documents.whole(autoscaler, "spec", "minReplicas")
        fewest.setdefault(key, 1 if declared is None else declared)
    return fewest


def _fewest(workload: Workload, scaled: Mapping[tuple[str, str, str], int]) -> int:
    declared = documents.whole(workload.document, "spec", "replicas")
    unscaled = 1 if declared is None else declared
    return scaled.get((workload.namespace, workload.kind, workload.name), unscaled)


def _pods(value: object, pods: int) -> int | None:
    known = value if isinstance(value, str) else documents.whole(value)
    if known is None:
        return None
    try:
        return numbers.of_pods(numbers.count_or_percent("pods", known), pods, round_up=True)
    except ValueError:
        return None
