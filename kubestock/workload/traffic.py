"""What may talk to a workload, and what it may call: one NetworkPolicy for each workload."""

from collections.abc import Mapping
from typing import Protocol

from kubestock.kube.bindings import k8s
from kubestock.kube.peers import Peer, Pods, dns_egress, ports
from kubestock.workload.address import Address
from kubestock.workload.callees import ClusterService, ExternalService
from kubestock.workload.ports import Port


class Callee(Protocol):
    """A workload that others call."""

    @property
    def pods(self) -> Pods:
        """Its pods as the other end of a connection."""

    def port(self, name: str | None = None) -> Port:
        """Return a port by name, or the first one."""

    def address(self, caller_namespace: str, port: str | None = None) -> Address:
        """Return where a caller in that namespace reaches a port."""

    def allow_from(self, peer: Peer, *, port: str | None = None) -> None:
        """Let a peer in on one port."""


_Opened = dict[tuple[int, str], list[Peer]]


class Traffic:
    """The connections of one workload; a connection that is named twice is one, and their order does not matter."""

    def __init__(self) -> None:
        self._incoming: _Opened = {}
        self._outgoing: _Opened = {}

    def let_in(self, peer: Peer, number: int, protocol: str = "TCP") -> None:
        """Open a port of the pods for a peer."""
        _open(self._incoming, peer, number, protocol)

    def let_out(self, peer: Peer, number: int, protocol: str = "TCP") -> None:
        """Permit egress to a port of a peer."""
        _open(self._outgoing, peer, number, protocol)

    def call(self, callee: Callee | ClusterService | ExternalService, *, caller: Pods, port: str | None = None) -> None:
        """Open both ends of the path to a callee, on one port alone."""
        if isinstance(callee, ClusterService | ExternalService):
            self.let_out(callee.peer, callee.peer_port, callee.protocol)
            return
        target = callee.port(port)
        self.let_out(callee.pods, target.number, target.protocol)
        callee.allow_from(caller, port=port)

    def policy(self, selector: Mapping[str, str]) -> k8s.NetworkPolicySpec:
        """Return the binding: what is named here, name resolution, and nothing else."""
        return k8s.NetworkPolicySpec(
            pod_selector=k8s.LabelSelector(match_labels=dict(selector)),
            policy_types=["Ingress", "Egress"],
            # The API server drops an empty list, so that every apply of one would be a change.
            ingress=[
                k8s.NetworkPolicyIngressRule(from_=_peers(opened), ports=ports(number, protocol))
                for (number, protocol), opened in sorted(self._incoming.items())
            ]
            or None,
            egress=[
                dns_egress(),
                *(
                    k8s.NetworkPolicyEgressRule(to=_peers(opened), ports=ports(number, protocol))
                    for (number, protocol), opened in sorted(self._outgoing.items())
                ),
            ],
        )


def _open(opened: _Opened, peer: Peer, number: int, protocol: str) -> None:
    peers = opened.setdefault((number, protocol), [])
    if peer not in peers:
        peers.append(peer)


def _peers(opened: list[Peer]) -> list[k8s.NetworkPolicyPeer]:
    return sorted((binding for peer in opened for binding in peer.to_kube()), key=repr)
