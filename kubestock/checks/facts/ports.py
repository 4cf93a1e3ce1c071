"""At which ports pods answer."""

from kubestock.checks.facts.inventory import Workload
from kubestock.values import documents
from kubestock.values.documents import Document


def target_port(workload: Workload, port: Document) -> int | None:
    """Return the number at which the pods of a workload answer for a Service's port, or None."""
    aim = wanted(port)
    for each in workload.ports:
        if is_port(each, aim) and protocol(each) == protocol(port):
            return documents.whole(each, "containerPort")
    return None


def protocol(port: Document) -> str:
    """Return the protocol of a port, which is TCP unless it says otherwise."""
    return documents.text(port, "protocol") or "TCP"


def number_of(port: Document, field: str) -> str:
    """Return how findings show the number of a port."""
    number = documents.text(port, field) or documents.whole(port, field)
    return "none" if number is None else str(number)


def wanted(port: Document) -> object:
    """Return the name or the number that a Service's port leads to."""
    return documents.at(port, "targetPort") or documents.at(port, "port")


def is_port(port: Document, wanted: object) -> bool:
    """Whether a port of a container is the one of this name or number."""
    if isinstance(wanted, str):
        return documents.text(port, "name") == wanted
    return isinstance(wanted, int) and documents.whole(port, "containerPort") == wanted


def declared(ports: list[Document]) -> str:
    """Return how findings show the ports that containers declare."""
    written = []
    for port in ports:
        name, number = documents.text(port, "name"), number_of(port, "containerPort")
        written.append(f"{name} ({number})" if name else number)
    return ", ".join(dict.fromkeys(written)) or "none"


def shown_port(port: object) -> str:
    """Return how findings show the name or the number of a port."""
    return repr(port) if isinstance(port, str) or documents.whole(port) is not None else "(none)"
