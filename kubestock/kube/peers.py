"""Peers in NetworkPolicies: pods and address ranges."""

import ipaddress
from collections.abc import Mapping
from dataclasses import field
from typing import Protocol, runtime_checkable

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.scalars import int_or_string
from kubestock.values import names
from kubestock.values.labels import label_map
from kubestock.values.value import Value

NAMESPACE_LABEL = "kubernetes.io/metadata.name"
PRIVATE_RANGES = (
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
)
"""IPv4 ranges that are not the internet (RFC 6890); the instance metadata service is in 169.254.0.0/16."""


@runtime_checkable
class Peer(Protocol):
    """The other end of a permitted connection."""

    def to_kube(self) -> list[k8s.NetworkPolicyPeer]:
        """Return the peers of one NetworkPolicy rule."""
        ...


_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(text: str) -> _Network:
    try:
        network = ipaddress.ip_network(text)
    except ValueError as error:
        raise ConfigurationError(
            f"a CIDR must be an address range such as '10.0.0.0/16', got {text!r}: {error}"
        ) from None
    if str(network) != text:
        raise ConfigurationError(f"a CIDR must be in its canonical form, got {text!r}; write {str(network)!r}")
    if isinstance(network, ipaddress.IPv6Network) and network.network_address.ipv4_mapped is not None:
        raise ConfigurationError(f"a CIDR must not be IPv4 mapped to IPv6, got {text!r}; write it as IPv4")
    return network


def _contains(outer: _Network, inner: _Network) -> bool:
    if isinstance(outer, ipaddress.IPv4Network):
        return isinstance(inner, ipaddress.IPv4Network) and outer.supernet_of(inner)
    return isinstance(inner, ipaddress.IPv6Network) and outer.supernet_of(inner)


class Pods(Value):
    """Selects the pods of one namespace as a peer: all of them, or those with the given labels.

    Args:
        namespace: the name of the namespace.
        labels: labels of the pods. Defaults to all pods of the namespace.
    """

    namespace: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        names.dns_label("namespace", self.namespace)
        label_map("labels", self.labels)

    def to_kube(self) -> list[k8s.NetworkPolicyPeer]:
        """Return one peer that selects the namespace by its name label, and pods in it."""
        return [
            k8s.NetworkPolicyPeer(
                namespace_selector=k8s.LabelSelector(match_labels={NAMESPACE_LABEL: self.namespace}),
                pod_selector=k8s.LabelSelector(match_labels=dict(self.labels) or None),
            )
        ]


class IpBlocks(Value):
    """Selects addresses outside the cluster as peers: those in `ranges` except those in `except_`.

    Args:
        ranges: the addresses, as CIDRs such as 10.0.0.0/16.
        except_: CIDRs within `ranges` to leave out. Defaults to none.

    Raises:
        ConfigurationError: if a range is malformed, not in canonical form or has host bits set, an exception is
            outside all ranges (the API server also rejects it), or an exception covers a whole range.
    """

    ranges: tuple[str, ...]
    except_: tuple[str, ...] = ()

    def check(self) -> None:
        if not self.ranges:
            raise ConfigurationError("ranges must have at least one CIDR, such as '10.0.0.0/16', got none")
        networks = [_network(text) for text in self.ranges]
        for text in self.except_:
            hole = _network(text)
            if not any(_contains(network, hole) for network in networks):
                raise ConfigurationError(
                    f"each of except_ must be inside one of ranges ({', '.join(self.ranges)}), got {text}"
                )
            for network in networks:
                if _contains(hole, network):
                    raise ConfigurationError(
                        f"except_ must leave a part of each range, got {text}, which covers {network}; remove it"
                    )

    def to_kube(self) -> list[k8s.NetworkPolicyPeer]:
        """Return one peer for each range, with the exceptions that are inside it."""
        return [
            k8s.NetworkPolicyPeer(
                ip_block=k8s.IpBlock(
                    cidr=text,
                    except_=[hole for hole in self.except_ if _contains(_network(text), _network(hole))] or None,
                )
            )
            for text in self.ranges
        ]


INTERNET = IpBlocks(ranges=("0.0.0.0/0",), except_=PRIVATE_RANGES)
"""All public IPv4 addresses, for host names, which a NetworkPolicy cannot select."""

CLUSTER_DNS = Pods(namespace="kube-system", labels={"k8s-app": "kube-dns"})
"""The DNS servers of the cluster; CoreDNS has the label of its predecessor, kube-dns."""


def ports(number: int, *protocols: str) -> list[k8s.NetworkPolicyPort]:
    """Return one port for each protocol, by default for TCP."""
    return [k8s.NetworkPolicyPort(port=int_or_string(number), protocol=protocol) for protocol in protocols or ("TCP",)]
