"""The ports of Services to which calls are made."""

from dataclasses import dataclass

from kubestock.checks.facts.calls import Call, service_of
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.listening import answering_port
from kubestock.checks.facts.ports import describe_number, protocol
from kubestock.checks.finding import reference
from kubestock.values import documents
from kubestock.values.documents import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledPort:
    """The port of a Service to which a call is made.

    Args:
        port: the port of the Service, or of the pods if the Service is headless. None if it is missing or unknown.
        problem: what is wrong with the port; empty if nothing is wrong.
        fix: how to fix the problem.
    """

    port: Document | None = None
    problem: str = ""
    fix: str = ""


def called_port(inventory: Inventory, call: Call) -> CalledPort | None:
    """Return the called port, or None if the Service is not in the manifests or is an ExternalName."""
    service = service_of(inventory, call)
    if service is None or documents.text(service, "spec", "type") == "ExternalName":
        return None
    ports = documents.mappings(service, "spec", "ports")
    if call.port is None:
        return CalledPort(port=ports[0] if len(ports) == 1 else None)
    if documents.at(service, "spec", "clusterIP") == "None":
        return _of_pods(inventory, call, service)
    for port in ports:
        if documents.at(port, "port") == call.port and call.protocol in (None, protocol(port)):
            return CalledPort(port=port)
    has = ", ".join(f"{describe_number(each, 'port')} ({protocol(each)})" for each in ports) or "no ports"
    problem = f"{call.variable} calls port {call.port} of {reference(service)}, which has {has}"
    return CalledPort(problem=problem, fix="correct the port")


def _of_pods(inventory: Inventory, call: Call, service: Document) -> CalledPort:
    # Clients connect to the pods of a headless Service directly, so the ports of the Service do not matter.
    for transport in ("TCP", "UDP") if call.protocol is None else (call.protocol,):
        port = {"port": call.port, "protocol": transport}
        behind = inventory.workloads_behind(service)
        closed = [each for each in behind if answering_port(inventory, each, port) is None]
        if not closed:
            return CalledPort(port=port)
    problem = (
        f"{call.variable} calls port {call.port} of the headless {reference(service)}, but the pods of "
        f"{closed[0].reference} do not have this port"
    )
    return CalledPort(port=port, problem=problem, fix="call a port of the pods")
