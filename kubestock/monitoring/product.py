"""What is monitored: a namespace, its gateway, and the services behind the gateway."""

from kubestock.errors import ConfigurationError
from kubestock.monitoring.programs import DatabaseMetrics, ProgramMetrics
from kubestock.values import names
from kubestock.values.numbers import whole
from kubestock.values.value import Value, require_unique


class MonitoredService(Value):
    """A service that is monitored.

    Args:
        name: the name of its workload, which is also the name of its container.
        port: the port that Kong connects to; Kong's metrics name the service `<name>.<port>`.
        exports: the metrics that its program exports. Defaults to none.
        scraped: whether a PodMonitor scrapes its metrics; an alert fires if no target exists. Defaults to yes.
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
                f"exports of {self.name!r} must be left out, because nothing scrapes it: its metrics are never read"
            )

    @property
    def kong_name(self) -> str:
        """The name of the service in Kong's metrics."""
        return f"{self.name}.{self.port}"


class MonitoredProduct(Value):
    """A product that is monitored.

    Args:
        name: the name of the product.
        namespace: the namespace of the product.
        gateway: the name of Kong's workload. Defaults to none: no alert and no panel then reads Kong's metrics.
        services: the services behind the gateway, or of a product without a gateway.
        database_connections: how many connections the database instance of the services accepts, `max_connections` of
            PostgreSQL. Defaults to none: unknown, without an alert on it.
        certificate_due: by when a certificate without automatic renewal must be replaced, in seconds since 1970.
            Defaults to none.
        renewals: names of the CronJobs that renew a pull secret which expires: `EcrPullSecret(…).renewal.name`.
            Defaults to none.
    """

    name: str
    namespace: str
    services: tuple[MonitoredService, ...]
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
            raise ConfigurationError("services must have at least one service, and their names must be unique")
        if any(each.name == self.gateway for each in self.services):
            raise ConfigurationError(f"services must not contain the gateway {self.gateway!r}; it has its own alerts")
        if self.database_connections is not None:
            whole("database_connections", self.database_connections, minimum=1)
            if not self.databases:
                raise ConfigurationError("database_connections must be left out, because no service has a database")
        if self.certificate_due is not None:
            whole("certificate_due", self.certificate_due)
        for each in self.renewals:
            names.object_name("each of renewals", each)
        require_unique("renewal", self.renewals)

    @property
    def databases(self) -> dict[DatabaseMetrics, tuple[str, ...]]:
        """The names of the services with a database, by the database metrics that they export."""
        found: dict[DatabaseMetrics, tuple[str, ...]] = {}
        for service in self.services:
            if (database := service.exports.database) is not None:
                found[database] = (*found.get(database, ()), service.name)
        return found

    @property
    def sharing_a_database(self) -> tuple[MonitoredService, ...]:
        """The services with a database, if several: if all fail at once, the probable cause is the instance."""
        users = tuple(each for each in self.services if each.exports.database is not None)
        return users if len(users) > 1 else ()

    @property
    def program_metrics(self) -> frozenset[str]:
        """The metrics that the programs of the product export, as in a query."""
        return frozenset[str]().union(*(each.exports.series for each in self.services))

    @property
    def here(self) -> str:
        """The matcher for the series of the product."""
        return f'namespace="{self.namespace}"'

    @property
    def served(self) -> str:
        """The matchers for Kong's series of the services of the product."""
        return f'{self.here},service=~"{"|".join(each.kong_name for each in self.services)}"'
