"""Who can reach whom: what NetworkPolicies permit between the workloads, and from and to what is not among them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from kubestock.checks.facts.connections import endpoints, known_policies
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.peers import Peers, is_every_address, others, ports_of
from kubestock.checks.facts.policies import Connection
from kubestock.checks.facts.ports import protocol
from kubestock.values import documents

ALL_PORTS = "all ports"
ANYWHERE = "anywhere"
"""Every pod and every host, in the cluster and outside."""

_EGRESS, _INGRESS = "Egress", "Ingress"
_UNUSED_PORT = 65535


@dataclass(frozen=True, slots=True, order=True)
class Reach:
    """A connection that no policy blocks.

    Args:
        source: the reference of a workload, or in words what is not among the manifests.
        destination: the same.
        port: such as `3002/TCP`, `5000-5010/UDP`, or `all ports`.
    """

    source: str
    destination: str
    port: str


def reach(inventory: Inventory) -> frozenset[Reach]:
    """Return every connection that the policies permit: between workloads, from elsewhere and to elsewhere."""
    return inventory.derived(_reach)


def grouped(found: Iterable[Reach]) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Return each destination with ports and their sources: those ports together that the same sources reach."""
    sources: dict[tuple[str, str], list[str]] = {}
    for each in sorted(found):
        sources.setdefault((each.destination, each.port), []).append(each.source)
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (destination, port), inside in sorted(sources.items()):
        alike.setdefault((destination, tuple(inside)), []).append(port)
    return [(destination, tuple(ports), inside) for (destination, inside), ports in alike.items()]


def _reach(inventory: Inventory) -> frozenset[Reach]:
    peers = Peers(inventory)
    found = {
        each for source, destination in _pairs(inventory, peers) for each in _between(inventory, source, destination)
    }
    for workload in inventory.workloads:
        found.update(_elsewhere(inventory, peers, workload))
    return frozenset(found)


def _pairs(inventory: Inventory, peers: Peers) -> Iterator[tuple[Workload, Workload]]:
    """Yield the pairs of workloads that may be connected, few of which are not."""
    everyone = inventory.workloads
    leaving = {each: _candidates(inventory, peers, each, _EGRESS) for each in everyone}
    entering = {each: _candidates(inventory, peers, each, _INGRESS) for each in everyone}
    for destination in everyone:
        sources = entering[destination]
        for source in everyone if sources is None else sources:
            targets = leaving[source]
            if source is not destination and (targets is None or destination in targets):
                yield source, destination


def _candidates(inventory: Inventory, peers: Peers, workload: Workload, direction: str) -> Collection[Workload] | None:
    """Return the workloads that the policies of one name in a direction, or None for all."""
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
    return inventory.derived(known_policies).isolating(inventory.derived(endpoints)[workload], direction)


def _between(inventory: Inventory, source: Workload, destination: Workload) -> Iterator[Reach]:
    numbers = {(documents.whole(each, "containerPort"), protocol(each)) for each in destination.ports}
    unused = next(each for each in range(_UNUSED_PORT, 0, -1) if (each, "TCP") not in numbers)
    if _is_permitted(inventory, source, destination, unused, "TCP"):
        yield Reach(source.reference, destination.reference, ALL_PORTS)
        return
    for number, transport in numbers:
        if number is not None and _is_permitted(inventory, source, destination, number, transport):
            yield Reach(source.reference, destination.reference, f"{number}/{transport}")


def _is_permitted(inventory: Inventory, source: Workload, destination: Workload, port: int, transport: str) -> bool:
    ends, policies = inventory.derived(endpoints), inventory.derived(known_policies)
    connection = Connection(source=ends[source], destination=ends[destination], port=port, protocol=transport)
    return all(
        pods.on_host_network or not policies.blocking(connection, direction)
        for pods, direction in ((source, _EGRESS), (destination, _INGRESS))
    )


def _elsewhere(inventory: Inventory, peers: Peers, workload: Workload) -> Iterator[Reach]:
    """Yield what may be reached from elsewhere, and what may reach elsewhere."""
    own = workload.reference
    for direction in (_INGRESS, _EGRESS):
        policies = _isolating(inventory, workload, direction)
        if not policies:
            yield _directed(direction, own, ANYWHERE, ALL_PORTS)
        for policy in policies:
            for rule, named in peers.of(policy, direction):
                ports = _ports(rule, workload if direction == _INGRESS else None)
                for other in [ANYWHERE] if named is None else others(peers, policy, named):
                    yield from (_directed(direction, own, other, port) for port in ports)


def _directed(direction: str, own: str, other: str, port: str) -> Reach:
    return Reach(other, own, port) if direction == _INGRESS else Reach(own, other, port)


def _ports(rule: documents.Document, destination: Workload | None) -> Iterable[str]:
    ports = ports_of(rule, None if destination is None else destination.ports)
    return [ALL_PORTS] if ports is None else ports
