"""Whether Services and probes lead to a port at which a program listens."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory, Workload, shown
from kubestock.checks.facts.listening import answering_port, handlers, is_closed
from kubestock.checks.facts.ports import declared, is_port, protocol, shown_port, target_port, wanted
from kubestock.checks.finding import Problem, Severity, Unjudged
from kubestock.values import documents
from kubestock.values.documents import Document, Path


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
    """No connection to the Service gets through: its endpoints lack the port.

    A name must be that of a port of a container, of the same protocol. A number needs no declaration.
    """
    for service, workload, port in _undeclared(inventory):
        if documents.whole(wanted(port)) is None:
            yield _leads_nowhere(service, workload, port)


@rule(
    "undeclared-port",
    title="A Service or a probe leads to a number that the pods do not mention",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports",
    fails="""
        apiVersion: v1
        kind: Service
        metadata: {name: orders}
        spec: {selector: {app: orders}, ports: [{port: 80, targetPort: 3001}]}
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
        spec: {selector: {app: orders}, ports: [{port: 80, targetPort: 3001}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              args: ["--admin-port=3001"]
              ports: [{name: http, containerPort: 3000}]
    """,
)
def undeclared_port(inventory: Inventory) -> Iterator[Problem | Unjudged]:
    """Most likely no program listens there: every connection is refused, and a probe always fails.

    Kubernetes needs no declaration of a number, so one is found only where the containers name other ports, and neither
    their arguments, their environment, their files nor their probes mention it.
    """
    for service, workload, port in _undeclared(inventory):
        number = documents.whole(wanted(port))
        if number is None:
            continue
        if answering_port(inventory, workload, port) is None:
            yield _leads_nowhere(service, workload, port)
            continue
        shown_number = f"target port {number} ({protocol(port)})"
        message = f"{shown_number} is declared by no container of {workload.reference}, and need not be"
        yield Unjudged(service, message, within=port, field=("targetPort",))
    for pods, container, path, asked in _probed(inventory):
        number = documents.whole(asked)
        if number is not None and is_closed(inventory, pods, number):
            yield _asks_nowhere(pods, container, path, asked)


def _undeclared(inventory: Inventory) -> Iterator[tuple[Document, Workload, Document]]:
    """Yield each Service with pods behind it, and a port of it that they do not declare."""
    for service in inventory.of_kind("Service"):
        for workload in inventory.behind(service):
            for port in documents.mappings(service, "spec", "ports"):
                if target_port(workload, port) is None:
                    yield service, workload, port


def _leads_nowhere(service: Document, workload: Workload, port: Document) -> Problem:
    return Problem(
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
    """The probe always fails: the pod does not become ready, or the kubelet restarts it for ever.

    A name must be that of a port of the container itself. A number needs no declaration.
    """
    for workload, container, path, port in _probed(inventory):
        if documents.whole(port) is None:
            yield _asks_nowhere(workload, container, path, port)


def _probed(inventory: Inventory) -> Iterator[tuple[Workload, Document, Path, object]]:
    """Yield the probes that ask a port which is not declared, each with its path in the container."""
    for workload in inventory.workloads:
        for container in workload.containers:
            for probe, kind, handler in handlers(container):
                port = documents.at(handler, "port")
                if not any(is_port(each, port) for each in _known(workload, container, port)):
                    yield workload, container, (probe, kind, "port"), port


def _known(workload: Workload, container: Document, port: object) -> list[Document]:
    # A name is looked up in the container itself, a number reaches the whole pod.
    own = documents.mappings(container, "ports")
    return own if isinstance(port, str) else own + workload.ports


def _asks_nowhere(workload: Workload, container: Document, path: Path, port: object) -> Problem:
    return workload.problem(
        f"{path[0]} of {shown(container)} asks port {shown_port(port)}, but the ports are "
        f"{declared(_known(workload, container, port))}",
        fix="probe one of these",
        within=container,
        field=path,
    )
