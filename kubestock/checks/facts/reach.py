"""All connections that NetworkPolicies permit: between workloads, and with peers that are not in the manifests."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from kubestock.checks.facts.connections import endpoints, network_policies
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.peers import Peers, describe_external_peers, is_every_address, ports_of
from kubestock.checks.facts.policies import Connection
from kubestock.checks.facts.ports import protocol
from kubestock.values import documents

ALL_PORTS = "all ports"
ANYWHERE = "anywhere"
"""Every pod and every host, inside and outside the cluster."""

_EGRESS, _INGRESS = "Egress", "Ingress"
_UNUSED_PORT = 65535


@dataclass(frozen=True, slots=True, order=True)
class PermittedConnection:
    """A connection that no policy blocks.

    Args:
        source: the reference of a workload, or a description of a peer that is not in the manifests.
        destination: as for `source`.
        port: such as `3002/TCP`, `5000-5010/UDP`, or `all ports`.
    """

    source: str
    destination: str
    port: str


def permitted_connections(inventory: Inventory) -> frozenset[PermittedConnection]:
    """Return every connection that the policies permit, including those with peers that are not in the manifests."""
    return inventory.derived(_permitted_connections)


def group_by_destination(found: Iterable[PermittedConnection]) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Return each destination with ports and sources; ports with the same sources are grouped together."""
    sources: dict[tuple[str, str], list[str]] = {}
    for each in sorted(found):
        sources.setdefault((each.destination, each.port), []).append(each.source)
    by_sources: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (destination, port), sources_of_port in sorted(sources.items()):
        by_sources.setdefault((destination, tuple(sources_of_port)), []).append(port)
    return [
        (destination, tuple(ports), sources_of_port) for (destination, sources_of_port), ports in by_sources.items()
    ]


def _permitted_connections(inventory: Inventory) -> frozenset[PermittedConnection]:
    peers = Peers(inventory)
    found = {
        each for source, destination in _pairs(inventory, peers) for each in _between(inventory, source, destination)
    }
    for workload in inventory.workloads:
        found.update(_with_external_peers(inventory, peers, workload))
    return frozenset(found)


def _pairs(inventory: Inventory, peers: Peers) -> Iterator[tuple[Workload, Workload]]:
    """Yield the pairs of workloads between which a connection may be permitted, to check only these."""
    workloads = inventory.workloads
    egress_peers = {each: _candidates(inventory, peers, each, _EGRESS) for each in workloads}
    ingress_peers = {each: _candidates(inventory, peers, each, _INGRESS) for each in workloads}
    for destination in workloads:
        sources = ingress_peers[destination]
        for source in workloads if sources is None else sources:
            targets = egress_peers[source]
            if source is not destination and (targets is None or destination in targets):
                yield source, destination


def _candidates(inventory: Inventory, peers: Peers, workload: Workload, direction: str) -> Collection[Workload] | None:
    """Return the workloads that the policies of a workload select as peers in a direction, or None for all."""
    policies = _isolating(inventory, workload, direction)
    if not policies:
        return None
    found: dict[Workload, None] = {}
    for policy in policies:
        for _, named in peers.of(policy, direction):
            if named is None or any(map(is_every_address, named)):
                return None
            for peer in named:
                found.update(dict.fromkeys(peers.workloads(policy, peer)))
    return found


def _isolating(inventory: Inventory, workload: Workload, direction: str) -> list[documents.Document]:
    if workload.on_host_network:
        return []
    return inventory.derived(network_policies).isolating(inventory.derived(endpoints)[workload], direction)


def _between(inventory: Inventory, source: Workload, destination: Workload) -> Iterator[PermittedConnection]:
    numbers = {(documents.whole(each, "containerPort"), protocol(each)) for each in destination.ports}
    unused = next(each for each in range(_UNUSED_PORT, 0, -1) if (each, "TCP") not in numbers)
    if _is_permitted(inventory, source, destination, unused, "TCP"):
        yield PermittedConnection(source.reference, destination.reference, ALL_PORTS)
        return
    for number, transport in numbers:
        if number is not None and _is_permitted(inventory, source, destination, number, transport):
            yield PermittedConnection(source.reference, destination.reference, f"{number}/{transport}")


def _is_permitted(inventory: Inventory, source: Workload, destination: Workload, port: int, transport: str) -> bool:
    ends, policies = inventory.derived(endpoints), inventory.derived(network_policies)
    connection = Connection(source=ends[source], destination=ends[destination], port=port, protocol=transport)
    return all(
        pods.on_host_network or not policies.blocking(connection, direction)
        for pods, direction in ((source, _EGRESS), (destination, _INGRESS))
    )


def _with_external_peers(inventory: Inventory, peers: Peers, workload: Workload) -> Iterator[PermittedConnection]:
    """Yield the permitted connections of a workload with peers that are not in the manifests."""
    own = workload.reference
    for direction in (_INGRESS, _EGRESS):
        policies = _isolating(inventory, workload, direction)
        if not policies:
            yield _directed(direction, own, ANYWHERE, ALL_PORTS)
        for policy in policies:
            for rule, named in peers.of(policy, direction):
                ports = _ports(rule, workload if direction == _INGRESS else None)
                for other in [ANYWHERE] if named is None else describe_external_peers(peers, policy, named):
                    yield from (_directed(direction, own, other, port) for port in ports)


def _directed(direction: str, own: str, other: str, port: str) -> PermittedConnection:
    return PermittedConnection(other, own, port) if direction == _INGRESS else PermittedConnection(own, other, port)


def _ports(rule: documents.Document, destination: Workload | None) -> Iterable[str]:
    ports = ports_of(rule, None if destination is None else destination.ports)
    return [ALL_PORTS] if ports is None else ports
