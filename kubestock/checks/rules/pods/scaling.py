"""Rules about the metrics of autoscalers."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory, Workload, describe_container
from kubestock.checks.finding import Problem, reference
from kubestock.values import documents
from kubestock.values.documents import Document

_DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: orders}
    spec:
      selector: {matchLabels: {app: orders}}
      template:
        metadata: {labels: {app: orders}}
        spec:
          containers: [{name: orders, image: "shop/orders:1.0", resources: {requests: {cpu: 100m}}}]
"""
_AUTOSCALER = """
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: orders}
    spec:
      minReplicas: 2
      maxReplicas: 4
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: orders}
      metrics:
        - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}
"""
_OTHER = _AUTOSCALER.replace("metadata: {name: orders}", "metadata: {name: other}")
_SERVED = ("cpu", "memory")
"""The resources that metrics.k8s.io measures."""


@rule(
    "autoscaler-requests",
    title="An autoscaler uses the utilization of a resource without a request",
    source="https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#how-does-a-horizontalpodautoscaler-work",
    fails=f"{_AUTOSCALER}    ---{_DEPLOYMENT.replace('cpu: 100m', 'memory: 64Mi')}",
    passes=f"{_AUTOSCALER}    ---{_DEPLOYMENT}",
)
def autoscaler_requests(inventory: Inventory) -> Iterator[Problem]:
    """The utilization is a percentage of the request. If a container has no request, the autoscaler does not scale."""
    workloads = inventory.derived(_by_identity)
    for autoscaler in inventory.of_kind("HorizontalPodAutoscaler"):
        workload = workloads.get(_target(autoscaler))
        for resource, of_container, relative in _metrics(autoscaler):
            if resource not in _SERVED:
                message = f"scales by {resource}, which metrics.k8s.io does not measure"
                yield Problem(
                    autoscaler, message, fix="scale by cpu, memory or a custom metric", field=("spec", "metrics")
                )
            elif workload is not None and relative:
                yield from _missing_requests(autoscaler, workload, resource, of_container)


@rule(
    "autoscaler-unique",
    title="Two autoscalers scale one workload",
    source="https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#support-for-horizontalpodautoscaler-in-kubectl",
    fails=f"{_AUTOSCALER}    ---{_OTHER}    ---{_DEPLOYMENT}",
    passes=f"{_AUTOSCALER}    ---{_DEPLOYMENT}",
)
def autoscaler_unique(inventory: Inventory) -> Iterator[Problem]:
    """Each autoscaler sets its own number of pods, so pods are created and deleted all the time."""
    first: dict[tuple[str, str, str], Document] = {}
    for autoscaler in inventory.of_kind("HorizontalPodAutoscaler"):
        target = _target(autoscaler)
        other = first.setdefault(target, autoscaler)
        if other is not autoscaler and target[2] and documents.name(other) != documents.name(autoscaler):
            yield Problem(
                autoscaler,
                f"scales {target[1]} {target[2]!r}, like {reference(other)}",
                fix="merge their metrics into one",
                field=("spec", "scaleTargetRef"),
            )


def _metrics(autoscaler: Document) -> Iterator[tuple[str, str, bool]]:
    """Yield the resources that an autoscaler uses, with the container (empty for all) and whether it is relative."""
    given = documents.mappings(autoscaler, "spec", "metrics")
    for metric in given:
        for source in ("resource", "containerResource"):
            found = documents.mapping(metric, source)
            if found:
                relative = documents.whole(found, "target", "averageUtilization") is not None
                yield documents.text(found, "name"), documents.text(found, "container"), relative
    if not given and not documents.sequence(autoscaler, "spec", "metrics"):
        yield "cpu", "", True


def _missing_requests(autoscaler: Document, workload: Workload, resource: str, of_container: str) -> Iterator[Problem]:
    if documents.mapping(workload.spec, "resources", "requests").get(resource) is not None:
        return
    serving = {id(each) for each in documents.mappings(workload.spec, "containers")}
    for container, declared in workload.resources:
        chosen = not of_container or documents.text(container, "name") == of_container
        if id(container) in serving and chosen and resource not in declared["requests"]:
            yield Problem(
                autoscaler,
                f"scales by the utilization of {resource}, but {describe_container(container)} of "
                f"{workload.reference} has no request for it",
                fix=f"set a request for {resource} in every container",
                field=("spec", "metrics"),
            )


def _target(autoscaler: Document) -> tuple[str, str, str]:
    target = documents.mapping(autoscaler, "spec", "scaleTargetRef")
    return documents.namespace(autoscaler), documents.text(target, "kind"), documents.text(target, "name")


def _by_identity(inventory: Inventory) -> dict[tuple[str, str, str], Workload]:
    return {(each.namespace, each.kind, each.name): each for each in inventory.workloads}
