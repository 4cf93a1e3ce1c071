"""What NetworkPolicies permit to and from hosts of which the manifests know only an address, a port or a namespace.

Where a rule may permit a connection and it is not known whether it does, it is taken to: only what no rule can permit
is blocked.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from kubestock.checks.facts import selectors
from kubestock.checks.facts.connections import known_policies
from kubestock.checks.facts.hosts import Ip
from kubestock.checks.facts.inventory import NAMESPACE_NAME, Inventory
from kubestock.checks.facts.policies import Endpoint
from kubestock.checks.facts.ports import protocol
from kubestock.values import documents
from kubestock.values.documents import Document

Direction = Literal["Ingress", "Egress"]
_Port = tuple[str, int | str | None, int | None]
"""Protocol, the port or the first of a range, and the last one."""

_PEERS = {"Ingress": "from", "Egress": "to"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """The other end of a connection of which little is known.

    Args:
        port: at the destination, or None for any.
        transport: TCP or UDP, or None for either.
        names: what the port is called, if the pods at the destination are known.
        address: of a host outside the cluster, or None if only its name is known.
        namespace: of pods that are not among the manifests; empty for a host outside.
        anywhere: whether the other end may be any host or pod.
        ranges: of the hosts outside, if they are known.
    """

    port: int | None = None
    transport: str | None = None
    names: frozenset[str] = frozenset()
    address: Ip | None = None
    namespace: str = ""
    anywhere: bool = False
    ranges: tuple[str, ...] = ()


def blocking(inventory: Inventory, pods: Endpoint, aim: Aim, direction: Direction) -> list[Document]:
    """Return the policies that surely block a connection: none if one of them may permit it."""
    isolating = inventory.derived(known_policies).isolating(pods, direction)
    rules = inventory.derived(_rules)
    permitted = any(_may_permit(rule, aim) for policy in isolating for rule in rules.of(policy, direction))
    return [] if permitted else isolating


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule of a policy in short; the texts and blocks are each said once."""

    ports: tuple[_Port, ...]
    open: bool
    blocks: tuple[tuple[str, tuple[str, ...]], ...]
    namespaces: frozenset[str]
    unknown: bool


class _Rules:
    """The rules of all policies in short."""

    def __init__(self, inventory: Inventory) -> None:
        self._found: dict[tuple[int, str], list[_Rule]] = {}
        for policy in inventory.of_kind("NetworkPolicy"):
            for direction, peers in _PEERS.items():
                written = documents.mappings(policy, "spec", direction.lower())
                own = documents.namespace(policy)
                short = (_short(each, documents.sequence(each, peers), own) for each in written)
                self._found[id(policy), direction] = list(dict.fromkeys(short))

    def of(self, policy: Document, direction: Direction) -> list[_Rule]:
        return self._found.get((id(policy), direction), [])


def _rules(inventory: Inventory) -> _Rules:
    return _Rules(inventory)


def _short(rule: Document, peers: list[object], own: str) -> _Rule:
    ports = tuple(
        (
            protocol(each),
            documents.text(each, "port") or documents.whole(each, "port"),
            documents.whole(each, "endPort"),
        )
        for each in documents.mappings(rule, "ports")
    )
    blocks = [documents.mapping(each, "ipBlock") for each in peers if documents.at(each, "ipBlock") is not None]
    of_pods = [each for each in peers if documents.at(each, "ipBlock") is None]
    named = [_namespaces(each, own) for each in of_pods]
    return _Rule(
        ports=ports if ports or not documents.sequence(rule, "ports") else (("", 0, None),),
        open=not peers,
        blocks=tuple((documents.text(each, "cidr"), tuple(documents.texts(each, "except"))) for each in blocks),
        namespaces=frozenset(name for found in named if found for name in found),
        unknown=any(found is None for found in named),
    )


def _port(port: Document) -> _Port:
    first = documents.text(port, "port") or documents.whole(port, "port")
    return protocol(port), first, documents.whole(port, "endPort")


def _namespaces(peer: object, own: str) -> Iterable[str] | None:
    """Return the namespaces that a peer may be in, by name, or None if others than named ones may be."""
    chosen = documents.at(peer, "namespaceSelector")
    if chosen is None:
        return (own,) if documents.at(peer, "podSelector") is not None else ()
    for key, values in selectors.requirements(chosen):
        if key == NAMESPACE_NAME and None not in values:
            return [each for each in values if each is not None]
    return None


def _may_permit(rule: _Rule, aim: Aim) -> bool:
    if rule.ports and not any(_is_port(each, aim) for each in rule.ports):
        return False
    if rule.open or aim.anywhere:
        return True
    if aim.namespace:
        # The addresses of pods elsewhere are not known, so any block may hold them.
        return rule.unknown or aim.namespace in rule.namespaces or bool(rule.blocks)
    return any(_holds(block, aim) for block in rule.blocks)


def _is_port(port: _Port, aim: Aim) -> bool:
    transport, first, last = port
    if aim.transport is not None and transport != aim.transport:
        return False
    if first is None or aim.port is None:
        return True
    if isinstance(first, str):
        return first in aim.names
    return first <= aim.port <= (first if last is None else last)


def _holds(block: tuple[str, tuple[str, ...]], aim: Aim) -> bool:
    cidr, holes = block
    if aim.address is not None:
        return _is_in(aim.address, [cidr]) and not _is_in(aim.address, holes)
    known = [*_networks(aim.ranges)]
    return not known or any(
        each.version == network.version and each.overlaps(network) for each in known for network in _networks([cidr])
    )


def _is_in(address: Ip, ranges: Iterable[str]) -> bool:
    return any(address in network for network in _networks(ranges))


def _networks(ranges: Iterable[str]) -> Iterator[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    for each in ranges:
        try:
            yield ipaddress.ip_network(each, strict=False)
        except ValueError:
            continue
