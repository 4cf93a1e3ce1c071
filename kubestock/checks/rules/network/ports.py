"""Whether Services and probes lead to a port at which a program listens."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory, shown
from kubestock.checks.facts.ports import declared, is_port, protocol, shown_port, target_port, wanted
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document

_PROBES = ("readinessProbe", "livenessProbe", "startupProbe")
_HANDLERS = ("httpGet", "tcpSocket", "grpc")


@rule(
    "service-port",
    title="A Service leads to a port that its pods do not have",
    source="https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports",
    fails="""
        apiVersion: v1
        kind: Service
        metadata: {name: orders}
        spec: {selector: {app: orders}, ports: [{port: 80, targetPort: web}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec: {containers: [{name: orders, image: "shop/orders:1.0", ports: [{name: http, containerPort: 3000}]}]}
    """,
    passes="""
        apiVersion: v1
        kind: Service
        metadata: {name: orders}
        spec: {selector: {app: orders}, ports: [{port: 80, targetPort: http}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec: {containers: [{name: orders, image: "shop/orders:1.0", ports: [{name: http, containerPort: 3000}]}]}
    """,
)
def service_port(inventory: Inventory) -> Iterator[Problem]:
    """No connection to the Service gets through: its endpoints lack the port, or no program listens there."""
    for service in inventory.of_kind("Service"):
        for workload in inventory.behind(service):
            for port in documents.mappings(service, "spec", "ports"):
                if target_port(workload, port) is None:
                    yield Problem(
                        service,
                        f"target port {shown_port(wanted(port))} ({protocol(port)}) is not a port of the containers of "
                        f"{workload.reference}, which declare {declared(workload.ports)}",
                        fix="target one of these, or declare it",
                        within=port,
                        field=("targetPort",),
                    )


@rule(
    "probe-port",
    title="A probe asks a port that no container has",
    source="https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              ports: [{name: http, containerPort: 3000}]
              readinessProbe: {httpGet: {path: /health, port: web}}
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              ports: [{name: http, containerPort: 3000}]
              readinessProbe: {httpGet: {path: /health, port: http}}
    """,
)
def probe_port(inventory: Inventory) -> Iterator[Problem]:
    """The probe always fails: the pod does not become ready, or the kubelet restarts it for ever."""
    for workload in inventory.workloads:
        for container in workload.containers:
            own = documents.mappings(container, "ports")
            for probe, kind, handler in _probes(container):
                port = documents.at(handler, "port")
                # A name is looked up in the container itself, a number reaches the whole pod.
                known = own if isinstance(port, str) else own + workload.ports
                if not any(is_port(each, port) for each in known):
                    yield workload.problem(
                        f"{probe} of {shown(container)} asks port "
                        f"{shown_port(port)}, but the ports are {declared(known)}",
                        fix="probe one of these",
                        within=container,
                        field=(probe, kind, "port"),
                    )


def _probes(container: Document) -> Iterator[tuple[str, str, Document]]:
    for probe in _PROBES:
        for kind in _HANDLERS:
            handler = documents.mapping(container, probe, kind)
            if handler and not documents.text(handler, "host"):
                yield probe, kind, handler
