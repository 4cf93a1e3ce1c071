"""What may talk to a workload, and what it may call: one NetworkPolicy for each workload."""

from collections.abc import Collection, Mapping
from typing import Protocol

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.peers import INTERNET, Cidrs, Peer, Pods, dns_egress, ports
from kubestock.values import names
from kubestock.values.value import Value
from kubestock.workload.ports import Port


class ExternalService(Value):
    """Something outside the cluster that workloads call: a database, somebody's API.

    A NetworkPolicy knows addresses and no host names. Where the addresses are not known, the port is opened
    towards the whole internet with the private ranges excepted.

    Args:
        host: its name, for the variable that tells the caller.
        port: TCP. Defaults to 443.
        addresses: where it is. Defaults to the internet without the private ranges.
    """

    host: str
    port: int = 443
    addresses: Cidrs = INTERNET

    def check(self) -> None:
        names.dns_subdomain("host", self.host)
        names.port_number("port", self.port)

    @property
    def url(self) -> str:
        """The address for a variable: https on 443, host and port elsewhere."""
        return f"https://{self.host}" if self.port == INTERNET_HTTPS else f"{self.host}:{self.port}"


INTERNET_HTTPS = 443


class Callee(Protocol):
    """A workload that others call."""

    @property
    def pods(self) -> Pods:
        """Its pods as the other end of a connection."""

    def port(self, name: str | None = None) -> Port:
        """Return a port by name, or the first one."""

    def url(self, caller_namespace: str, port: str | None = None) -> str:
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

    def call(self, callee: Callee | ExternalService, *, caller: Pods, port: str | None = None) -> str:
        """Open both ends of the path to a callee, on one port alone, and return its address."""
        if isinstance(callee, ExternalService):
            self.let_out(callee.addresses, callee.port)
            return callee.url
        target = callee.port(port)
        address = callee.url(caller.namespace, port)
        self.let_out(callee.pods, target.number, target.protocol)
        callee.allow_from(caller, port=port)
        return address

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


def refuse_variable_twice(variable: str | None, known: Collection[str], caller: str) -> None:
    """Refuse a variable that the caller has already."""
    if variable is not None and names.variable_name("variable", variable) in known:
        raise ConfigurationError(
            f"variable {variable!r} of {caller!r} is set twice; take it out of env, the call sets it"
        )
