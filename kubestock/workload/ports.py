"""The named ports of a container."""

from collections.abc import Collection, Sequence
from dataclasses import KW_ONLY
from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.values import names
from kubestock.values.labels import qualified_name
from kubestock.values.value import Value

Protocol = Literal["TCP", "UDP", "SCTP"]


class Port(Value, kw_only=False):
    """Declares a port that the program listens on.

    Args:
        number: the port number in the container. Below 1024, the container needs the capability NET_BIND_SERVICE, or
            the pod a sysctl.
        name: the name by which probes and Services refer to it, at most 15 characters. Defaults to http.
        service_port: the port number of the Service, which callers connect to. Defaults to `number`.
        protocol: TCP, UDP or SCTP. Defaults to TCP.
        app_protocol: the application protocol, as `appProtocol` of the Service: an IANA name such as `http`, `https` or
            `grpc`, or a prefixed name such as `kubernetes.io/h2c`. The address of an HTTP port is a URL, the address of
            others `<host>:<port>`. Defaults to none, which on TCP is treated as HTTP.
        metrics_path: the path of its Prometheus metrics; the network policy then allows the scraper of the platform.
            Defaults to none.

    Raises:
        ConfigurationError: if a number, a name or the application protocol is malformed.
    """

    number: int
    _: KW_ONLY
    name: str = "http"
    service_port: int | None = None
    protocol: Protocol = "TCP"
    metrics_path: str | None = None
    app_protocol: str | None = None

    def check(self) -> None:
        names.port_name("port name", self.name)
        names.port_number(f"port {self.name!r}", self.number)
        if self.service_port is not None:
            names.port_number(f"service_port of {self.name!r}", self.service_port)
        if self.app_protocol is not None:
            qualified_name(f"app_protocol of {self.name!r}", self.app_protocol)
        if self.metrics_path is not None and not self.metrics_path.startswith("/"):
            raise ConfigurationError(f"metrics_path must begin with '/', got {self.metrics_path!r}")

    @property
    def service_port_number(self) -> int:
        """The port number of the Service."""
        return self.service_port or self.number

    def to_kube(self) -> k8s.ContainerPort:
        """Return the binding."""
        return k8s.ContainerPort(container_port=self.number, name=self.name, protocol=self.protocol)


def check_bindable(container: str, ports: Sequence[Port], capabilities: Collection[str], lowest: int) -> None:
    """Check that the program can bind its ports; root needs the capability too, because containers drop all others.

    Args:
        container: the name of the container, for errors.
        ports: the ports of the container.
        capabilities: the capabilities that its program can use.
        lowest: the lowest port that needs no capability.

    Raises:
        ConfigurationError: if it cannot; the message says how the program can bind the port.
    """
    if "NET_BIND_SERVICE" in capabilities or "ALL" in capabilities:
        return
    for port in ports:
        if port.number < lowest:
            raise ConfigurationError(
                f"port {port.name!r} of container {container!r} must be {lowest} or above, got {port.number}: a "
                f"program without capabilities cannot bind it; listen on {port.number + 8000} and set "
                f"service_port={port.number}, or give "
                f"PodSecurity(sysctls={{'net.ipv4.ip_unprivileged_port_start': '{port.number}'}}), or "
                "ContainerSecurity(added_capabilities=('NET_BIND_SERVICE',)) if the program runs as root, or if its "
                "file has the capability and allow_privilege_escalation=True"
            )
