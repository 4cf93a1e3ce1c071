"""Rules about the Services to which Kong sends requests."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.called_ports import called_port
from kubestock.checks.facts.calls import Call, read_calls, service_of
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.kong import KongFile
from kubestock.checks.finding import Problem, Severity, reference
from kubestock.checks.rules.calls.services import is_missing
from kubestock.values import documents
from kubestock.values.documents import Document

_KONG = """
        apiVersion: v1
        kind: Pod
        metadata: {name: kong}
        spec:
          containers:
            - name: kong
              image: kong:3.9
              env:
                - {name: KONG_DATABASE, value: "off"}
                - {name: KONG_DECLARATIVE_CONFIG, value: /kong/kong.yml}
              volumeMounts: [{name: config, mountPath: /kong}]
          volumes: [{name: config, configMap: {name: kong}}]
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: kong}
        data:
          kong.yml: |
            _format_version: "3.0"
"""
_UPSTREAM = """
            upstreams:
              - name: orders
                targets: [{target: "orders:8080"}]
                healthchecks: {active: {healthy: {interval: 5}, unhealthy: {interval: 5}}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec: {containers: [{name: orders, image: "shop/orders:1.0", ports: [{name: http, containerPort: 8080}]}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: orders}
"""


@rule(
    "kong-upstream",
    title="Kong leads to a Service or a port that does not exist",
    source="https://developer.konghq.com/gateway/entities/target/",
    fails=f"""{_KONG}
            services: [{{name: orders, url: "http://orders:8080"}}]
    """,
    passes=f"""{_KONG}
            services: [{{name: orders, url: "http://orders:8080"}}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {{name: orders}}
        spec: {{type: ExternalName, externalName: orders.example.com}}
    """,
)
def kong_upstream(inventory: Inventory) -> Iterator[Problem]:
    """Kong answers every request of the route with 503 or 502."""
    for workload, call in inventory.derived(read_calls).calls:
        if call.kong_file is None:
            continue
        if is_missing(inventory, call):
            message = (
                f"leads to {call.host.name!r} in namespace {call.host.namespace!r}, but the manifests have no such"
            )
            yield _of_call(
                call, call.kong_file, f"{message} Service", "correct the name, or declare the Service as provided"
            )
            continue
        found = called_port(inventory, call)
        if found is not None and found.problem:
            message = found.problem.removeprefix(f"{call.variable} calls ")
            yield _of_call(call, call.kong_file, f"leads to {message} (Kong runs in {workload.reference})", found.fix)


@rule(
    "kong-upstream-balanced",
    title="An upstream with health checks leads to a Service that is not headless",
    severity=Severity.WARNING,
    source="https://developer.konghq.com/gateway/traffic-control/health-checks-circuit-breakers/",
    fails=f"""{_KONG}{_UPSTREAM}
        spec: {{selector: {{app: orders}}, ports: [{{port: 8080}}]}}
    """,
    passes=f"""{_KONG}{_UPSTREAM}
        spec: {{clusterIP: None, selector: {{app: orders}}, ports: [{{port: 8080}}]}}
    """,
)
def kong_upstream_balanced(inventory: Inventory) -> Iterator[Problem]:
    """Kong checks only the address of the Service, and each check can reach another pod.

    Kong then removes no failing pod, or it removes all pods at once. The name of a headless Service resolves to the
    addresses of its pods, so Kong checks each pod.
    """
    checked: dict[int, dict[str, str]] = {}
    for _, call in inventory.derived(read_calls).calls:
        service, file = service_of(inventory, call), call.kong_file
        if file is None or service is None or documents.at(service, "spec", "clusterIP") == "None":
            continue
        if id(file) not in checked:
            checked[id(file)] = _checked_targets(file.content)
        upstream = checked[id(file)].get(call.host.shown)
        if upstream is not None and documents.text(service, "spec", "type") in ("", "ClusterIP"):
            message = f"has health checks, but leads to {reference(service)}, which is not headless"
            yield Problem(
                file.document,
                f"upstream {upstream!r} of {file.name} {message}",
                fix="use a Service with clusterIP: None",
                field=file.path,
            )


def _checked_targets(content: Document) -> dict[str, str]:
    """Return the hosts of targets in upstreams with health checks, each with the name of its upstream."""
    return {
        documents.text(target, "target").lower().partition(":")[0].removesuffix("."): documents.text(upstream, "name")
        for upstream in documents.mappings(content, "upstreams")
        if _is_checked(upstream)
        for target in documents.mappings(upstream, "targets")
    }


def _is_checked(upstream: Document) -> bool:
    active = documents.mapping(upstream, "healthchecks", "active")
    passive = documents.mapping(upstream, "healthchecks", "passive", "unhealthy")
    intervals = (documents.at(active, each, "interval") for each in ("healthy", "unhealthy"))
    failures = (passive.get(each) for each in ("http_failures", "tcp_failures", "timeouts"))
    return any(isinstance(each, int | float) and each > 0 for each in (*intervals, *failures))


def _of_call(call: Call, file: KongFile, message: str, fix: str) -> Problem:
    return Problem(file.document, f"{call.variable} {message}", fix=fix, field=file.path)
