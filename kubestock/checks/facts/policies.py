"""Decides which connections NetworkPolicies permit, as the API defines it.

See https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kubestock.checks.facts import selectors
from kubestock.checks.facts.label_index import SelectorIndex
from kubestock.checks.facts.ports import protocol
from kubestock.values import documents
from kubestock.values.documents import Document

_LINK_LOCAL = ipaddress.IPv4Network("169.254.0.0/16")
_PRIVATE = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))
)
"""The address ranges of the pods, Services and nodes of clusters."""

_ALL_ADDRESSES = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Pods, with the properties that policies select by: namespace, labels and named ports."""

    namespace: str
    namespace_labels: Document
    labels: Document
    ports: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A connection between pods, at the port at which the destination listens."""

    source: Endpoint
    destination: Endpoint
    port: int
    protocol: str = "TCP"

    def ends(self, direction: str) -> tuple[Endpoint, Endpoint]:
        """Return the pods whose policies decide in a direction, and their peers."""
        if direction == "Egress":
            return self.source, self.destination
        return self.destination, self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class _AllowedPeer:
    """A rule of a policy with one of its peers, or with None if the rule permits all peers."""

    policy: Document
    rule: Document
    peer: object = None

    @property
    def selectors(self) -> dict[str, object]:
        """The selectors at both ends of a connection: for the isolated pods, their peers, and the peers' namespaces."""
        pods: dict[str, object] = {"pods": _pods_of(self.policy)}
        if documents.at(self.peer, "ipBlock") is not None:
            return pods
        peer, namespaces = documents.at(self.peer, "podSelector"), documents.at(self.peer, "namespaceSelector")
        return {**pods, "peers": peer, "namespaces": namespaces}


class Policies:
    """An index of NetworkPolicies by the labels that they require at both ends of a connection."""

    def __init__(self, policies: Iterable[Document]) -> None:
        self._sides: dict[tuple[str, str], list[Document]] = {}
        for policy in policies:
            for direction in dict.fromkeys(policy_types(policy)):
                self._sides.setdefault((documents.namespace(policy), direction), []).append(policy)
        self._allowed_peers = {
            side: SelectorIndex((each.selectors, each) for policy in inside for each in _allowed_peers(policy, side[1]))
            for side, inside in self._sides.items()
        }
        self._isolating: dict[tuple[str, str], SelectorIndex[Document]] = {}

    def isolating(self, pods: Endpoint, direction: str) -> list[Document]:
        """Return the policies that isolate pods in a direction, `Ingress` or `Egress`."""
        side = (pods.namespace, direction)
        if side not in self._isolating:
            self._isolating[side] = SelectorIndex(
                ({"pods": _pods_of(each)}, each) for each in self._sides.get(side, ())
            )
        candidates = self._isolating[side].candidates({"pods": pods.labels})
        return [policy for policy in candidates if _selects(policy, pods)]

    def blocking(self, connection: Connection, direction: str) -> list[Document]:
        """Return the policies that block a connection in a direction, or an empty list if it is permitted.

        Every connection is permitted for pods that no policy isolates. A connection that one policy permits is
        permitted.
        """
        pods, other = connection.ends(direction)
        candidates = self._candidates(pods, other, direction)
        permitted = any(_permits(each, connection, direction) for each in candidates)
        return [] if permitted else self.isolating(pods, direction)

    def may_permit(self, connection: Connection, direction: str) -> bool:
        """Whether a rule permits a private address range at the port: the pod may have an address in that range."""
        pods, other = connection.ends(direction)
        return any(
            is_private(documents.text(each.peer, "ipBlock", "cidr"))
            and _selects(each.policy, pods)
            and _permits_port(each.rule, connection)
            for each in self._candidates(pods, other, direction)
        )

    def _candidates(self, pods: Endpoint, other: Endpoint, direction: str) -> "list[_AllowedPeer]":
        side = (pods.namespace, direction)
        if side not in self._allowed_peers:
            return []
        labels = {"pods": pods.labels, "peers": other.labels, "namespaces": other.namespace_labels}
        return self._allowed_peers[side].candidates(labels)


def policy_types(policy: Document) -> list[str]:
    """Return the directions in which a policy isolates its pods."""
    declared = documents.texts(policy, "spec", "policyTypes")
    if declared:
        return declared
    # Without policyTypes, a policy always isolates ingress, and isolates egress only if it has an egress rule.
    return ["Ingress", "Egress"] if documents.sequence(policy, "spec", "egress") else ["Ingress"]


def _allowed_peers(policy: Document, direction: str) -> Iterator[_AllowedPeer]:
    for rule in documents.mappings(policy, "spec", direction.lower()):
        # A rule without peers permits all peers.
        peers = documents.sequence(rule, "to" if direction == "Egress" else "from")
        if not peers:
            yield _AllowedPeer(policy=policy, rule=rule)
        for peer in peers:
            if peer is not None:
                yield _AllowedPeer(policy=policy, rule=rule, peer=peer)


def _pods_of(policy: Document) -> Document:
    return documents.mapping(policy, "spec", "podSelector")


def _selects(policy: Document, pods: Endpoint) -> bool:
    return selectors.matches(_pods_of(policy), pods.labels)


def _permits(allowed: _AllowedPeer, connection: Connection, direction: str) -> bool:
    pods, other = connection.ends(direction)
    if not _selects(allowed.policy, pods):
        return False
    if allowed.peer is not None and not _is_peer(allowed.peer, other, documents.namespace(allowed.policy)):
        return False
    return _permits_port(allowed.rule, connection)


def _permits_port(rule: Document, connection: Connection) -> bool:
    ports = documents.sequence(rule, "ports")
    return not ports or any(_is_port(port, connection) for port in ports)


def _is_peer(peer: object, pods: Endpoint, own_namespace: str) -> bool:
    if documents.at(peer, "ipBlock") is not None:
        return _contains_every_pod(documents.mapping(peer, "ipBlock"))
    namespaces, labels = documents.at(peer, "namespaceSelector"), documents.at(peer, "podSelector")
    if namespaces is None and labels is None:
        return False
    in_namespace = pods.namespace == own_namespace
    if namespaces is not None:
        in_namespace = selectors.matches(namespaces, pods.namespace_labels)
    return in_namespace and (labels is None or selectors.matches(labels, pods.labels))


def _contains_every_pod(block: Document) -> bool:
    # The address of a pod is unknown before it runs, so only a range of all addresses is certain to contain it.
    # No pod has a link-local address, so such exceptions (for example the instance metadata service) are ignored.
    if documents.text(block, "cidr") not in _ALL_ADDRESSES:
        return False
    return all(_is_link_local(exception) for exception in documents.sequence(block, "except"))


def is_private(cidr: str) -> bool:
    """Whether an address range is private: the pods, Services and nodes of clusters have such addresses."""
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return False
    return any(network.version == each.version and network.subnet_of(each) for each in _PRIVATE)  # type: ignore[arg-type]  # of one version


def _is_link_local(cidr: object) -> bool:
    try:
        network = ipaddress.ip_network(cidr if isinstance(cidr, str) else "")
    except ValueError:
        return False
    return isinstance(network, ipaddress.IPv4Network) and network.subnet_of(_LINK_LOCAL)


def _is_port(rule: object, connection: Connection) -> bool:
    if not isinstance(rule, Mapping) or protocol(rule) != connection.protocol:
        return False
    first = documents.at(rule, "port")
    if first is None:
        return True
    if isinstance(first, str):
        return any(
            documents.text(port, "name") == first
            and protocol(port) == connection.protocol
            and documents.whole(port, "containerPort") == connection.port
            for port in connection.destination.ports
        )
    last = documents.whole(rule, "endPort")
    return isinstance(first, int) and first <= connection.port <= (first if last is None else last)
