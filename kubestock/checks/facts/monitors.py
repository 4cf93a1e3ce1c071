"""The targets that the monitors of the Prometheus Operator select, and the ports that they scrape.

See https://prometheus-operator.dev/docs/api-reference/api/
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.label_index import LabelIndex
from kubestock.checks.facts.listening import answering_port, is_closed
from kubestock.values import documents
from kubestock.values.documents import Document

_GROUP = "monitoring.coreos.com"
_ENDPOINTS = {"PodMonitor": "podMetricsEndpoints", "ServiceMonitor": "endpoints"}
_SCRAPE, _PORT = "prometheus.io/scrape", "prometheus.io/port"


@dataclass(frozen=True, slots=True)
class Monitor:
    """A PodMonitor or ServiceMonitor, with its namespaces, and the workloads and Services that it selects there."""

    document: Document
    namespaces: tuple[str, ...]
    workloads: tuple[Workload, ...]
    services: tuple[Document, ...]

    @property
    def of_services(self) -> bool:
        """Whether it is a ServiceMonitor."""
        return documents.kind(self.document) == "ServiceMonitor"

    @property
    def endpoints(self) -> list[tuple[int, Document]]:
        """The endpoints that it scrapes on each pod or Service, each with its position."""
        field = _ENDPOINTS[documents.kind(self.document)]
        return list(enumerate(documents.mappings(self.document, "spec", field)))

    @property
    def endpoints_path(self) -> tuple[str, ...]:
        """The path of its endpoints."""
        return ("spec", _ENDPOINTS[documents.kind(self.document)])


@dataclass(frozen=True, slots=True, kw_only=True)
class ScrapedPort:
    """A scraped port of a workload's pods, with the object that configures the scrape."""

    document: Document
    workload: Workload
    port: int
    part: object = field(default=None, compare=False)


def monitors(inventory: Inventory) -> list[Monitor]:
    """Return all monitors."""
    return [
        _monitor(inventory, document)
        for document in inventory.of_kind(*_ENDPOINTS)
        if documents.group(document) == _GROUP
    ]


def scraped_ports(inventory: Inventory) -> Iterator[ScrapedPort]:
    """Yield the scraped ports of pods, as far as they are known."""
    for monitor in inventory.derived(monitors):
        for _, endpoint in monitor.endpoints:
            for workload, port in _scraped_by(inventory, monitor, endpoint):
                yield ScrapedPort(document=monitor.document, workload=workload, port=port, part=endpoint)
    for workload, port in annotated_workloads(inventory):
        if not is_closed(inventory, workload, port):
            yield ScrapedPort(document=workload.document, workload=workload, port=port)


def annotated_workloads(inventory: Inventory) -> Iterator[tuple[Workload, int]]:
    """Yield the workloads whose pods have annotations for scraping, each with the port."""
    for workload in inventory.workloads:
        annotations = documents.text_map(workload.pod_metadata, "annotations")
        port = annotations.get(_PORT, "")
        if annotations.get(_SCRAPE) == "true" and port.isdecimal() and port.isascii() and len(port) <= len("65535"):
            yield workload, int(port)


def has_port(monitor: Monitor, endpoint: Document) -> bool:
    """Whether any pod or Service that a monitor selects has a port with the name in an endpoint."""
    name = documents.text(endpoint, "port")
    if monitor.of_services:
        ports = (port for each in monitor.services for port in documents.mappings(each, "spec", "ports"))
    else:
        ports = (port for each in monitor.workloads for port in each.ports)
    return any(documents.text(port, "name") == name for port in ports)


def services_by_labels(inventory: Inventory) -> dict[str, LabelIndex[Document]]:
    """Return an index of the Services by their labels, for each namespace."""
    found: dict[str, list[tuple[Document, Document]]] = {}
    for service in inventory.of_kind("Service"):
        labels = documents.mapping(service, "metadata", "labels")
        found.setdefault(documents.namespace(service), []).append((labels, service))
    return {namespace: LabelIndex(inside) for namespace, inside in found.items()}


def _monitor(inventory: Inventory, document: Document) -> Monitor:
    namespaces = tuple(_namespaces(inventory, document))
    selector = documents.mapping(document, "spec", "selector")
    if documents.kind(document) == "PodMonitor":
        found = (each for namespace in namespaces for each in inventory.selected(namespace, selector))
        return Monitor(document, namespaces, tuple(found), ())
    known = inventory.derived(services_by_labels)
    services = tuple(
        each for namespace in namespaces if namespace in known for each in known[namespace].selected(selector)
    )
    behind = dict.fromkeys(workload for service in services for workload in inventory.workloads_behind(service))
    return Monitor(document, namespaces, tuple(behind), services)


def _namespaces(inventory: Inventory, document: Document) -> Iterator[str]:
    chosen = documents.mapping(document, "spec", "namespaceSelector")
    if documents.at(chosen, "any") is True:
        yield from inventory.derived(_all_namespaces)
    else:
        yield from documents.texts(chosen, "matchNames") or [documents.namespace(document)]


def _all_namespaces(inventory: Inventory) -> tuple[str, ...]:
    of_services = (documents.namespace(each) for each in inventory.of_kind("Service"))
    return tuple(dict.fromkeys([*(each.namespace for each in inventory.workloads), *of_services]))


def _scraped_by(inventory: Inventory, monitor: Monitor, endpoint: Document) -> Iterator[tuple[Workload, int]]:
    name = documents.text(endpoint, "port")
    number = documents.whole(endpoint, "portNumber") or documents.whole(endpoint, "targetPort")
    for service in monitor.services:
        for port in documents.mappings(service, "spec", "ports"):
            if name and documents.text(port, "name") == name:
                for workload in inventory.workloads_behind(service):
                    answering = answering_port(inventory, workload, port)
                    if answering is not None:
                        yield workload, answering
    for workload in monitor.workloads:
        if not monitor.of_services and name:
            named = (each for each in workload.ports if documents.text(each, "name") == name)
            yield from ((workload, n) for each in named if (n := documents.whole(each, "containerPort")) is not None)
        elif not name and number is not None and not is_closed(inventory, workload, number):
            yield workload, number
