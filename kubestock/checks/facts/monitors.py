"""What the monitors of the Prometheus Operator select, and at which ports they scrape.

See https://prometheus-operator.dev/docs/api-reference/api/
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.label_index import Labelled
from kubestock.checks.facts.listening import answering_port, is_closed
from kubestock.values import documents
from kubestock.values.documents import Document

_GROUP = "monitoring.coreos.com"
_ENDPOINTS = {"PodMonitor": "podMetricsEndpoints", "ServiceMonitor": "endpoints"}
_SCRAPE, _PORT = "prometheus.io/scrape", "prometheus.io/port"


@dataclass(frozen=True, slots=True)
class Monitor:
    """A PodMonitor or ServiceMonitor, the namespaces in which it selects, and what it selects there."""

    document: Document
    namespaces: tuple[str, ...]
    workloads: tuple[Workload, ...]
    services: tuple[Document, ...]

    @property
    def of_services(self) -> bool:
        """Whether it selects Services."""
        return documents.kind(self.document) == "ServiceMonitor"

    @property
    def endpoints(self) -> list[tuple[int, Document]]:
        """What it scrapes of each pod or Service, each with its position."""
        field = _ENDPOINTS[documents.kind(self.document)]
        return list(enumerate(documents.mappings(self.document, "spec", field)))

    @property
    def endpoints_path(self) -> tuple[str, ...]:
        """The path of what it scrapes."""
        return ("spec", _ENDPOINTS[documents.kind(self.document)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Scraped:
    """A port at which pods are scraped, and the object that says so."""

    document: Document
    workload: Workload
    port: int
    within: object = field(default=None, compare=False)


def monitors(inventory: Inventory) -> list[Monitor]:
    """Return the monitors, with what they select."""
    return [
        _monitor(inventory, document)
        for document in inventory.of_kind(*_ENDPOINTS)
        if documents.group(document) == _GROUP
    ]


def scraped(inventory: Inventory) -> Iterator[Scraped]:
    """Yield the ports at which pods are scraped, as far as they are known."""
    for monitor in inventory.derived(monitors):
        for _, endpoint in monitor.endpoints:
            for workload, port in _ports(inventory, monitor, endpoint):
                yield Scraped(document=monitor.document, workload=workload, port=port, within=endpoint)
    for workload, port in annotated(inventory):
        if not is_closed(inventory, workload, port):
            yield Scraped(document=workload.document, workload=workload, port=port)


def annotated(inventory: Inventory) -> Iterator[tuple[Workload, int]]:
    """Yield the workloads whose pods ask by annotations to be scraped, and the port."""
    for workload in inventory.workloads:
        annotations = documents.text_map(workload.pod_metadata, "annotations")
        port = annotations.get(_PORT, "")
        if annotations.get(_SCRAPE) == "true" and port.isdecimal() and port.isascii() and len(port) <= len("65535"):
            yield workload, int(port)


def has_port(monitor: Monitor, endpoint: Document) -> bool:
    """Whether anything that a monitor selects has the port of an endpoint by name."""
    name = documents.text(endpoint, "port")
    if monitor.of_services:
        ports = (port for each in monitor.services for port in documents.mappings(each, "spec", "ports"))
    else:
        ports = (port for each in monitor.workloads for port in each.ports)
    return any(documents.text(port, "name") == name for port in ports)


def services_by_labels(inventory: Inventory) -> dict[str, Labelled[Document]]:
    """Return the Services of each namespace, by their labels."""
    found: dict[str, list[tuple[Document, Document]]] = {}
    for service in inventory.of_kind("Service"):
        labels = documents.mapping(service, "metadata", "labels")
        found.setdefault(documents.namespace(service), []).append((labels, service))
    return {namespace: Labelled(inside) for namespace, inside in found.items()}


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
    behind = dict.fromkeys(workload for service in services for workload in inventory.behind(service))
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


def _ports(inventory: Inventory, monitor: Monitor, endpoint: Document) -> Iterator[tuple[Workload, int]]:
    name = documents.text(endpoint, "port")
    number = documents.whole(endpoint, "portNumber") or documents.whole(endpoint, "targetPort")
    for service in monitor.services:
        for port in documents.mappings(service, "spec", "ports"):
            if name and documents.text(port, "name") == name:
                for workload in inventory.behind(service):
                    answering = answering_port(inventory, workload, port)
                    if answering is not None:
                        yield workload, answering
    for workload in monitor.workloads:
        if not monitor.of_services and name:
            named = (each for each in workload.ports if documents.text(each, "name") == name)
            yield from ((workload, n) for each in named if (n := documents.whole(each, "containerPort")) is not None)
        elif not name and number is not None and not is_closed(inventory, workload, number):
            yield workload, number
