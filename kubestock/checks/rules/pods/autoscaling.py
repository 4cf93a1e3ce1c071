"""Rules about the targets of autoscalers."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document


@rule(
    "autoscaler-target",
    title="The target of an autoscaler does not exist",
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
    """The autoscaler has no effect."""
    for autoscaler in inventory.of_kind("HorizontalPodAutoscaler"):
        namespace = documents.namespace(autoscaler)
        kind, name = _target(autoscaler)
        scaled = inventory.find(kind, namespace, name) if kind and name else None
        if scaled is None and not inventory.provides(kind, namespace, name):
            yield Problem(
                autoscaler,
                f"scales {kind} {name!r}, which is not in the manifests",
                fix="correct the target, or declare it as provided",
                field=("spec", "scaleTargetRef"),
            )


@rule(
    "autoscaler-fixed-replicas",
    title="The target of an autoscaler has fixed replicas",
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
    """Each apply resets the number of pods to the fixed one, even under load."""
    for autoscaler in inventory.of_kind("HorizontalPodAutoscaler"):
        kind, name = _target(autoscaler)
        scaled = inventory.find(kind, documents.namespace(autoscaler), name) if kind and name else None
        if documents.at(scaled, "spec", "replicas") is not None:
            yield Problem(
                autoscaler,
                f"scales {kind} {name!r}, which has fixed replicas, so each apply undoes the scaling",
                fix="remove spec.replicas from it",
                field=("spec", "scaleTargetRef"),
            )


def _target(autoscaler: Document) -> tuple[str, str]:
    target = documents.mapping(autoscaler, "spec", "scaleTargetRef")
    return documents.text(target, "kind"), documents.text(target, "name")
