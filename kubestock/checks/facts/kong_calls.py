"""The addresses that Kong calls according to its declarative file: services, targets of upstreams, and plugins."""

from collections.abc import Iterator

from kubestock.checks.facts.addresses import Address, addresses_of, port_number
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.kong import PLACEHOLDER, KongFile, kong_containers, mounted_kong_files
from kubestock.values import documents
from kubestock.values.documents import Document

_HTTP, _HTTPS, _TARGET = 80, 443, 8000
_ENDPOINTS = ("http_endpoint", "endpoint", "traces_endpoint", "logs_endpoint")
_HOLDERS = ("services", "routes", "consumers", "consumer_groups")


def kong_addresses(inventory: Inventory, workload: Workload) -> Iterator[tuple[KongFile, str, Address]]:
    """Yield the addresses that Kong calls in a workload, each with the file and a description of the entity in it."""
    if not any(True for _ in kong_containers(inventory, workload)):
        return
    for file in mounted_kong_files(inventory, workload):
        for shown, address in _of_file(file):
            if address.host and PLACEHOLDER not in address.host:
                yield file, shown, address


def plugins_of(content: Document) -> Iterator[Document]:
    """Yield all plugins of a declarative file: the global ones and those of other entities."""
    yield from documents.mappings(content, "plugins")
    for holder in _HOLDERS:
        for each in documents.mappings(content, holder):
            yield from documents.mappings(each, "plugins")
            for route in documents.mappings(each, "routes"):
                yield from documents.mappings(route, "plugins")


def _of_file(file: KongFile) -> Iterator[tuple[str, Address]]:
    yield from _of_upstreams(file)
    yield from _of_services(file)
    for plugin in plugins_of(file.content):
        if documents.at(plugin, "enabled") is not False:
            yield from _of_plugin(file, plugin)


def _of_upstreams(file: KongFile) -> Iterator[tuple[str, Address]]:
    for upstream in documents.mappings(file.content, "upstreams"):
        for target in documents.mappings(upstream, "targets"):
            written = documents.text(target, "target")
            host, _, port = written.partition(":") if written.count(":") <= 1 else ("", "", "")
            if host:
                shown = f"upstream {documents.text(upstream, 'name')!r} of {file.name}"
                number = port_number(port) if port else _TARGET
                yield shown, Address(host=host.lower().removesuffix("."), port=number, protocol="TCP")


def _of_services(file: KongFile) -> Iterator[tuple[str, Address]]:
    upstreams = {documents.text(each, "name") for each in documents.mappings(file.content, "upstreams")}
    for service in documents.mappings(file.content, "services"):
        if documents.at(service, "enabled") is False:
            continue
        for found in _address(service):
            if found.host not in upstreams:
                yield f"service {documents.text(service, 'name')!r} of {file.name}", found


def _address(service: Document) -> list[Address]:
    url = documents.text(service, "url")
    if url:
        return addresses_of(url)
    host = documents.text(service, "host").lower().removesuffix(".")
    scheme = documents.text(service, "protocol") or "http"
    default = _HTTPS if scheme in ("https", "grpcs", "tls", "wss") else _HTTP
    port = documents.whole(service, "port")
    return [Address(host=host, port=default if port is None else port, protocol="UDP" if scheme == "udp" else "TCP")]


def _of_plugin(file: KongFile, plugin: Document) -> Iterator[tuple[str, Address]]:
    config = documents.mapping(plugin, "config")
    shown = f"plugin {documents.text(plugin, 'name')!r} of {file.name}"
    for field in _ENDPOINTS:
        for found in addresses_of(documents.text(config, field)):
            yield shown, found
    for holder in (config, documents.mapping(config, "redis")):
        host, port = documents.text(holder, "host"), documents.whole(holder, "port")
        if host and port is not None:
            yield shown, Address(host=host.lower(), port=port)
