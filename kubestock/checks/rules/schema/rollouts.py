"""Rules about the bounds of rollouts and autoscalers."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.parts import Part, parts_of_type
from kubestock.checks.finding import Problem
from kubestock.values import documents

_NOTHING = (0, "0", "0%", "00%")


@rule(
    "rollout-stuck",
    title="A rollout can neither add nor remove a pod",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment",
    fails="""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders}
        spec:
          strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
    """,
    passes="""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders}
        spec:
          strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
    """,
)
def rollout_stuck(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects the controller: if maxSurge and maxUnavailable are 0, no pod can be replaced."""
    for found in parts_of_type(inventory, "DeploymentStrategy"):
        yield from _of(found, surge_by_default="25%")
    for found in parts_of_type(inventory, "DaemonSetUpdateStrategy"):
        yield from _of(found, surge_by_default="0")


def _of(found: Part, *, surge_by_default: str) -> Iterator[Problem]:
    if documents.text(found.value, "type") not in ("", "RollingUpdate"):
        return
    rolling = documents.mapping(found.value, "rollingUpdate")
    surge = rolling.get("maxSurge", surge_by_default)
    unavailable = rolling.get("maxUnavailable", 1)
    if _is_nothing(surge) and _is_nothing(unavailable):
        yield found.problem(
            "maxSurge and maxUnavailable are both 0, so no pod can be replaced",
            fix="set maxSurge to 1",
            field=("rollingUpdate",),
        )


def _is_nothing(share: object) -> bool:
    return not isinstance(share, bool) and isinstance(share, int | str) and share in _NOTHING


@rule(
    "autoscaler-bounds",
    title="An autoscaler has a minimum above its maximum",
    source="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/",
    fails="""
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: orders}
        spec:
          minReplicas: 5
          maxReplicas: 4
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: orders}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders}
        spec:
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec: {containers: [{name: orders, image: "shop/orders:1.0", resources: {requests: {cpu: 100m}}}]}
    """,
    passes="""
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: orders}
        spec:
          minReplicas: 2
          maxReplicas: 4
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: orders}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders}
        spec:
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec: {containers: [{name: orders, image: "shop/orders:1.0", resources: {requests: {cpu: 100m}}}]}
    """,
)
def autoscaler_bounds(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects the autoscaler."""
    for found in parts_of_type(inventory, "HorizontalPodAutoscalerSpec"):
        least, most = (documents.whole(found.value, field) for field in ("minReplicas", "maxReplicas"))
        if most is not None and (1 if least is None else least) > most:
            yield found.problem(
                f"minReplicas is {1 if least is None else least}, which is above maxReplicas {most}",
                fix="raise maxReplicas",
                field=("maxReplicas",),
            )
