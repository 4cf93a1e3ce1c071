"""Rules about the targets that Prometheus scrapes."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.listening import is_closed
from kubestock.checks.facts.monitors import (
    Monitor,
    annotated_workloads,
    has_port,
    monitors,
    scraped_ports,
    services_by_labels,
)
from kubestock.checks.facts.platform_pods import SCRAPERS, policies_blocking_platform_pods
from kubestock.checks.facts.ports import describe_ports
from kubestock.checks.facts.selectors import describe_selector
from kubestock.checks.facts.unlisted_pods import why_unlisted_pods_may_match
from kubestock.checks.finding import Problem, Unjudged
from kubestock.values import documents

_POD = """
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec: {containers: [{name: orders, image: "shop/orders:1.0", ports: [{name: http, containerPort: 3000}]}]}
        ---
        apiVersion: monitoring.coreos.com/v1
        kind: PodMonitor
        metadata: {name: orders}
"""


@rule(
    "monitor-selector",
    title="A monitor selects no pods or Services",
    source="https://prometheus-operator.dev/docs/developer/getting-started/",
    fails=f"""{_POD}
        spec: {{selector: {{matchLabels: {{app: order}}}}, podMetricsEndpoints: [{{port: http}}]}}
    """,
    passes=f"""{_POD}
        spec: {{selector: {{matchLabels: {{app: orders}}}}, podMetricsEndpoints: [{{port: http}}]}}
    """,
)
def monitor_selector(inventory: Inventory) -> Iterator[Problem | Unjudged]:
    """Prometheus does not scrape the metrics, and alerts on them never fire."""
    for monitor in inventory.derived(monitors):
        if monitor.services or (monitor.workloads and not monitor.of_services):
            continue
        selector = documents.mapping(monitor.document, "spec", "selector")
        what = "Service" if monitor.of_services else "pods"
        shown = f"spec.selector {describe_selector(selector)} matches no {what} in {_shown(monitor)}"
        reason = _why_targets_may_exist(inventory, monitor)
        if reason:
            yield Unjudged(monitor.document, f"{shown}, but {reason}", field=("spec", "selector"))
            continue
        labels = "of metadata.labels of the Service" if monitor.of_services else "of the pod template"
        yield Problem(
            monitor.document,
            shown,
            fix=f"use the labels {labels}, and the correct namespace",
            field=("spec", "selector"),
        )


@rule(
    "monitor-port",
    title="A monitor scrapes a port that does not exist",
    source="https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMetricsEndpoint",
    fails=f"""{_POD}
        spec: {{selector: {{matchLabels: {{app: orders}}}}, podMetricsEndpoints: [{{port: metrics}}]}}
    """,
    passes=f"""{_POD}
        spec: {{selector: {{matchLabels: {{app: orders}}}}, podMetricsEndpoints: [{{port: http}}]}}
    """,
)
def monitor_port(inventory: Inventory) -> Iterator[Problem]:
    """Prometheus does not scrape the metrics.

    It drops targets without a port of that name, and cannot connect to a port number at which no program listens.
    """
    for monitor in inventory.derived(monitors):
        for position, endpoint in monitor.endpoints:
            if not monitor.services and not monitor.workloads:
                continue
            name, number = documents.text(endpoint, "port"), documents.whole(endpoint, "portNumber")
            if name and not has_port(monitor, endpoint):
                yield _missing_port(monitor, position, repr(name), "port")
            elif not name and number is not None and _all_closed(inventory, monitor, number):
                yield _missing_port(monitor, position, str(number), "portNumber")
    for workload, port in annotated_workloads(inventory):
        if is_closed(inventory, workload, port):
            yield workload.problem(
                f"has the annotation prometheus.io/port: {port}, but its containers declare "
                f"{describe_ports(workload.ports)}",
                fix="use one of these, or declare it",
                part=workload.pod_metadata,
                field=("annotations",),
            )


@rule(
    "scrape-blocked",
    title="A NetworkPolicy blocks scraping",
    source="https://kubernetes.io/docs/concepts/services-networking/network-policies/",
    fails=f"""{_POD}
        spec: {{selector: {{matchLabels: {{app: orders}}}}, podMetricsEndpoints: [{{port: http}}]}}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: orders}}
        spec: {{podSelector: {{}}, policyTypes: [Ingress]}}
    """,
    passes=f"""{_POD}
        spec: {{selector: {{matchLabels: {{app: orders}}}}, podMetricsEndpoints: [{{port: http}}]}}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: orders}}
        spec:
          podSelector: {{}}
          policyTypes: [Ingress]
          ingress: [{{from: [{{namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: monitoring}}}}}}]}}]
    """,
)
def scrape_blocked(inventory: Inventory) -> Iterator[Problem]:
    """Every scrape times out: no rule permits ingress from the pods of Prometheus at the port."""
    for each in scraped_ports(inventory):
        if each.workload.on_host_network:
            continue
        policies = policies_blocking_platform_pods(inventory, each.workload, each.port, like=SCRAPERS)
        if policies:
            yield Problem(
                each.document,
                f"configures scraping of {each.workload.reference} on port {each.port}, but ingress is blocked by "
                f"NetworkPolicy {', '.join(map(documents.name, policies))}",
                fix="permit ingress from the pods of Prometheus on that port",
                part=each.part,
            )


def _why_targets_may_exist(inventory: Inventory, monitor: Monitor) -> str:
    selector = documents.mapping(monitor.document, "spec", "selector")
    if documents.at(monitor.document, "spec", "namespaceSelector", "any") is True:
        return "the cluster can have namespaces that are not in the manifests"
    if not monitor.of_services:
        found = (why_unlisted_pods_may_match(inventory, each, selector) for each in monitor.namespaces)
        return next(filter(None, found), "")
    known = inventory.derived(services_by_labels)
    if "" in known and any(True for _ in known[""].selected(selector)):
        return "it matches Services whose manifest has no namespace"
    if any(namespace in known for namespace in monitor.namespaces):
        return ""
    matched = any(True for each in known.values() for _ in each.selected(selector))
    return "" if matched else "the manifests have no Service in that namespace"


def _shown(monitor: Monitor) -> str:
    names = ", ".join(each for each in monitor.namespaces if each)
    return f"namespace {names}" if names else "its namespace"


def _missing_port(monitor: Monitor, position: int, port: str, field: str) -> Problem:
    what = "the Services" if monitor.of_services else "the pods"
    return Problem(
        monitor.document,
        f"scrapes port {port}, but {what} that it selects do not have this port",
        fix="use one of their ports",
        field=(*monitor.endpoints_path, position, field),
    )


def _all_closed(inventory: Inventory, monitor: Monitor, number: int) -> bool:
    workloads = monitor.workloads
    return bool(workloads) and all(is_closed(inventory, each, number) for each in workloads)
