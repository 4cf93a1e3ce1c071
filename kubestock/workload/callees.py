"""Services that workloads call but that are not workloads of this product, in the cluster and outside it."""

import ipaddress
import re
from dataclasses import field

from kubestock.errors import ConfigurationError
from kubestock.kube.peers import INTERNET, IpBlocks, Peer
from kubestock.values import names
from kubestock.values.value import Value
from kubestock.workload.address import HOST_PORT, Address
from kubestock.workload.ports import Protocol

INTERNET_HTTPS = 443
POSTGRESQL = 5432
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_NOT_OF_THE_INTERNET = (".svc", ".cluster.local", ".local", ".internal")


class ExternalService(Value):
    """Something outside the cluster that workloads call, such as a database or an API of another company.

    A NetworkPolicy selects addresses, not host names. If the addresses are not known, the policy opens the port to
    the whole internet except the private ranges.

    Args:
        host: its host name, for the variable that holds its address.
        port: the port number that callers connect to. Defaults to 443.
        addresses: its addresses. Defaults to the internet except the private ranges.
        protocol: TCP, UDP or SCTP. Defaults to TCP.

    Raises:
        ConfigurationError: if the host or the port is malformed, or the host cannot be in `addresses`: a name without
            a dot, a name of the cluster or a private address is not on the internet, so the policy would open the
            internet and still block the call.
    """

    host: str
    port: int = INTERNET_HTTPS
    addresses: IpBlocks = INTERNET
    protocol: Protocol = "TCP"

    def check(self) -> None:
        names.dns_subdomain("host", self.host)
        names.port_number("port", self.port)
        address = _ip_address(self.host)
        if address is not None:
            self._check_address(address)
        elif self.addresses == INTERNET and ("." not in self.host or self.host.endswith(_NOT_OF_THE_INTERNET)):
            raise ConfigurationError(
                f"host of an ExternalService must be a public host name, got {self.host!r}, which resolves in the "
                "cluster or in a private network: the network policy would open the internet and block the call; give "
                f"ClusterService(host={self.host!r}, port={self.port}, peer=Pods(namespace='…', labels={{…}})) if it "
                "runs in the cluster, pass the workload itself if it is in your app, or give its addresses: "
                "addresses=IpBlocks(ranges=('10.0.0.0/16',))"
            )

    @property
    def usual(self) -> str:
        """The default form of its address: an https URL on port 443, host and port on others."""
        return "https://{host}" if (self.port, self.protocol) == (INTERNET_HTTPS, "TCP") else HOST_PORT

    @property
    def url(self) -> str:
        """The address for a variable: an https URL on port 443, host and port on others."""
        return self.address.text()

    @property
    def address(self) -> Address:
        """The address at which callers reach it."""
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
        if not inside or any(address in ipaddress.ip_network(each) for each in self.addresses.except_):
            raise ConfigurationError(
                f"addresses must contain the host {self.host}, or the network policy blocks the call; give "
                f"addresses=IpBlocks(ranges=('{self.host}/32',))"
            )


class Database(ExternalService):
    """A database outside the cluster whose host name is a secret; the policy opens its port on its addresses.

    Args:
        host: a name for it in errors and comments, such as orders-db; callers read the real host name from a Secret.
        addresses: its addresses.
        port: the port of the database. Defaults to 5432, the port of PostgreSQL.
        protocol: TCP, UDP or SCTP. Defaults to TCP.

    Raises:
        ConfigurationError: if the name or the port is malformed.
    """

    host: str = field(kw_only=False)
    addresses: IpBlocks = INTERNET
    port: int = POSTGRESQL

    def check(self) -> None:
        names.dns_subdomain("name of a Database", self.host)
        names.port_number("port", self.port)
        if self.addresses == INTERNET:
            raise ConfigurationError(
                f"addresses of Database {self.host!r} must be given for the network policy, got none; give "
                "addresses=IpBlocks(ranges=('10.0.0.0/16',))"
            )


class ClusterService(Value):
    """Something in the cluster that is not a workload of your app, such as PostgreSQL, NATS, Vault or a collector.

    A call permits egress of the caller to the peer, only on that port. The owner of the peer must permit the ingress.

    Args:
        host: its host name: `<service>` in the caller's namespace, or `<service>.<namespace>`, optionally followed by
            `.svc` or `.svc.cluster.local`.
        port: the port number of the Service, which callers connect to.
        peer: its pods, which a NetworkPolicy selects by namespace and labels; or its addresses.
        protocol: TCP, UDP or SCTP. Defaults to TCP.
        scheme: the scheme of its URL, such as http or nats; the variable is then `<scheme>://<host>:<port>` unless the
            call gives another form. Defaults to none: `<host>:<port>`.
        target_port: the port that the pods listen on, if it differs from the port of the Service: a NetworkPolicy
            applies to the ports of the pods. Defaults to `port`.

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
            raise ConfigurationError(
                f"scheme must be the scheme of a URL, such as http or postgresql, got {self.scheme!r}"
            )
        if self.peer == INTERNET:
            raise ConfigurationError(
                f"peer of ClusterService {self.host!r} must be in the cluster, got the internet except the private "
                "ranges; give Pods(namespace='…', labels={…}), or use an ExternalService for a host on the internet"
            )

    @property
    def address(self) -> Address:
        """The address at which callers reach it."""
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
