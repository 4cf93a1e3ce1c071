"""Whether nodes can be drained."""

from collections.abc import Iterator

from kubestock.checks.finding import Finding
from kubestock.checks.inventory import Inventory, Workload, finding
from kubestock.values import documents, numbers

RULE = "disruption-budget"
_REPLICATED = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")


def disruption_budget(inventory: Inventory) -> Iterator[Finding]:
    """A budget that permits no eviction at all stops every drain, and with it every upgrade of a node.

    See https://kubernetes.io/docs/tasks/run-application/configure-pdb/
    """
    for budget in inventory.of_kind("PodDisruptionBudget"):
        protected = inventory.selected(documents.namespace(budget), documents.at(budget, "spec", "selector"))
        # The number of other pods, those of a DaemonSet for one, is not in the manifests.
        counted = all(each.kind in _REPLICATED for each in protected)
        pods = sum(_fewest(inventory, each) for each in protected) if counted else 0
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
    for workload in inventory.workloads:
        budgets = [
            documents.name(budget)
            for budget in inventory.of_kind("PodDisruptionBudget")
            if workload in inventory.selected(documents.namespace(budget), documents.at(budget, "spec", "selector"))
        ]
        if len(budgets) > 1:
            yield workload.finding(
                RULE,
                f"its pods have more than one PodDisruptionBudget ({', '.join(budgets)}), so they cannot be "
                "evicted; keep one",
            )


def _fewest(inventory: Inventory, workload: Workload) -> int:
    for autoscaler in inventory.of_kind("HorizontalPodAutoscaler"):
        target = documents.mapping(autoscaler, "spec", "scaleTargetRef")
        scaled = (documents.namespace(autoscaler), target.get("kind"), target.get("name"))
        if scaled == (workload.namespace, workload.kind, workload.name):
            fewest = documents.whole(autoscaler, "spec", "minReplicas")
            return 1 if fewest is None else fewest
    declared = documents.whole(workload.document, "spec", "replicas")
    return 1 if declared is None else declared


def _pods(value: object, pods: int) -> int | None:
    if not isinstance(value, int | str):
        return None
    try:
        return numbers.of_pods(numbers.count_or_percent("pods", value), pods, round_up=True)
    except ValueError:
        return None
