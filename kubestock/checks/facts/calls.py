"""The calls of programs, read from their environment variables, arguments, ConfigMaps and mounted files.

Addresses whose host is unknown, for example because it is in a Secret, are listed separately.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from kubestock.checks.facts.addresses import Address
from kubestock.checks.facts.configured_addresses import (
    ConfiguredAddresses,
    addresses_in,
    config_map_consumers,
    configured_addresses,
)
from kubestock.checks.facts.hosts import Host, aliases, resolve_host
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.kong import KongFile
from kubestock.checks.facts.kong_calls import kong_addresses
from kubestock.values import documents
from kubestock.values.documents import Document, Path

_OWN_ADDRESSES = re.compile(r"(^|[_.-])(OWN|SELF|ADVERTISED?|LISTEN|LISTENERS|BIND)([_.-]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call to a Service or to a host outside the cluster, and the setting from which it is known.

    Args:
        variable: the setting with the address, as findings show it: the name of an environment variable, an argument,
            or the key of a ConfigMap.
        host: the called host.
        port: the called port, or None if it is unknown.
        protocol: TCP or UDP, or None if it is unknown.
        certain: whether the setting is an address for certain: its whole text is an address, and its name says so.
        kong_file: the declarative file of Kong from which the call is known, or None.
        part: the map in the workload that has the setting.
        field: the path of the setting in `part`.
    """

    variable: str
    host: Host
    port: int | None
    protocol: str | None
    certain: bool
    kong_file: KongFile | None = field(default=None, compare=False)
    part: object = field(default=None, compare=False)
    field: Path = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownHost:
    """An address whose host is not in the manifests, with its port if that is known."""

    variable: str
    why: str
    port: int | None = None
    protocol: str | None = None
    part: object = field(default=None, compare=False)
    field: Path = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of all programs.

    Args:
        calls: each with the workload that makes it.
        shared: each with its ConfigMap. Several workloads use that ConfigMap, so it is unknown which of them makes the
            call.
        unknown_hosts: each with the workload that has the setting.
    """

    calls: list[tuple[Workload, Call]]
    shared: list[tuple[Document, Call]]
    unknown_hosts: list[tuple[Workload, UnknownHost]]

    @property
    def count(self) -> int:
        """The number of calls."""
        return len(self.calls) + len(self.shared)


def read_calls(inventory: Inventory) -> Calls:
    """Return the calls of all programs; the address of a program itself is not a call."""
    found = Calls([], list(_shared(inventory)), [])
    for workload in inventory.workloads:
        calls: dict[Call, None] = {}
        unknown_hosts: dict[UnknownHost, None] = {}
        own, searches = aliases(workload), documents.sequence(workload.spec, "dnsConfig", "searches")
        for each in configured_addresses(inventory, workload):
            for call in _calls(inventory, workload.namespace, each, own):
                if isinstance(call, UnknownHost):
                    unknown_hosts[call] = None
                elif not _is_own(inventory, workload, call):
                    # With search domains, a name that is not a Service's can be in another domain.
                    calls[replace(call, certain=False) if searches else call] = None
        calls |= dict.fromkeys(_of_kong(inventory, workload))
        found.calls.extend((workload, each) for each in calls)
        found.unknown_hosts.extend((workload, each) for each in unknown_hosts)
    return found


def service_of(inventory: Inventory, call: Call) -> Document | None:
    """Return the Service to which a call is made, or None if it is not in the manifests."""
    return inventory.find("Service", call.host.namespace, call.host.name) if call.host.name else None


def _shared(inventory: Inventory) -> Iterator[tuple[Document, Call]]:
    for (namespace, name), consumers in inventory.derived(config_map_consumers).items():
        found = inventory.find("ConfigMap", namespace, name)
        if found is not None and len(consumers) > 1:
            for key, value in documents.text_map(found, "data").items():
                each = addresses_in(key, value)
                for call in () if each is None or "\n" in value else _calls(inventory, namespace, each):
                    if isinstance(call, Call) and not _OWN_ADDRESSES.search(key):
                        yield found, replace(call, part=found["data"], field=(key,))


def _calls(
    inventory: Inventory, namespace: str, each: ConfiguredAddresses, own: Mapping[str, Host] | None = None
) -> Iterator[Call | UnknownHost]:
    for address in each.addresses:
        if not address.host:
            yield _unread(each, address)
            continue
        host = (own or {}).get(address.host) or resolve_host(inventory, namespace, address.host)
        if host is not None:
            yield Call(
                variable=each.name,
                host=host,
                port=address.port,
                protocol=address.protocol,
                certain=each.certain,
                part=each.part,
                field=each.field,
            )


def _unread(each: ConfiguredAddresses, address: Address) -> UnknownHost:
    return UnknownHost(
        variable=each.name,
        why=each.why or "it has a variable whose value is not in the manifests",
        port=address.port,
        protocol=address.protocol,
        part=each.part,
        field=each.field,
    )


def _is_own(inventory: Inventory, workload: Workload, call: Call) -> bool:
    # A program has a setting with its own address to tell other programs, not to call itself.
    if _OWN_ADDRESSES.search(call.variable):
        return True
    service = service_of(inventory, call)
    return service is not None and workload in inventory.workloads_behind(service)


def _of_kong(inventory: Inventory, workload: Workload) -> Iterator[Call]:
    for file, shown, address in kong_addresses(inventory, workload):
        host = resolve_host(inventory, workload.namespace, address.host)
        if host is not None:
            yield Call(
                variable=shown, host=host, port=address.port, protocol=address.protocol, certain=True, kong_file=file
            )
