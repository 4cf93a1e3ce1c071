"""How a product is watched: a monitor for each workload with metrics, the alerts, and a dashboard."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime, time

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.monitoring.alert import AlertGroup
from kubestock.monitoring.alerts import every_group
from kubestock.monitoring.dashboard.dashboard import GrafanaDashboard, Sidecar
from kubestock.monitoring.product import Product as WatchedProduct
from kubestock.monitoring.product import WatchedService
from kubestock.monitoring.programs import ProgramMetrics
from kubestock.monitoring.rules import PrometheusRules
from kubestock.monitoring.scraping import PodMonitor, Scrape
from kubestock.monitoring.thresholds import Objective, Thresholds
from kubestock.secrets.store import StoredSecret
from kubestock.values.value import Value
from kubestock.workload.platform import Platform
from kubestock.workload.workload import Workload


class MonitoringSettings(Value):
    """How a product is watched; `Product.monitoring` takes these as arguments.

    Args:
        runbooks: the address of the folder that holds the runbooks.
        objective: what is promised of every service.
        thresholds: beyond which alerts fire.
        metrics: what each service's program exports itself, by the service's name, since programs differ. Defaults to
            none; a service that is left out has no alert on its database, its answers and what it calls.
        further_alerts: groups of your own, such as on an exporter of the database. Defaults to none.
        scrape: how often and how much.
        selected_by: labels by which Prometheus selects its monitors and rules. Defaults to none.
        alert_labels: on every alert, for the routes of Alertmanager. Defaults to none.
        dashboard: how Grafana's sidecar finds the dashboard, or None for no dashboard.
        database_connections: that the database instance accepts. Defaults to unknown.
    """

    runbooks: str
    objective: Objective = Objective()
    thresholds: Thresholds = Thresholds()
    metrics: Mapping[str, ProgramMetrics] = field(default_factory=dict)
    further_alerts: tuple[AlertGroup, ...] = ()
    scrape: Scrape = Scrape()
    selected_by: Mapping[str, str] = field(default_factory=dict)
    alert_labels: Mapping[str, str] = field(default_factory=dict)
    dashboard: Sidecar | None = Sidecar()
    database_connections: int | None = None


class Monitoring:
    """What watches a product.

    Args:
        scope: the chart.
        settings: how it is watched.
        name: of the product.
        namespace: where it runs.
        platform: what the product's workloads share.
        services: returns the workloads that are watched as services.
        gateway: returns the name of the gateway's workload, or None.
        certificate: returns the sealed certificate that a person has to rotate, or None.
        renewals: returns the names of the CronJobs that renew pull secrets.
        workloads: that there are by now; `watch` takes up others.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        settings: MonitoringSettings,
        name: str,
        namespace: str,
        platform: Platform,
        services: Callable[[], Sequence[Workload]],
        gateway: Callable[[], str | None],
        certificate: Callable[[], StoredSecret | None],
        renewals: Callable[[], tuple[str, ...]],
        workloads: Sequence[Workload],
    ) -> None:
        self._scope, self._settings = scope, settings
        self._name, self._namespace = name, namespace
        self._services, self._gateway, self._certificate, self._renewals = services, gateway, certificate, renewals
        for each in workloads:
            self.watch(each)
        labels = platform.labels(name, component="monitoring")
        self.dashboard: GrafanaDashboard | None = None
        if settings.dashboard is not None:
            self.dashboard = GrafanaDashboard(
                scope,
                "dashboard",
                product=self.watched,
                objective=settings.objective,
                thresholds=settings.thresholds,
                labels=labels,
                sidecar=settings.dashboard,
                links={"Runbooks": settings.runbooks},
            )
        self.alerts = PrometheusRules(
            scope,
            "alerts",
            name=name,
            groups=self._groups,
            runbooks=settings.runbooks,
            labels=labels,
            selected_by=settings.selected_by,
            alert_labels=settings.alert_labels,
        )

    def watch(self, workload: Workload) -> None:
        """Add a monitor for a workload if it has metrics."""
        if not _exports(workload):
            return
        PodMonitor(
            self._scope,
            f"monitor-{workload.name}",
            workload=workload,
            scrape=self._settings.scrape,
            keep=self._settings.metrics.get(workload.name, ProgramMetrics()).kept,
            labels=self._settings.selected_by,
        )

    def watched(self) -> WatchedProduct:
        """Return what the alerts and the dashboard are about, as it is known by now.

        Raises:
            ConfigurationError: if `metrics` names something else than the services.
        """
        services, metrics = self._services(), self._settings.metrics
        if unknown := sorted(metrics.keys() - {each.name for each in services}):
            raise ConfigurationError(
                f"metrics must name services ({', '.join(each.name for each in services)}), got {', '.join(unknown)}; "
                "an alert on them would never fire"
            )
        certificate = self._certificate()
        return WatchedProduct(
            name=self._name,
            namespace=self._namespace,
            gateway=self._gateway(),
            services=tuple(
                WatchedService(
                    name=each.name,
                    port=each.port().number,
                    exports=metrics.get(each.name, ProgramMetrics()),
                    scraped=_exports(each),
                )
                for each in services
            ),
            database_connections=self._settings.database_connections,
            renewals=self._renewals(),
            certificate_due=None if certificate is None else _due(certificate),
        )

    def _groups(self) -> Sequence[AlertGroup]:
        settings = self._settings
        return (*every_group(self.watched(), settings.objective, settings.thresholds), *settings.further_alerts)


def _exports(workload: Workload) -> bool:
    return any(port.metrics_path is not None for port in workload.template.ports())


def _due(certificate: StoredSecret) -> int:
    earliest = min(value.due for value in certificate.values.values())
    return int(datetime.combine(earliest, time(), UTC).timestamp())
