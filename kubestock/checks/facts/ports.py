"""Ports of Services and of containers."""

from kubestock.checks.facts.inventory import Workload
from kubestock.values import documents
from kubestock.values.documents import Document


def target_port(workload: Workload, port: Document) -> int | None:
    """Return the number of the declared container port to which a Service port leads, or None if none is declared."""
    target = target_of(port)
    for each in workload.ports:
        if matches_port(each, target) and protocol(each) == protocol(port):
            return documents.whole(each, "containerPort")
    return None


def protocol(port: Document) -> str:
    """Return the protocol of a port, which is TCP by default."""
    return documents.text(port, "protocol") or "TCP"


def describe_number(port: Document, field: str) -> str:
    """Return the description of a port's number for findings."""
    number = documents.text(port, field) or documents.whole(port, field)
    return "none" if number is None else str(number)


def target_of(port: Document) -> object:
    """Return the name or the number of the container port to which a Service port leads."""
    return documents.at(port, "targetPort") or documents.at(port, "port")


def matches_port(port: Document, target: object) -> bool:
    """Whether a port of a container has this name or number."""
    if isinstance(target, str):
        return documents.text(port, "name") == target
    return isinstance(target, int) and documents.whole(port, "containerPort") == target


def describe_ports(ports: list[Document]) -> str:
    """Return the description of container ports for findings."""
    written = []
    for port in ports:
        name, number = documents.text(port, "name"), describe_number(port, "containerPort")
        written.append(f"{name} ({number})" if name else number)
    return ", ".join(dict.fromkeys(written)) or "none"


def describe_port(port: object) -> str:
    """Return the description of a port's name or number for findings."""
    return repr(port) if isinstance(port, str) or documents.whole(port) is not None else "(none)"
