"""Rules about the DNS names of a StatefulSet's pods."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.finding import Problem, Severity, reference
from kubestock.values import documents

_CHART = """
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: database}
    spec:
      serviceName: database
      selector: {matchLabels: {app: database}}
      template:
        metadata: {labels: {app: database}}
        spec: {containers: [{name: database, image: "postgres:17.2", ports: [{name: sql, containerPort: 5432}]}]}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: database}
    spec: {clusterIP: None, selector: {app: database}, ports: [{name: sql, port: 5432}]}
"""


@rule(
    "stateful-set-service",
    title="The pods of a StatefulSet have no DNS names",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id",
    fails=_CHART.replace("serviceName: database", "serviceName: data"),
    passes=_CHART,
)
def stateful_set_service(inventory: Inventory) -> Iterator[Problem]:
    """The DNS name of a pod, such as `database-0.database`, needs a headless Service that selects the pods."""
    for workload in inventory.workloads:
        if workload.kind == "StatefulSet":
            error = _error(inventory, workload)
            if error:
                message, fix = error
                yield workload.problem(message, fix=fix, field=("spec", "serviceName"))


def _error(inventory: Inventory, workload: Workload) -> tuple[str, str] | None:
    name = documents.text(workload.document, "spec", "serviceName")
    if not name:
        return "has no serviceName", "set it to the name of a headless Service that selects its pods"
    service = inventory.find("Service", workload.namespace, name)
    if service is None:
        if inventory.provides("Service", workload.namespace, name):
            return None
        return (
            f"serviceName is {name!r}, but this Service does not exist",
            "add a headless Service, or correct the name",
        )
    if documents.text(service, "spec", "clusterIP") != "None":
        return f"serviceName is {name!r}, which is not headless", "set clusterIP: None on it, or use another Service"
    selects = documents.mapping(service, "spec", "selector")
    if selects and workload not in inventory.workloads_behind(service):
        return f"serviceName is {name!r}, but {reference(service)} does not select its pods", "correct its selector"
    return None
