"""What may talk to a workload, and what it may call: one NetworkPolicy for each workload."""

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
    """The connections of one workload; a connection that is named twice is one, and their order does not matter.

    Args:
        dns: where its pods resolve names. Defaults to the resolver in kube-system.
    """

    def __init__(self, dns: ClusterDns = ClusterDns()) -> None:
        self._dns = dns
        self._from_anywhere: set[tuple[int, str]] = set()
        self._to_anywhere = False
        self._incoming: _Opened = {}
        self._outgoing: _Opened = {}

    def let_in(self, peer: Peer, number: int, protocol: str = "TCP") -> None:
        """Open a port of the pods for a peer."""
        _open(self._incoming, peer, number, protocol)

    def let_out(self, peer: Peer, number: int, protocol: str = "TCP") -> None:
        """Permit egress to a port of a peer."""
        _open(self._outgoing, peer, number, protocol)

    def let_anyone_in(self, number: int, protocol: str = "TCP") -> None:
        """Open a port of the pods for any client, in the cluster and outside it."""
        self._from_anywhere.add((number, protocol))

    def let_out_anywhere(self) -> None:
        """Permit egress to any address on any port."""
        self._to_anywhere = True

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
    """Say on a policy why it is open in a direction.

    Raises:
        ConfigurationError: if there is no policy to open, or the reason is empty.
    """
    if policy is None:
        raise ConfigurationError(f"{workload!r} has no network policy, so that nothing is closed; take the call out")
    if not reason.strip():
        raise ConfigurationError(f"reason must say why the policy of {workload!r} is open for all {direction}")
    policy.metadata.add_annotation(f"{RELAXED_PREFIX}{direction}", reason)


def open_api_server(traffic: Traffic, workload: str, platform: Platform, pod: Pod) -> None:
    """Permit egress to the API server where pods mount a token for it.

    Raises:
        ConfigurationError: if the platform does not say where it is.
    """
    if not pod.security.mount_api_token:
        return
    if platform.api_server is None:
        raise ConfigurationError(
            f"the pods of {workload!r} mount an API token, but their network policy blocks the API server; say where "
            "it is: Platform(api_server=Cidrs(ranges=('10.0.0.1/32',))), which `kubectl get endpoints kubernetes` shows"
        )
    traffic.let_out(platform.api_server, platform.api_server_port)
