"""The permitted connections of a workload, which its NetworkPolicy contains."""

from collections.abc import Mapping
from typing import Protocol

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.dns import ClusterDns
from kubestock.kube.objects import KubeObject
from kubestock.kube.peers import Peer, Pods, ports
from kubestock.values.off import RELAXED_PREFIX
from kubestock.workload.address import Address
from kubestock.workload.callees import ClusterService, ExternalService
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod
from kubestock.workload.ports import Port


class Callee(Protocol):
    """A workload that other workloads can call."""

    @property
    def pods(self) -> Pods:
        """Its pods, as a peer in a NetworkPolicy."""

    def port(self, name: str | None = None) -> Port:
        """Return a port by name, or the first one."""

    def address(self, caller_namespace: str, port: str | None = None) -> Address:
        """Return the address of a port for a caller in that namespace."""

    def allow_from(self, peer: Peer, *, port: str | None = None) -> None:
        """Allow a peer to connect to one port."""


_Opened = dict[tuple[int, str], list[Peer]]


class Traffic:
    """Collects the permitted connections of one workload; duplicates and order do not matter.

    Args:
        dns: the DNS server of its pods. Defaults to the one in kube-system.
    """

    def __init__(self, dns: ClusterDns = ClusterDns()) -> None:
        self._dns = dns
        self._from_anywhere: set[tuple[int, str]] = set()
        self._to_anywhere = False
        self._incoming: _Opened = {}
        self._outgoing: _Opened = {}

    def admit(self, peer: Peer, number: int, protocol: str = "TCP") -> None:
        """Allow a peer to connect to a port of the pods."""
        _open(self._incoming, peer, number, protocol)

    def permit_egress(self, peer: Peer, number: int, protocol: str = "TCP") -> None:
        """Permit egress to a port of a peer."""
        _open(self._outgoing, peer, number, protocol)

    def let_anyone_in(self, number: int, protocol: str = "TCP") -> None:
        """Allow any client, in the cluster and outside it, to connect to a port of the pods."""
        self._from_anywhere.add((number, protocol))

    def let_out_anywhere(self) -> None:
        """Permit egress to any address on any port."""
        self._to_anywhere = True

    def call(self, callee: Callee | ClusterService | ExternalService, *, caller: Pods, port: str | None = None) -> None:
        """Allow calls to one port of a callee: egress from the caller and ingress to the callee."""
        if isinstance(callee, ClusterService | ExternalService):
            self.permit_egress(callee.peer, callee.peer_port, callee.protocol)
            return
        target = callee.port(port)
        self.permit_egress(callee.pods, target.number, target.protocol)
        callee.allow_from(caller, port=port)

    def policy(self, selector: Mapping[str, str]) -> k8s.NetworkPolicySpec:
        """Return the binding, which permits only the collected connections and DNS."""
        return k8s.NetworkPolicySpec(
            pod_selector=k8s.LabelSelector(match_labels=dict(selector)),
            policy_types=["Ingress", "Egress"],
            # The API server drops an empty list, so each apply of an empty list would look like a change.
            ingress=self._ingress() or None,
            egress=self._egress(),
        )

    def _ingress(self) -> list[k8s.NetworkPolicyIngressRule]:
        anyone = [k8s.NetworkPolicyIngressRule(ports=ports(*each)) for each in sorted(self._from_anywhere)]
        named = [
            k8s.NetworkPolicyIngressRule(from_=_peers(opened), ports=ports(number, protocol))
            for (number, protocol), opened in sorted(self._incoming.items())
        ]
        return [*named, *anyone]

    def _egress(self) -> list[k8s.NetworkPolicyEgressRule]:
        if self._to_anywhere:
            return [k8s.NetworkPolicyEgressRule()]
        return [
            self._dns.egress(),
            *(
                k8s.NetworkPolicyEgressRule(to=_peers(opened), ports=ports(number, protocol))
                for (number, protocol), opened in sorted(self._outgoing.items())
            ),
        ]


def _open(opened: _Opened, peer: Peer, number: int, protocol: str) -> None:
    peers = opened.setdefault((number, protocol), [])
    if peer not in peers:
        peers.append(peer)


def _peers(opened: list[Peer]) -> list[k8s.NetworkPolicyPeer]:
    return sorted((binding for peer in opened for binding in peer.to_kube()), key=repr)


def say_why(workload: str, policy: KubeObject | None, direction: str, reason: str) -> None:
    """Add the reason why a policy permits all traffic in one direction, as an annotation.

    Raises:
        ConfigurationError: if there is no policy, or the reason is empty.
    """
    if policy is None:
        raise ConfigurationError(
            f"{workload!r} must have a network policy, got none, which already permits all traffic; remove the call"
        )
    if not reason.strip():
        raise ConfigurationError(
            f"reason must say why the network policy of {workload!r} permits all {direction}, got an empty text"
        )
    policy.metadata.add_annotation(f"{RELAXED_PREFIX}{direction}", reason)


def open_api_server(traffic: Traffic, workload: str, platform: Platform, pod: Pod) -> None:
    """Permit egress to the API server if the pods mount an API token.

    Raises:
        ConfigurationError: if the platform has no address of the API server.
    """
    if not pod.security.mount_api_token:
        return
    if platform.api_server is None:
        raise ConfigurationError(
            f"api_server of the platform must be given, because the pods of {workload!r} mount an API token and their "
            "network policy blocks the API server; give the addresses that `kubectl get endpoints kubernetes` prints: "
            "Platform(api_server=IpBlocks(ranges=('10.0.0.1/32',)))"
        )
    traffic.permit_egress(platform.api_server, platform.api_server_port)
