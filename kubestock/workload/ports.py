"""The ports of a container, by name."""

from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.values import names
from kubestock.values.labels import qualified_name
from kubestock.values.value import Value

Protocol = Literal["TCP", "UDP", "SCTP"]
_PRIVILEGED = 1024


class Port(Value, kw_only=False):
    """A port that the program listens on.

    Args:
        number: in the container, 1024 or above: a container without capabilities cannot bind a lower one.
        name: what probes, Services and policies call it; 15 characters at most. Defaults to http.
        service_port: what callers dial. Defaults to `number`.
        protocol: TCP, UDP or SCTP. Defaults to TCP.
        app_protocol: what the program speaks, as `appProtocol` of the Service: an IANA name such as `http`, `https`
            or `grpc`, or one with a prefix such as `kubernetes.io/h2c`. Callers of a port that speaks HTTP are told a
            URL, others `<host>:<port>`. Defaults to none, which is taken for HTTP on TCP.
        metrics_path: where it serves Prometheus metrics: the scraper of the platform is then let in.
            Defaults to none.

    Raises:
        ConfigurationError: if a number, a name or the protocol of the application is malformed.
    """

    number: int
    name: str = "http"
    service_port: int | None = None
    protocol: Protocol = "TCP"
    metrics_path: str | None = None
    app_protocol: str | None = None

    def check(self) -> None:
        names.port_name("port name", self.name)
        if names.port_number(f"port {self.name!r}", self.number) < _PRIVILEGED:
            raise ConfigurationError(
                f"port {self.name!r} must be {_PRIVILEGED} or above, got {self.number}: a container without "
                f"capabilities cannot bind it; listen on {self.number + 8000} and set service_port={self.number}"
            )
        if self.service_port is not None:
            names.port_number(f"service_port of {self.name!r}", self.service_port)
        if self.app_protocol is not None:
            qualified_name(f"app_protocol of {self.name!r}", self.app_protocol)
        if self.metrics_path is not None and not self.metrics_path.startswith("/"):
            raise ConfigurationError(f"metrics_path must begin with '/', got {self.metrics_path!r}")

    @property
    def in_front(self) -> int:
        """The port of the Service."""
        return self.service_port or self.number

    def to_kube(self) -> k8s.ContainerPort:
        """Return the binding."""
        return k8s.ContainerPort(container_port=self.number, name=self.name, protocol=self.protocol)
