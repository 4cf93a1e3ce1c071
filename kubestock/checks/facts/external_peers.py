"""Connections between pods and peers that are not in the manifests, such as hosts outside the cluster.

Of such a peer, only an address, a port or a namespace is known. A connection counts as blocked only if no rule can
permit it: a rule that may permit it counts as a rule that permits it.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from kubestock.checks.facts import selectors
from kubestock.checks.facts.connections import network_policies
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
class ExternalPeer:
    """A peer that is not in the manifests, and the port of the connection.

    Args:
        port: the port at the destination, or None for any port.
        protocol: TCP or UDP, or None for either.
        port_names: the names of the port, if the destination is a pod in the manifests.
        address: the address of a host outside the cluster, or None if only its name is known.
        namespace: the namespace of pods that are not in the manifests; empty for a host outside the cluster.
        anywhere: whether the peer can be any host or pod.
        ranges: the address ranges of the hosts outside the cluster, if they are known.
    """

    port: int | None = None
    protocol: str | None = None
    port_names: frozenset[str] = frozenset()
    address: Ip | None = None
    namespace: str = ""
    anywhere: bool = False
    ranges: tuple[str, ...] = ()


def blocking_policies(inventory: Inventory, pods: Endpoint, peer: ExternalPeer, direction: Direction) -> list[Document]:
    """Return the policies that block a connection with a peer, or an empty list if one of them may permit it."""
    isolating = inventory.derived(network_policies).isolating(pods, direction)
    rules = inventory.derived(_rule_summaries)
    permitted = any(_may_permit(rule, peer) for policy in isolating for rule in rules.of(policy, direction))
    return [] if permitted else isolating


@dataclass(frozen=True, slots=True)
class _RuleSummary:
    """The parts of a policy's rule that decide whether an external peer may match it."""

    ports: tuple[_Port, ...]
    open: bool
    blocks: tuple[tuple[str, tuple[str, ...]], ...]
    namespaces: frozenset[str]
    unknown: bool


class _RuleSummaries:
    """The summaries of the rules of all policies."""

    def __init__(self, inventory: Inventory) -> None:
        self._found: dict[tuple[int, str], list[_RuleSummary]] = {}
        for policy in inventory.of_kind("NetworkPolicy"):
            for direction, peers in _PEERS.items():
                rules = documents.mappings(policy, "spec", direction.lower())
                own = documents.namespace(policy)
                short = (_summary(each, documents.sequence(each, peers), own) for each in rules)
                self._found[id(policy), direction] = list(dict.fromkeys(short))

    def of(self, policy: Document, direction: Direction) -> list[_RuleSummary]:
        return self._found.get((id(policy), direction), [])


def _rule_summaries(inventory: Inventory) -> _RuleSummaries:
    return _RuleSummaries(inventory)


def _summary(rule: Document, peers: list[object], own: str) -> _RuleSummary:
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
    return _RuleSummary(
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
    """Return the names of the namespaces that a peer selects, or None if it does not select them by name."""
    chosen = documents.at(peer, "namespaceSelector")
    if chosen is None:
        return (own,) if documents.at(peer, "podSelector") is not None else ()
    for key, values in selectors.requirements(chosen):
        if key == NAMESPACE_NAME and None not in values:
            return [each for each in values if each is not None]
    return None


def _may_permit(rule: _RuleSummary, peer: ExternalPeer) -> bool:
    if rule.ports and not any(_is_port(each, peer) for each in rule.ports):
        return False
    if rule.open or peer.anywhere:
        return True
    if peer.namespace:
        # The addresses of these pods are unknown, so any block may contain them.
        return rule.unknown or peer.namespace in rule.namespaces or bool(rule.blocks)
    return any(_may_contain(block, peer) for block in rule.blocks)


def _is_port(port: _Port, peer: ExternalPeer) -> bool:
    transport, first, last = port
    if peer.protocol is not None and transport != peer.protocol:
        return False
    if first is None or peer.port is None:
        return True
    if isinstance(first, str):
        return first in peer.port_names
    return first <= peer.port <= (first if last is None else last)


def _may_contain(block: tuple[str, tuple[str, ...]], peer: ExternalPeer) -> bool:
    cidr, exceptions = block
    if peer.address is not None:
        return _is_in(peer.address, [cidr]) and not _is_in(peer.address, exceptions)
    known = [*_networks(peer.ranges)]
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
