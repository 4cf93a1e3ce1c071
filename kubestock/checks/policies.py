"""What NetworkPolicies permit, decided as the API defines it.

See https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kubestock.checks import selectors
from kubestock.checks.network import protocol
from kubestock.values import documents
from kubestock.values.documents import Document

_LINK_LOCAL = ipaddress.IPv4Network("169.254.0.0/16")


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


def isolating(policies: Iterable[Document], pods: Endpoint, direction: str) -> list[Document]:
    """Return the policies that isolate pods in a direction, `Ingress` or `Egress`."""
    return [
        policy
        for policy in policies
        if documents.namespace(policy) == pods.namespace
        and direction in _types(policy)
        and selectors.matches(documents.mapping(policy, "spec", "podSelector"), pods.labels)
    ]


def blocking(policies: Iterable[Document], connection: Connection, direction: str) -> list[Document]:
    """Return the policies that block a connection in a direction: none if it is permitted.

    Pods that no policy isolates are open. Policies add up, so what one of them permits is permitted.
    """
    pods = connection.source if direction == "Egress" else connection.destination
    chosen = isolating(policies, pods, direction)
    return [] if any(_permits(policy, connection, direction) for policy in chosen) else chosen


def _types(policy: Document) -> list[str]:
    declared = documents.texts(policy, "spec", "policyTypes")
    if declared:
        return declared
    # Without policyTypes a policy always isolates ingress, and egress only if it has a rule for it.
    return ["Ingress", "Egress"] if documents.sequence(policy, "spec", "egress") else ["Ingress"]


def _permits(policy: Document, connection: Connection, direction: str) -> bool:
    peers, other = ("to", connection.destination) if direction == "Egress" else ("from", connection.source)
    own = documents.namespace(policy)
    for rule in documents.mappings(policy, "spec", direction.lower()):
        # A list that is absent or empty restricts nothing.
        named = documents.sequence(rule, peers)
        ports = documents.sequence(rule, "ports")
        reached = not named or any(_is_peer(peer, other, own) for peer in named)
        if reached and (not ports or any(_is_port(port, connection) for port in ports)):
            return True
    return False


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
    if documents.text(block, "cidr") not in ("0.0.0.0/0", "::/0"):
        return False
    return all(_is_link_local(hole) for hole in documents.sequence(block, "except"))


def _is_link_local(cidr: object) -> bool:
    try:
        network = ipaddress.ip_network(str(cidr))
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
