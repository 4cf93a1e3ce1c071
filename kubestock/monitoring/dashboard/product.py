"""What a dashboard shows: a product in one namespace, and what it promises."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kubestock.errors import ConfigurationError
from kubestock.values import names
from kubestock.values.numbers import whole
from kubestock.values.types import typed


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceObjective:
    """What users may count on, as the gateway sees it.

    Args:
        availability: the share of requests that do not fail with a 5xx. Defaults to 0.999.
        days: over which it is counted. Defaults to 30.
        latency_ms: 95 % of the answers come within this many milliseconds. Defaults to 500.

    Raises:
        ConfigurationError: if nothing may ever fail (there is then no budget), or a number is not positive.
    """

    availability: float = 0.999
    days: int = 30
    latency_ms: int = 500

    def __post_init__(self) -> None:
        if not 0 < self.availability < 1:
            raise ConfigurationError(
                f"availability must lie between 0 and 1, such as 0.999, got {self.availability}; "
                "an objective of 1 leaves no budget for errors"
            )
        whole("days", self.days, minimum=1)
        whole("latency_ms", self.latency_ms, minimum=1)

    @property
    def budget(self) -> float:
        """The share of requests that may fail."""
        return round(1 - self.availability, 9)


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedProduct:
    """A product whose public traffic enters through Kong.

    Args:
        name: of the product, as people call it.
        namespace: of its pods, the gateway's among them; each query is restricted to it.
        services: names of the workloads. Kong knows each as `<workload>.<port>`.
        gateway: the name of Kong's workload. Defaults to kong.
        objective: Defaults to 99.9 % in 30 days, and half a second.
        links: title to address, at the head of the dashboard: runbooks, guides. Defaults to none.

    Raises:
        ConfigurationError: if a name could not be a workload's, repeats, or there is none.
    """

    name: str
    namespace: str
    services: tuple[str, ...]
    gateway: str = "kong"
    objective: ServiceObjective = ServiceObjective()
    links: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ConfigurationError("name of the product must not be empty")
        names.dns_label("namespace", self.namespace)
        names.service_name("gateway", self.gateway)
        if not self.services:
            raise ConfigurationError("services must name at least one workload, such as ('ms-orders',)")
        for service in self.services:
            names.service_name("a name in services", service)
            if self.services.count(service) > 1:
                raise ConfigurationError(f"services must name {service!r} once")
        if self.gateway in self.services:
            raise ConfigurationError(f"services must not name the gateway {self.gateway!r}: it has its own row")
        for title, address in self.links.items():
            if not title.strip() or not address.startswith(("https://", "http://")):
                raise ConfigurationError(f"links must be titles with http addresses, got {title!r}: {address!r}")
