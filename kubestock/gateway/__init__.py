"""Gateways: what delivery and monitoring know of one, whichever program it is; and Kong."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from kubestock.kube.peers import Pods
    from kubestock.workload.ports import Port
    from kubestock.workload.workload import Workload


class GatewayRoute(Protocol):
    """Requests that a gateway sends to a service."""

    @property
    def name(self) -> str:
        """In metrics and logs."""

    @property
    def hosts(self) -> Sequence[str]:
        """The hosts of the requests."""

    @property
    def paths(self) -> Sequence[str]:
        """The paths of the requests."""

    @property
    def methods(self) -> Sequence[str] | None:
        """The methods of the requests; None is all."""


@runtime_checkable
class Gateway(Protocol):
    """The entry of a product. `KongGateway` is one."""

    @property
    def name(self) -> str:
        """The name of its objects, and of the Service that clients reach."""

    @property
    def namespace(self) -> str:
        """Where it runs."""

    @property
    def hosts(self) -> Sequence[str]:
        """Full names that it answers for."""

    @property
    def routes(self) -> Sequence[GatewayRoute]:
        """What it serves, as far as it is declared."""

    @property
    def pods(self) -> "Pods":
        """Its pods as the other end of a connection."""

    @property
    def workload(self) -> "Workload | None":
        """What runs it, whose ports with a metrics path are scraped; None for a gateway that others run."""

    @property
    def secure_port(self) -> "Port | None":
        """The port of the workload at which TLS ends; None where TLS ends in front of it."""

    @property
    def proxy_protocol(self) -> bool:
        """Whether its ports expect the PROXY protocol before TLS."""

    @property
    def status_port(self) -> "Port | None":
        """The port of the workload with its metrics and its health."""
