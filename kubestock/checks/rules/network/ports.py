"""Rules about the target ports of Services and the ports of probes."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory, Workload, describe_container
from kubestock.checks.facts.listening import answering_port, handlers, is_closed
from kubestock.checks.facts.ports import describe_port, describe_ports, matches_port, protocol, target_of, target_port
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
    """Every connection to the Service fails, because its endpoints do not have the port.

    If `targetPort` is a name, a container must have a port with that name and the same protocol. A port number does not
    have to be declared.
    """
    for service, workload, port in _undeclared(inventory):
        if documents.whole(target_of(port)) is None:
            yield _undeclared_target(service, workload, port)


@rule(
    "undeclared-port",
    title="A Service or a probe uses a port number that the pods do not mention",
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
    """Most likely no program listens at the port: every connection is refused, and a probe always fails.

    Kubernetes does not require the declaration of a port number. The rule therefore has a finding only if the
    containers declare other ports with names, and if their arguments, environment variables, files and probes do not
    contain the number.
    """
    for service, workload, port in _undeclared(inventory):
        number = documents.whole(target_of(port))
        if number is None:
            continue
        if answering_port(inventory, workload, port) is None:
            yield _undeclared_target(service, workload, port)
            continue
        target = f"target port {number} ({protocol(port)})"
        message = f"{target} is not declared by the containers of {workload.reference}, which is not required"
        yield Unjudged(service, message, part=port, field=("targetPort",))
    for pods, container, path, probed in _probed(inventory):
        number = documents.whole(probed)
        if number is not None and is_closed(inventory, pods, number):
            yield _undeclared_probe_port(pods, container, path, probed)


def _undeclared(inventory: Inventory) -> Iterator[tuple[Document, Workload, Document]]:
    """Yield each Service with a workload that it selects, and with a port that the workload does not declare."""
    for service in inventory.of_kind("Service"):
        for workload in inventory.workloads_behind(service):
            for port in documents.mappings(service, "spec", "ports"):
                if target_port(workload, port) is None:
                    yield service, workload, port


def _undeclared_target(service: Document, workload: Workload, port: Document) -> Problem:
    return Problem(
        service,
        f"target port {describe_port(target_of(port))} ({protocol(port)}) is not a port of the containers of "
        f"{workload.reference}, which declare {describe_ports(workload.ports)}",
        fix="use one of these, or declare it",
        part=port,
        field=("targetPort",),
    )


@rule(
    "probe-port",
    title="A probe uses a port that the container does not have",
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
    """The probe always fails: the pod never becomes ready, or the kubelet restarts it again and again.

    If the port is a name, the container itself must have a port with that name. A port number does not have to be
    declared.
    """
    for workload, container, path, port in _probed(inventory):
        if documents.whole(port) is None:
            yield _undeclared_probe_port(workload, container, path, port)


def _probed(inventory: Inventory) -> Iterator[tuple[Workload, Document, Path, object]]:
    """Yield the probes whose port is not declared, each with its path in the container."""
    for workload in inventory.workloads:
        for container in workload.containers:
            for probe, kind, handler in handlers(container):
                port = documents.at(handler, "port")
                if not any(matches_port(each, port) for each in _known(workload, container, port)):
                    yield workload, container, (probe, kind, "port"), port


def _known(workload: Workload, container: Document, port: object) -> list[Document]:
    # A name must be declared by the container itself. A number can be a port of any container of the pod.
    own = documents.mappings(container, "ports")
    return own if isinstance(port, str) else own + workload.ports


def _undeclared_probe_port(workload: Workload, container: Document, path: Path, port: object) -> Problem:
    return workload.problem(
        f"{path[0]} of {describe_container(container)} uses port {describe_port(port)}, but the ports are "
        f"{describe_ports(_known(workload, container, port))}",
        fix="use one of these",
        part=container,
        field=path,
    )
