"""At which port of a Service a call arrives."""

from dataclasses import dataclass

from kubestock.checks.facts.calls import Call, service_of
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.listening import answering_port
from kubestock.checks.facts.ports import number_of, protocol
from kubestock.checks.finding import reference
from kubestock.values import documents
from kubestock.values.documents import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Where a call of a Service arrives.

    Args:
        port: of the Service; where it is headless, of the pods themselves. None if it lacks it, or it is not known.
        lacking: what is wrong with the port; empty if nothing is.
        fix: what to do about it.
    """

    port: Document | None = None
    lacking: str = ""
    fix: str = ""


def reached(inventory: Inventory, call: Call) -> Reached | None:
    """Return where a call arrives, or None if the manifests do not have its Service, or it leads out of the cluster."""
    service = service_of(inventory, call)
    if service is None or documents.text(service, "spec", "type") == "ExternalName":
        return None
    if documents.at(service, "spec", "clusterIP") == "None":
        return _of_pods(inventory, call, service)
    ports = documents.mappings(service, "spec", "ports")
    if call.port is None:
        return Reached(port=ports[0] if len(ports) == 1 else None)
    for port in ports:
        if documents.at(port, "port") == call.port and call.protocol in (None, protocol(port)):
            return Reached(port=port)
    has = ", ".join(f"{number_of(each, 'port')} ({protocol(each)})" for each in ports) or "none"
    lacking = f"{call.variable} calls port {call.port} of {reference(service)}, which has {has}"
    return Reached(lacking=lacking, fix="correct the port")


def _of_pods(inventory: Inventory, call: Call, service: Document) -> Reached:
    # The name of a headless Service leads to the pods themselves, so its own ports play no part.
    if call.port is None:
        return Reached()
    for transport in ("TCP", "UDP") if call.protocol is None else (call.protocol,):
        port = {"port": call.port, "protocol": transport}
        behind = inventory.behind(service)
        closed = [each for each in behind if answering_port(inventory, each, port) is None]
        if not closed:
            return Reached(port=port)
    lacking = (
        f"{call.variable} calls port {call.port} of the headless {reference(service)}, which leads to the pods of "
        f"{closed[0].reference} themselves, and they do not declare it"
    )
    return Reached(port=port, lacking=lacking, fix="call a port of theirs")
