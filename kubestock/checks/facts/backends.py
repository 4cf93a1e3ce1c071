"""The Services to which Ingresses and routes of the Gateway API send requests."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from kubestock.checks.facts.inventory import Inventory
from kubestock.values import documents
from kubestock.values.documents import Document, Path

_ROUTES = ("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute")
_GATEWAY_API = "gateway.networking.k8s.io"
_INGRESS = "networking.k8s.io"
_CLASS = "kubernetes.io/ingress.class"
_USE_ANNOTATION = "use-annotation"
_ALB_ACTION = "alb.ingress.kubernetes.io/actions."


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """A Service to which an Ingress or a route sends requests.

    Args:
        document: the Ingress or the route.
        name: the name of the Service.
        namespace: the namespace of the Service.
        port: its number or name, or None if the object does not set it.
        part: the map in the object that refers to the Service.
        field: the path of the field in `part`.
    """

    document: Document
    name: str
    namespace: str
    port: int | str | None
    part: object = field(default=None, compare=False)
    field: Path = field(default=(), compare=False)

    def service_in(self, inventory: Inventory) -> Document | None:
        """Return the Service, or None if it is not in the manifests."""
        return inventory.find("Service", self.namespace, self.name)

    def port_in(self, inventory: Inventory) -> Document | None:
        """Return the port of the Service, or None if the Service does not have it."""
        key = "name" if isinstance(self.port, str) else "port"
        for each in documents.mappings(self.service_in(inventory), "spec", "ports"):
            if self.port is not None and documents.at(each, key) == self.port:
                return each
        return None


def ingress_backends(inventory: Inventory) -> list[Backend]:
    """Return the backends of all Ingresses."""
    return [
        each
        for document in inventory.of_kind("Ingress")
        if documents.group(document) == _INGRESS
        for each in _of_ingress(document)
    ]


def route_backends(inventory: Inventory) -> list[Backend]:
    """Return the backends of all routes of the Gateway API."""
    return [
        each
        for document in inventory.of_kind(*_ROUTES)
        if documents.group(document) == _GATEWAY_API
        for each in _of_route(document)
    ]


def is_alb(ingress: Document) -> bool:
    """Whether an AWS load balancer serves an Ingress; such a load balancer does not run in a pod."""
    annotations = documents.text_map(ingress, "metadata", "annotations")
    return "alb" in (documents.text(ingress, "spec", "ingressClassName"), annotations.get(_CLASS))


def _of_ingress(ingress: Document) -> Iterator[Backend]:
    annotations = documents.text_map(ingress, "metadata", "annotations")
    holders = [documents.mapping(ingress, "spec", "defaultBackend")]
    for rule in documents.mappings(ingress, "spec", "rules"):
        holders += [documents.mapping(path, "backend") for path in documents.mappings(rule, "http", "paths")]
    for holder in holders:
        service = documents.at(holder, "service")
        name = documents.text(service, "name")
        # For an AWS load balancer, the name can refer to an action in an annotation instead of a Service.
        action = _ALB_ACTION + name in annotations or documents.text(service, "port", "name") == _USE_ANNOTATION
        if name and not action:
            number, named = documents.whole(service, "port", "number"), documents.text(service, "port", "name")
            yield Backend(
                document=ingress,
                name=name,
                namespace=documents.namespace(ingress),
                port=number if number is not None else named or None,
                part=service,
            )


def _of_route(route: Document) -> Iterator[Backend]:
    for rule in documents.mappings(route, "spec", "rules"):
        mirrored = (documents.at(each, "requestMirror", "backendRef") for each in documents.mappings(rule, "filters"))
        for each in (*documents.mappings(rule, "backendRefs"), *mirrored):
            name = documents.text(each, "name")
            of_core = not documents.text(each, "group") and (documents.text(each, "kind") or "Service") == "Service"
            if name and of_core:
                yield Backend(
                    document=route,
                    name=name,
                    namespace=documents.text(each, "namespace") or documents.namespace(route),
                    port=documents.whole(each, "port"),
                    part=each,
                )
