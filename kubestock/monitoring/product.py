"""What is watched: a namespace, its gateway, and the services behind it."""

from kubestock.errors import ConfigurationError
from kubestock.monitoring.programs import DatabaseMetrics, ProgramMetrics
from kubestock.values import names
from kubestock.values.numbers import whole
from kubestock.values.value import Value, require_unique


class WatchedService(Value):
    """A service behind the gateway.

    Args:
        name: of its workload, which is also that of its container.
        port: to which Kong connects; Kong's metrics call the service `<name>.<port>`.
        exports: what its program exports itself. Defaults to nothing that is read.
        scraped: whether a PodMonitor has its metrics read, so that it is missed when nobody does. Defaults to yes.
    """

    name: str
    port: int
    exports: ProgramMetrics = ProgramMetrics()
    scraped: bool = True

    def check(self) -> None:
        names.service_name("name", self.name)
        names.port_number("port", self.port)
        if self.exports.series and not self.scraped:
            raise ConfigurationError(
                f"exports of {self.name!r} must be left out where nothing scrapes it: its metrics are never read"
            )

    @property
    def kong_name(self) -> str:
        """What Kong's metrics call it."""
        return f"{self.name}.{self.port}"


class Product(Value):
    """What is watched.

    Args:
        name: of the product.
        namespace: where it lives.
        gateway: the name of Kong's workload. Defaults to none: no alert and no panel reads Kong's metrics then.
        services: behind it, or of the product that has none.
        database_connections: how many connections the services' database instance accepts, `max_connections` of
            PostgreSQL. Defaults to none: not known, and no alert is about it.
        certificate_due: when a certificate that nobody renews by itself is to be replaced, in seconds since 1970.
            Defaults to none.
        renewals: names of the CronJobs that renew a pull secret which expires: `EcrPullSecret(…).renewal.name`.
            Defaults to none.
    """

    name: str
    namespace: str
    services: tuple[WatchedService, ...]
    gateway: str | None = None
    database_connections: int | None = None
    certificate_due: int | None = None
    renewals: tuple[str, ...] = ()

    def check(self) -> None:
        names.dns_label("namespace", self.namespace)
        if self.gateway is not None:
            names.service_name("gateway", self.gateway)
        names.dns_label("name", self.name)
        if not self.services or len({each.name for each in self.services}) != len(self.services):
            raise ConfigurationError("services must name at least one service, and each one once")
        if any(each.name == self.gateway for each in self.services):
            raise ConfigurationError(f"services must not name the gateway {self.gateway!r}: it is watched by itself")
        if self.database_connections is not None:
            whole("database_connections", self.database_connections, minimum=1)
            if not self.databases:
                raise ConfigurationError("database_connections must be left out where no service has a database")
        if self.certificate_due is not None:
            whole("certificate_due", self.certificate_due)
        for each in self.renewals:
            names.object_name("each of renewals", each)
        require_unique("renewal", self.renewals)

    @property
    def databases(self) -> dict[DatabaseMetrics, tuple[str, ...]]:
        """The names of the services with a database, by what they export of it."""
        found: dict[DatabaseMetrics, tuple[str, ...]] = {}
        for service in self.services:
            if (database := service.exports.database) is not None:
                found[database] = (*found.get(database, ()), service.name)
        return found

    @property
    def sharing_a_database(self) -> tuple[WatchedService, ...]:
        """The services with a database, where there are several: what ends all of them is probably their instance."""
        users = tuple(each for each in self.services if each.exports.database is not None)
        return users if len(users) > 1 else ()

    @property
    def own_metrics(self) -> frozenset[str]:
        """What the product's programs export themselves, as queries write it."""
        return frozenset[str]().union(*(each.exports.series for each in self.services))

    @property
    def here(self) -> str:
        """The matcher of the product's series."""
        return f'namespace="{self.namespace}"'

    @property
    def served(self) -> str:
        """The matchers of Kong's series of the product's services."""
        return f'{self.here},service=~"{"|".join(each.kong_name for each in self.services)}"'
