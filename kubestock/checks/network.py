"""Whether Services and probes lead to a port at which somebody listens."""

from collections.abc import Iterator

from kubestock.checks.finding import Finding
from kubestock.checks.inventory import Inventory, Workload, finding, shown
from kubestock.values import documents
from kubestock.values.documents import Document

_PROBES = ("readinessProbe", "livenessProbe", "startupProbe")
_HANDLERS = ("httpGet", "tcpSocket", "grpc")


def service_port(inventory: Inventory) -> Iterator[Finding]:
    """A target port that no container has leaves the Service without a way in.

    See https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports
    """
    for service in inventory.of_kind("Service"):
        for workload in inventory.behind(service):
            for port in documents.mappings(service, "spec", "ports"):
                if target_port(workload, port) is None:
                    wanted = _wanted(port)
                    yield finding(
                        "service-port",
                        service,
                        f"target port {_port(wanted)} ({protocol(port)}) is not a port of the containers of "
                        f"{workload.reference}, which declare {_declared(workload.ports)}; "
                        "target one of these, or declare it",
                    )


def probe_port(inventory: Inventory) -> Iterator[Finding]:
    """A probe of a port that nobody declares keeps the pod from becoming ready, or restarts it for ever.

    See https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
    """
    for workload in inventory.workloads:
        for container in workload.containers:
            own = documents.mappings(container, "ports")
            for probe, handler in _probes(container):
                port = documents.at(handler, "port")
                # A name is looked up in the container itself, a number reaches the whole pod.
                known = own if isinstance(port, str) else own + workload.ports
                if not any(_is(each, port) for each in known):
                    yield workload.finding(
                        "probe-port",
                        f"{probe} of {shown(container)} asks port "
                        f"{_port(port)}, but the ports are {_declared(known)}; probe one of these",
                    )


def target_port(workload: Workload, port: Document) -> int | None:
    """Return the number at which the pods of a workload answer for a Service's port, or None."""
    wanted = _wanted(port)
    for each in workload.ports:
        if _is(each, wanted) and protocol(each) == protocol(port):
            return documents.whole(each, "containerPort")
    return None


def protocol(port: Document) -> str:
    """Return the protocol of a port, which is TCP unless it says otherwise."""
    return documents.text(port, "protocol") or "TCP"


def _probes(container: Document) -> Iterator[tuple[str, Document]]:
    for probe in _PROBES:
        for handler in _HANDLERS:
            asked = documents.mapping(container, probe, handler)
            if asked and not documents.text(asked, "host"):
                yield probe, asked


def number_of(port: Document, field: str) -> str:
    """Return how findings show the number of a port."""
    number = documents.text(port, field) or documents.whole(port, field)
    return "none" if number is None else str(number)


def _wanted(port: Document) -> object:
    return documents.at(port, "targetPort") or documents.at(port, "port")


def _is(port: Document, wanted: object) -> bool:
    """Whether a port of a container is the one of this name or number."""
    if isinstance(wanted, str):
        return documents.text(port, "name") == wanted
    return isinstance(wanted, int) and documents.whole(port, "containerPort") == wanted


def _declared(ports: list[Document]) -> str:
    written = []
    for port in ports:
        name, number = documents.text(port, "name"), number_of(port, "containerPort")
        written.append(f"{name} ({number})" if name else number)
    return ", ".join(dict.fromkeys(written)) or "none"


def _port(port: object) -> str:
    return repr(port) if isinstance(port, str) or documents.whole(port) is not None else "(none)"
