"""What is watched: a namespace, its gateway, and the services behind it."""

import re
from dataclasses import dataclass

from kubestock.errors import ConfigurationError
from kubestock.values import names
from kubestock.values.numbers import whole
from kubestock.values.types import typed

_METRIC = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseMetrics:
    """What a program's database driver exports; the names differ from driver to driver.

    Args:
        connections_in_use: a gauge.
        connections_limit: a gauge.
        query_seconds: a histogram, without `_bucket`.

    Raises:
        ConfigurationError: for what cannot be the name of a metric, or of a histogram.
    """

    connections_in_use: str
    connections_limit: str
    query_seconds: str

    def __post_init__(self) -> None:
        for what in ("connections_in_use", "connections_limit", "query_seconds"):
            if not _METRIC.fullmatch(name := getattr(self, what)):
                raise ConfigurationError(
                    f"{what} must be the name of a metric (letters, digits and '_', no digit first), got {name!r}"
                )
        if self.query_seconds.endswith(("_bucket", "_sum", "_count")):
            raise ConfigurationError(
                f"query_seconds must be the histogram's name, without _bucket, _sum and _count, "
                f"got {self.query_seconds!r}"
            )

    @property
    def series(self) -> frozenset[str]:
        """The names as a query writes them."""
        return frozenset({self.connections_in_use, self.connections_limit, f"{self.query_seconds}_bucket"})


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedService:
    """A service behind the gateway.

    Args:
        name: of its workload, which is also that of its container.
        port: to which Kong connects; Kong's metrics call the service `<name>.<port>`.
        database: what its driver exports. Defaults to none: it has no database.
        scraped: whether a PodMonitor has its metrics read, so that it is missed when nobody does. Defaults to yes.
    """

    name: str
    port: int
    database: DatabaseMetrics | None = None
    scraped: bool = True

    def __post_init__(self) -> None:
        names.service_name("name", self.name)
        names.port_number("port", self.port)
        if self.database is not None and not self.scraped:
            raise ConfigurationError(
                f"database of {self.name!r} must be left out where nothing scrapes it: its metrics are never read"
            )

    @property
    def kong_name(self) -> str:
        """What Kong's metrics call it."""
        return f"{self.name}.{self.port}"


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What is watched.

    Args:
        name: of the product.
        namespace: where it lives.
        gateway: the name of Kong's workload.
        services: behind it.
        certificate_due: when a certificate that nobody renews by itself is to be replaced, in seconds since 1970.
            Defaults to none.
    """

    name: str
    namespace: str
    gateway: str
    services: tuple[WatchedService, ...]
    certificate_due: int | None = None

    def __post_init__(self) -> None:
        names.dns_label("namespace", self.namespace)
        names.service_name("gateway", self.gateway)
        names.dns_label("name", self.name)
        if not self.services or len({each.name for each in self.services}) != len(self.services):
            raise ConfigurationError("services must name those behind the gateway, each one once")
        if self.gateway in (each.name for each in self.services):
            raise ConfigurationError(f"services must not name the gateway {self.gateway!r}: it is watched by itself")
        if self.certificate_due is not None:
            whole("certificate_due", self.certificate_due)

    @property
    def databases(self) -> dict[DatabaseMetrics, tuple[str, ...]]:
        """The names of the services with a database, by what they export of it."""
        found: dict[DatabaseMetrics, tuple[str, ...]] = {}
        for service in self.services:
            if service.database is not None:
                found[service.database] = (*found.get(service.database, ()), service.name)
        return found

    @property
    def here(self) -> str:
        """The matcher of the product's series."""
        return f'namespace="{self.namespace}"'

    @property
    def served(self) -> str:
        """The matchers of Kong's series of the product's services."""
        return f'{self.here},service=~"{"|".join(each.kong_name for each in self.services)}"'
