"""What NetworkPolicies permit, decided as the API defines it.

See https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kubestock.checks.facts import selectors
from kubestock.checks.facts.label_index import Selecting
from kubestock.checks.facts.ports import protocol
from kubestock.values import documents
from kubestock.values.documents import Document

_LINK_LOCAL = ipaddress.IPv4Network("169.254.0.0/16")
_PRIVATE = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))
)
"""The ranges from which clusters number their pods, Services and nodes."""

_ALL_ADDRESSES = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Pods, as a policy sees them: namespace, labels, and the ports that they name."""

    namespace: str
    namespace_labels: Document
    labels: Document
    ports: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A connection that is to be permitted or not, at the port where the destination listens."""

    source: Endpoint
    destination: Endpoint
    port: int
    protocol: str = "TCP"

    def ends(self, direction: str) -> tuple[Endpoint, Endpoint]:
        """Return the pods whose policies decide in a direction, and those at the other end."""
        if direction == "Egress":
            return self.source, self.destination
        return self.destination, self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opening:
    """What a rule of a policy permits to one of its peers, or to all pods if it names no peer."""

    policy: Document
    rule: Document
    peer: object = None

    @property
    def selectors(self) -> dict[str, object]:
        """What it selects pods by, at both ends of a connection."""
        pods: dict[str, object] = {"pods": _pods_of(self.policy)}
        if documents.at(self.peer, "ipBlock") is not None:
            return pods
        peer, within = documents.at(self.peer, "podSelector"), documents.at(self.peer, "namespaceSelector")
        return {**pods, "peers": peer, "namespaces": within}


class Policies:
    """NetworkPolicies, indexed by the labels that they require at both ends of a connection."""

    def __init__(self, policies: Iterable[Document]) -> None:
        self._sides: dict[tuple[str, str], list[Document]] = {}
        for policy in policies:
            for direction in dict.fromkeys(policy_types(policy)):
                self._sides.setdefault((documents.namespace(policy), direction), []).append(policy)
        self._openings = {
            side: Selecting((each.selectors, each) for policy in inside for each in _openings(policy, side[1]))
            for side, inside in self._sides.items()
        }
        self._isolating: dict[tuple[str, str], Selecting[Document]] = {}

    def isolating(self, pods: Endpoint, direction: str) -> list[Document]:
        """Return the policies that isolate pods in a direction, `Ingress` or `Egress`."""
        side = (pods.namespace, direction)
        if side not in self._isolating:
            self._isolating[side] = Selecting(({"pods": _pods_of(each)}, each) for each in self._sides.get(side, ()))
        candidates = self._isolating[side].candidates({"pods": pods.labels})
        return [policy for policy in candidates if _selects(policy, pods)]

    def blocking(self, connection: Connection, direction: str) -> list[Document]:
        """Return the policies that block a connection in a direction: none if it is permitted.

        Pods that no policy isolates are open. Policies add up, so what one of them permits is permitted.
        """
        pods, other = connection.ends(direction)
        openings = self._candidates(pods, other, direction)
        permitted = any(_permits(each, connection, direction) for each in openings)
        return [] if permitted else self.isolating(pods, direction)

    def may_permit(self, connection: Connection, direction: str) -> bool:
        """Whether a rule names a private range at the port: pods may have addresses of it, which is not known."""
        pods, other = connection.ends(direction)
        return any(
            is_private(documents.text(each.peer, "ipBlock", "cidr"))
            and _selects(each.policy, pods)
            and _opens_port(each.rule, connection)
            for each in self._candidates(pods, other, direction)
        )

    def _candidates(self, pods: Endpoint, other: Endpoint, direction: str) -> "list[_Opening]":
        side = (pods.namespace, direction)
        if side not in self._openings:
            return []
        labels = {"pods": pods.labels, "peers": other.labels, "namespaces": other.namespace_labels}
        return self._openings[side].candidates(labels)


def policy_types(policy: Document) -> list[str]:
    """Return the directions in which a policy isolates the pods that it selects."""
    declared = documents.texts(policy, "spec", "policyTypes")
    if declared:
        return declared
    # Without policyTypes a policy always isolates ingress, and egress only if it has a rule for it.
    return ["Ingress", "Egress"] if documents.sequence(policy, "spec", "egress") else ["Ingress"]


def _openings(policy: Document, direction: str) -> Iterator[_Opening]:
    for rule in documents.mappings(policy, "spec", direction.lower()):
        # A list that is absent or empty restricts nothing.
        peers = documents.sequence(rule, "to" if direction == "Egress" else "from")
        if not peers:
            yield _Opening(policy=policy, rule=rule)
        for peer in peers:
            if peer is not None:
                yield _Opening(policy=policy, rule=rule, peer=peer)


def _pods_of(policy: Document) -> Document:
    return documents.mapping(policy, "spec", "podSelector")


def _selects(policy: Document, pods: Endpoint) -> bool:
    return selectors.matches(_pods_of(policy), pods.labels)


def _permits(opening: _Opening, connection: Connection, direction: str) -> bool:
    pods, other = connection.ends(direction)
    if not _selects(opening.policy, pods):
        return False
    if opening.peer is not None and not _is_peer(opening.peer, other, documents.namespace(opening.policy)):
        return False
    return _opens_port(opening.rule, connection)


def _opens_port(rule: Document, connection: Connection) -> bool:
    ports = documents.sequence(rule, "ports")
    return not ports or any(_is_port(port, connection) for port in ports)


def _is_peer(peer: object, pods: Endpoint, own_namespace: str) -> bool:
    if documents.at(peer, "ipBlock") is not None:
        return _holds_every_pod(documents.mapping(peer, "ipBlock"))
    namespaces, labels = documents.at(peer, "namespaceSelector"), documents.at(peer, "podSelector")
    if namespaces is None and labels is None:
        return False
    here = pods.namespace == own_namespace
    if namespaces is not None:
        here = selectors.matches(namespaces, pods.namespace_labels)
    return here and (labels is None or selectors.matches(labels, pods.labels))


def _holds_every_pod(block: Document) -> bool:
    # Nobody knows a pod's address before it runs, so only a block of all addresses surely holds it.
    # Exceptions that are link-local, like the instance metadata service, take no pod out of it.
    if documents.text(block, "cidr") not in _ALL_ADDRESSES:
        return False
    return all(_is_link_local(hole) for hole in documents.sequence(block, "except"))


def is_private(cidr: str) -> bool:
    """Whether a range is one of those from which clusters number their pods, Services and nodes."""
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
