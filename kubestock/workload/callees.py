"""What workloads call that is no workload of ours: in the cluster, and outside it."""

import ipaddress
import re
from dataclasses import field

from kubestock.errors import ConfigurationError
from kubestock.kube.peers import INTERNET, Cidrs, Peer
from kubestock.values import names
from kubestock.values.value import Value
from kubestock.workload.address import HOST_PORT, Address
from kubestock.workload.ports import Protocol

INTERNET_HTTPS = 443
POSTGRESQL = 5432
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_NOT_OF_THE_INTERNET = (".svc", ".cluster.local", ".local", ".internal")


class ExternalService(Value):
    """Something outside the cluster that workloads call: a database, an API of another company.

    A NetworkPolicy knows addresses and no host names. Where the addresses are not known, the port is opened
    towards the whole internet with the private ranges excepted.

    Args:
        host: its name, for the variable that tells the caller.
        port: the number that callers dial. Defaults to 443.
        addresses: where it is. Defaults to the internet without the private ranges.
        protocol: TCP, UDP or SCTP. Defaults to TCP.

    Raises:
        ConfigurationError: if the host or the port is malformed, or the host cannot be in `addresses`: a name without
            a dot, one of the cluster's names or a private address is not on the internet, so that the policy would
            open the internet and still block the call.
    """

    host: str
    port: int = INTERNET_HTTPS
    addresses: Cidrs = INTERNET
    protocol: Protocol = "TCP"

    def check(self) -> None:
        names.dns_subdomain("host", self.host)
        names.port_number("port", self.port)
        address = _ip_address(self.host)
        if address is not None:
            self._check_address(address)
        elif self.addresses == INTERNET and ("." not in self.host or self.host.endswith(_NOT_OF_THE_INTERNET)):
            raise ConfigurationError(
                f"host of an ExternalService must be a name of the internet, got {self.host!r}, which is looked up in "
                "the cluster or a private network: its policy would open the internet and block the call; give "
                f"ClusterService(host={self.host!r}, port={self.port}, peer=Pods(namespace='…', labels={{…}})) if it "
                "runs in the cluster, pass the workload itself if it is yours, or say where it is: "
                "addresses=Cidrs(ranges=('10.0.0.0/16',))"
            )

    @property
    def usual(self) -> str:
        """The form of its address: https on 443, host and port elsewhere."""
        return "https://{host}" if (self.port, self.protocol) == (INTERNET_HTTPS, "TCP") else HOST_PORT

    @property
    def url(self) -> str:
        """The address for a variable: https on 443, host and port elsewhere."""
        return self.address.text()

    @property
    def address(self) -> Address:
        """Where callers reach it."""
        return Address(host=self.host, port=self.port, usual=self.usual)

    @property
    def peer(self) -> Peer:
        """The other end of the connection."""
        return self.addresses

    @property
    def peer_port(self) -> int:
        """The port at the other end, which a NetworkPolicy names."""
        return self.port

    def _check_address(self, address: ipaddress.IPv4Address) -> None:
        inside = any(address in ipaddress.ip_network(each) for each in self.addresses.ranges)
        if not inside or any(address in ipaddress.ip_network(each) for each in self.addresses.excepted):
            raise ConfigurationError(
                f"addresses must hold the host {self.host}, or the policy blocks the call; give "
                f"addresses=Cidrs(ranges=('{self.host}/32',))"
            )


class Database(ExternalService):
    """A database outside the cluster whose host name is a secret: the policy opens its addresses, on its port.

    Args:
        host: what errors and comments call it, such as orders-db; callers learn the real name from a Secret.
        addresses: where it is.
        port: Defaults to 5432, that of PostgreSQL.
        protocol: Defaults to TCP.

    Raises:
        ConfigurationError: if the name or the port is malformed.
    """

    host: str = field(kw_only=False)
    addresses: Cidrs = INTERNET
    port: int = POSTGRESQL

    def check(self) -> None:
        names.dns_subdomain("name of a Database", self.host)
        names.port_number("port", self.port)
        if self.addresses == INTERNET:
            raise ConfigurationError(
                f"addresses of Database {self.host!r} must say where it is, for the network policy: "
                "addresses=Cidrs(ranges=('10.0.0.0/16',))"
            )


class ClusterService(Value):
    """Something that runs in the cluster and is not a workload of yours: PostgreSQL, NATS, Vault, a collector.

    A call opens egress of the caller to the peer, on that port alone. Ingress there is the matter of whoever runs it.

    Args:
        host: its name: `<service>` in the caller's namespace, or `<service>.<namespace>`, with `.svc` or
            `.svc.cluster.local` behind it or not.
        port: the number that callers dial: of the Service.
        peer: its pods, which a NetworkPolicy selects by namespace and labels; or its addresses.
        protocol: TCP, UDP or SCTP. Defaults to TCP.
        scheme: of its URL, such as http or nats; the variable is then `<scheme>://<host>:<port>` where the call names
            no other form. Defaults to none: `<host>:<port>`.
        target_port: where the pods listen, if that differs from the port of the Service: a NetworkPolicy is applied
            behind the Service. Defaults to `port`.

    Raises:
        ConfigurationError: if the host, a port or the scheme is malformed, or the peer is the internet.
    """

    host: str
    port: int
    peer: Peer
    protocol: Protocol = "TCP"
    scheme: str | None = None
    target_port: int | None = None

    def check(self) -> None:
        names.dns_subdomain("host", self.host)
        names.port_number("port", self.port)
        if self.target_port is not None:
            names.port_number("target_port", self.target_port)
        if self.scheme is not None and not _SCHEME.fullmatch(self.scheme):
            raise ConfigurationError(f"scheme must be such as http or postgresql, got {self.scheme!r}")
        if self.peer == INTERNET:
            raise ConfigurationError(
                f"peer of ClusterService {self.host!r} must be in the cluster, got the internet without private "
                "ranges; give Pods(namespace='…', labels={…}), or an ExternalService for what is on the internet"
            )

    @property
    def address(self) -> Address:
        """Where callers reach it."""
        usual = HOST_PORT if self.scheme is None else f"{self.scheme}://{HOST_PORT}"
        return Address(host=self.host, port=self.port, usual=usual)

    @property
    def peer_port(self) -> int:
        """The port at the other end, which a NetworkPolicy names."""
        return self.target_port or self.port


def _ip_address(host: str) -> ipaddress.IPv4Address | None:
    try:
        return ipaddress.IPv4Address(host)
    except ValueError:
        return None
