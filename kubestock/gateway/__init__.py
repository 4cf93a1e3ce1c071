"""What delivery and monitoring need from any gateway, as a protocol.

`kubestock.gateway.kong` implements it with Kong.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from kubestock.kube.peers import Pods
    from kubestock.workload.ports import Port
    from kubestock.workload.workload import Workload

__all__ = ["Gateway", "GatewayRoute"]


class GatewayRoute(Protocol):
    """A route of a gateway: which requests it sends to a service."""

    @property
    def name(self) -> str:
        """The name of the route in metrics and logs."""

    @property
    def hosts(self) -> Sequence[str]:
        """The hosts of the requests that match."""

    @property
    def paths(self) -> Sequence[str]:
        """The paths of the requests that match."""

    @property
    def methods(self) -> Sequence[str] | None:
        """The methods of the requests that match. None means all methods."""


@runtime_checkable
class Gateway(Protocol):
    """The entry point of a product for HTTP clients. `KongGateway` implements this protocol."""

    @property
    def name(self) -> str:
        """The name of its objects, and of the Service that clients connect to."""

    @property
    def namespace(self) -> str:
        """The namespace in which it runs."""

    @property
    def hosts(self) -> Sequence[str]:
        """The full host names for which it serves requests."""

    @property
    def routes(self) -> Sequence[GatewayRoute]:
        """The routes that have been declared so far."""

    @property
    def pods(self) -> "Pods":
        """Its pods, for use as a peer in network policies."""

    @property
    def workload(self) -> "Workload | None":
        """The workload that runs it, or None if it runs outside the product.

        Monitoring scrapes those of its ports that have a metrics path.
        """

    @property
    def secure_port(self) -> "Port | None":
        """The port of the workload that terminates TLS. None if TLS is terminated in front of the gateway."""

    @property
    def proxy_protocol(self) -> bool:
        """Whether its ports expect a PROXY protocol header before the TLS handshake."""

    @property
    def status_port(self) -> "Port | None":
        """The port of the workload that serves metrics and health. None if there is no such port."""
