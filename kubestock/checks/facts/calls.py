"""The calls that programs are told of: in their environment, arguments, ConfigMaps and mounted files.

A value that cannot be read, such as the key of a Secret, is told apart, so that the command can say so.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from kubestock.checks.facts.addresses import Address
from kubestock.checks.facts.hosts import Host, aliases, host_of
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.kong import KongFile
from kubestock.checks.facts.kong_calls import kong_addresses
from kubestock.checks.facts.told import Told, addresses_in, map_consumers, told
from kubestock.values import documents
from kubestock.values.documents import Document, Path

_OWN_ADDRESSES = re.compile(r"(^|[_.-])(OWN|SELF|ADVERTISED?|LISTEN|LISTENERS|BIND)([_.-]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of a Service or of a host outside, and what announces it.

    Args:
        variable: what announces it, as findings show it: the name of a variable, an argument, the key of a ConfigMap.
        host: whom it calls.
        port: at which, or None if that is not known.
        protocol: TCP or UDP, or None if that is not known.
        sure: whether it is a call whatever the manifests have: the text is an address as a whole, and is named so.
        of_kong: the file of a Kong that says it, if one does.
        within: the part of the workload that says it, and the field of it.
    """

    variable: str
    host: Host
    port: int | None
    protocol: str | None
    sure: bool
    of_kong: KongFile | None = field(default=None, compare=False)
    within: object = field(default=None, compare=False)
    field: Path = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """An address whose host the manifests do not say, and its port if they say that."""

    variable: str
    why: str
    port: int | None = None
    protocol: str | None = None
    within: object = field(default=None, compare=False)
    field: Path = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """The calls of all programs, and what could not be read of them.

    Args:
        calls: each with the workload that makes it.
        shared: what a ConfigMap names that several workloads take over: which of them calls it is not known.
        unread: each with the workload that is told it.
    """

    calls: list[tuple[Workload, Call]]
    shared: list[tuple[Document, Call]]
    unread: list[tuple[Workload, Unread]]

    @property
    def count(self) -> int:
        """How many calls were read."""
        return len(self.calls) + len(self.shared)


def reading(inventory: Inventory) -> Reading:
    """Return the calls of all programs; a program's own address is none."""
    found = Reading([], list(_shared(inventory)), [])
    for workload in inventory.workloads:
        calls: dict[Call, None] = {}
        unread: dict[Unread, None] = {}
        own, searches = aliases(workload), documents.sequence(workload.spec, "dnsConfig", "searches")
        for each in told(inventory, workload):
            for call in _calls(inventory, workload.namespace, each, own):
                if isinstance(call, Unread):
                    unread[call] = None
                elif not _is_own(inventory, workload, call):
                    # Further domains are searched for a name that is not that of a Service.
                    calls[replace(call, sure=False) if searches else call] = None
        calls |= dict.fromkeys(_of_kong(inventory, workload))
        found.calls.extend((workload, each) for each in calls)
        found.unread.extend((workload, each) for each in unread)
    return found


def service_of(inventory: Inventory, call: Call) -> Document | None:
    """Return the Service that a call names, or None if the manifests do not have it."""
    return inventory.find("Service", call.host.namespace, call.host.name) if call.host.name else None


def _shared(inventory: Inventory) -> Iterator[tuple[Document, Call]]:
    for (namespace, name), consumers in inventory.derived(map_consumers).items():
        found = inventory.find("ConfigMap", namespace, name)
        if found is not None and len(consumers) > 1:
            for key, value in documents.text_map(found, "data").items():
                each = addresses_in(key, value)
                for call in () if each is None or "\n" in value else _calls(inventory, namespace, each):
                    if isinstance(call, Call) and not _OWN_ADDRESSES.search(key):
                        yield found, replace(call, within=found["data"], field=(key,))


def _calls(
    inventory: Inventory, namespace: str, each: Told, own: Mapping[str, Host] | None = None
) -> Iterator[Call | Unread]:
    for address in each.addresses:
        if not address.host:
            yield _unread(each, address)
            continue
        host = (own or {}).get(address.host) or host_of(inventory, namespace, address.host)
        if host is not None:
            yield Call(
                variable=each.name,
                host=host,
                port=address.port,
                protocol=address.protocol,
                sure=each.sure,
                within=each.within,
                field=each.field,
            )


def _unread(each: Told, address: Address) -> Unread:
    return Unread(
        variable=each.name,
        why=each.why or "a variable that the manifests do not say is part of it",
        port=address.port,
        protocol=address.protocol,
        within=each.within,
        field=each.field,
    )


def _is_own(inventory: Inventory, workload: Workload, call: Call) -> bool:
    # A program is told its own address to announce it to others, not to call itself.
    if _OWN_ADDRESSES.search(call.variable):
        return True
    service = service_of(inventory, call)
    return service is not None and workload in inventory.behind(service)


def _of_kong(inventory: Inventory, workload: Workload) -> Iterator[Call]:
    for file, shown, address in kong_addresses(inventory, workload):
        host = host_of(inventory, workload.namespace, address.host)
        if host is not None:
            yield Call(variable=shown, host=host, port=address.port, protocol=address.protocol, sure=True, of_kong=file)
