"""The routes in the declarative files of Kong, and what the plugins require of requests.

See https://developer.konghq.com/gateway/entities/plugin/#plugin-precedence
"""

from collections.abc import Iterator

from kubestock.checks.facts.addresses import addresses_of
from kubestock.checks.facts.entry import ANY_METHOD, Entry, targets_of
from kubestock.checks.facts.hosts import resolve_host
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.kong import kong_containers, mounted_kong_files
from kubestock.values import documents
from kubestock.values.documents import Document

AUTHENTICATING = frozenset(
    {
        "basic-auth",
        "header-cert-auth",
        "hmac-auth",
        "jwt",
        "jwt-signer",
        "key-auth",
        "key-auth-enc",
        "ldap-auth",
        "ldap-auth-advanced",
        "mtls-auth",
        "oauth2",
        "oauth2-introspection",
        "openid-connect",
        "saml",
        "vault-auth",
    }
)
"""The plugins of Kong that authenticate requests."""

_TERMINATION = "request-termination"


def kong_entries(inventory: Inventory) -> Iterator[Entry]:
    """Yield the routes of Kong, except those that Kong answers itself with the request-termination plugin."""
    for workload in inventory.workloads:
        if any(True for _ in kong_containers(inventory, workload)):
            for file in mounted_kong_files(inventory, workload):
                yield from _of_file(inventory, workload, file.content)


def _of_file(inventory: Inventory, workload: Workload, content: Document) -> Iterator[Entry]:
    services = documents.mappings(content, "services")
    top_level = documents.mappings(content, "routes")
    for service in services:
        targets = _targets(inventory, workload, content, service)
        for route in (
            *documents.mappings(service, "routes"),
            *(each for each in top_level if _names(each, "service", service)),
        ):
            plugins = _effective(content, service, route)
            if _TERMINATION not in plugins:
                requires = tuple(_requirements(plugins))
                for path in documents.texts(route, "paths") or ["/"]:
                    yield Entry(
                        gateway=workload.reference,
                        hosts=tuple(documents.texts(route, "hosts")),
                        path=path,
                        methods=tuple(documents.texts(route, "methods")) or (ANY_METHOD,),
                        targets=targets,
                        requires=requires,
                    )


def _targets(inventory: Inventory, workload: Workload, content: Document, service: Document) -> tuple[str, ...]:
    host = documents.text(service, "host") or next(
        (each.host for each in addresses_of(documents.text(service, "url"))), ""
    )
    upstreams = (each for each in documents.mappings(content, "upstreams") if documents.text(each, "name") == host)
    target_hosts = [
        documents.text(target, "target").partition(":")[0]
        for upstream in upstreams
        for target in documents.mappings(upstream, "targets")
    ]
    found: list[str] = []
    for target_host in target_hosts or [host]:
        named = resolve_host(inventory, workload.namespace, target_host.lower().removesuffix("."))
        known = named is not None and inventory.find("Service", named.namespace, named.name)
        found.extend(targets_of(inventory, known or None, target_host))
    return tuple(dict.fromkeys(found))


def _effective(content: Document, service: Document, route: Document) -> dict[str, Document]:
    """Return the plugins that run on a route by name: a plugin of the route overrides that of its service."""
    found: dict[str, Document] = {}
    top_level = documents.mappings(content, "plugins")
    everywhere = [each for each in top_level if not any(each.get(scope) for scope in ("service", "route", "consumer"))]
    for plugins in (
        everywhere,
        [*documents.mappings(service, "plugins"), *(each for each in top_level if _names(each, "service", service))],
        [*documents.mappings(route, "plugins"), *(each for each in top_level if _names(each, "route", route))],
    ):
        for plugin in plugins:
            if documents.at(plugin, "enabled") is not False:
                found[documents.text(plugin, "name")] = plugin
    return found


def _names(entity: Document, field: str, owner: Document) -> bool:
    name = documents.text(owner, "name")
    return bool(name) and name in (documents.text(entity, field), documents.text(entity, field, "name"))


def _requirements(plugins: dict[str, Document]) -> Iterator[str]:
    for name in sorted(plugins.keys() & AUTHENTICATING):
        if not documents.at(plugins[name], "config", "anonymous"):
            yield name
    for name, text in (("acl", "one of"), ("ip-restriction", "an address of")):
        config = documents.mapping(plugins.get(name, {}), "config")
        allowed, denied = documents.texts(config, "allow"), documents.texts(config, "deny")
        if allowed:
            yield f"{text} {', '.join(sorted(allowed))}"
        if denied:
            yield f"none of {', '.join(sorted(denied))}"
