"""Whether autoscalers scale what they name."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document


@rule(
    "autoscaler-target",
    title="An autoscaler names something that does not exist",
    source="https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
    fails="""
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: orders}
        spec:
          minReplicas: 2
          maxReplicas: 4
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: order}
          metrics:
            - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders}
        spec:
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec:
              containers: [{name: orders, image: "shop/orders:1.0", resources: {requests: {cpu: 100m}}}]
    """,
    passes="""
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: orders}
        spec:
          minReplicas: 2
          maxReplicas: 4
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: orders}
          metrics:
            - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders}
        spec:
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec:
              containers: [{name: orders, image: "shop/orders:1.0", resources: {requests: {cpu: 100m}}}]
    """,
)
def autoscaler_target(inventory: Inventory) -> Iterator[Problem]:
    """The autoscaler scales nothing, whatever the load."""
    for autoscaler in inventory.of_kind("HorizontalPodAutoscaler"):
        namespace = documents.namespace(autoscaler)
        kind, name = _target(autoscaler)
        scaled = inventory.find(kind, namespace, name) if kind and name else None
        if scaled is None and not inventory.provides(kind, namespace, name):
            yield Problem(
                autoscaler,
                f"scales {kind} {name!r}, which is not in the chart",
                fix="name one that is",
                field=("spec", "scaleTargetRef"),
            )


@rule(
    "autoscaler-fixed-replicas",
    title="An autoscaler scales what has fixed replicas",
    source="https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/"
    "#migrating-deployments-and-statefulsets-to-horizontal-autoscaling",
    fails="""
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: orders}
        spec:
          minReplicas: 2
          maxReplicas: 4
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: orders}
          metrics:
            - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders}
        spec:
          replicas: 2
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec:
              containers: [{name: orders, image: "shop/orders:1.0", resources: {requests: {cpu: 100m}}}]
    """,
    passes="""
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: orders}
        spec:
          minReplicas: 2
          maxReplicas: 4
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: orders}
          metrics:
            - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders}
        spec:
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec:
              containers: [{name: orders, image: "shop/orders:1.0", resources: {requests: {cpu: 100m}}}]
    """,
)
def fixed_replicas(inventory: Inventory) -> Iterator[Problem]:
    """Every apply sets the number of pods back, whatever the load."""
    for autoscaler in inventory.of_kind("HorizontalPodAutoscaler"):
        kind, name = _target(autoscaler)
        scaled = inventory.find(kind, documents.namespace(autoscaler), name) if kind and name else None
        if documents.at(scaled, "spec", "replicas") is not None:
            yield Problem(
                autoscaler,
                f"scales {kind} {name!r}, which has fixed replicas, so each apply would undo the scaling",
                fix="leave replicas out of it",
                field=("spec", "scaleTargetRef"),
            )


def _target(autoscaler: Document) -> tuple[str, str]:
    target = documents.mapping(autoscaler, "spec", "scaleTargetRef")
    return documents.text(target, "kind"), documents.text(target, "name")
