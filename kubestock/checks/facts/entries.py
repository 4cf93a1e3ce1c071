"""All routes for incoming requests: those of Kong, of Ingresses and of the Gateway API."""

from collections.abc import Iterator

from kubestock.checks.facts.backends import Backend, ingress_backends, route_backends
from kubestock.checks.facts.entry import ANY_METHOD, Entry, targets_of
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.kong_routes import kong_entries
from kubestock.checks.finding import reference
from kubestock.values import documents

_PROTECTING = {
    "nginx.ingress.kubernetes.io/auth-type": "{} authentication",
    "nginx.ingress.kubernetes.io/auth-url": "permission of {}",
    "nginx.ingress.kubernetes.io/auth-tls-secret": "a client certificate",
    "nginx.ingress.kubernetes.io/whitelist-source-range": "an address of {}",
    "alb.ingress.kubernetes.io/auth-type": "{} authentication",
    "alb.ingress.kubernetes.io/inbound-cidrs": "an address of {}",
    "traefik.ingress.kubernetes.io/router.middlewares": "permission of {}",
    "konghq.com/plugins": "permission of the plugins {}",
}
"""Annotations of Ingresses that restrict requests, and a description of what they require."""


def entries(inventory: Inventory) -> list[Entry]:
    """Return all routes for incoming requests."""
    return inventory.derived(_entries)


def _entries(inventory: Inventory) -> list[Entry]:
    found = [*kong_entries(inventory)]
    for backend in ingress_backends(inventory):
        found.extend(_of_ingress(inventory, backend))
    for backend in route_backends(inventory):
        found.extend(_of_route(inventory, backend))
    return list(dict.fromkeys(found))


def _of_ingress(inventory: Inventory, backend: Backend) -> Iterator[Entry]:
    ingress = backend.document
    annotations = documents.text_map(ingress, "metadata", "annotations")
    requires = tuple(text.format(annotations[name]) for name, text in _PROTECTING.items() if annotations.get(name))
    if backend.part is documents.at(ingress, "spec", "defaultBackend", "service"):
        yield _entry(inventory, backend, requires=requires)
    for rule in documents.mappings(ingress, "spec", "rules"):
        host = documents.text(rule, "host")
        for path in documents.mappings(rule, "http", "paths"):
            if documents.at(path, "backend", "service") is backend.part:
                shown = documents.text(path, "path") or "/"
                yield _entry(inventory, backend, hosts=(host,) if host else (), path=shown, requires=requires)


def _of_route(inventory: Inventory, backend: Backend) -> Iterator[Entry]:
    route = backend.document
    hosts = tuple(documents.texts(route, "spec", "hostnames"))
    for rule in documents.mappings(route, "spec", "rules"):
        if not any(each is backend.part for each in documents.mappings(rule, "backendRefs")):
            continue
        filters = [documents.text(each, "extensionRef", "name") for each in documents.mappings(rule, "filters")]
        requires = tuple(f"permission of the filter {name}" for name in filters if name)
        for match in documents.mappings(rule, "matches") or [{}]:
            path = documents.text(match, "path", "value") or "/"
            method = documents.text(match, "method") or ANY_METHOD
            yield _entry(inventory, backend, hosts=hosts, path=path, methods=(method,), requires=requires)


def _entry(
    inventory: Inventory,
    backend: Backend,
    *,
    hosts: tuple[str, ...] = (),
    path: str = "/",
    methods: tuple[str, ...] = (ANY_METHOD,),
    requires: tuple[str, ...],
) -> Entry:
    return Entry(
        gateway=reference(backend.document),
        hosts=hosts,
        path=path,
        methods=methods,
        targets=targets_of(inventory, backend.service_in(inventory), f"Service/{backend.namespace}/{backend.name}"),
        requires=requires,
    )
