"""The monitoring of a product: a monitor for each workload with metrics, alerts, and a dashboard."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime, time

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.monitoring.alert import AlertGroup
from kubestock.monitoring.alerts import every_group
from kubestock.monitoring.dashboard.dashboard import GrafanaDashboard, Sidecar
from kubestock.monitoring.product import MonitoredProduct, MonitoredService
from kubestock.monitoring.programs import ProgramMetrics
from kubestock.monitoring.rules import RUNBOOKS, PrometheusRules
from kubestock.monitoring.scraping import PodMonitor, Scrape
from kubestock.monitoring.thresholds import Objective, Thresholds
from kubestock.secrets.store import StoredSecret
from kubestock.values.value import Value
from kubestock.workload.platform import Platform
from kubestock.workload.workload import Workload


class MonitoringSettings(Value):
    """The settings of a product's monitoring; `Product.monitoring` takes the same arguments.

    Args:
        runbooks: the URL of the folder with the runbooks. Defaults to those of this library.
        objective: the service level objective of every service.
        thresholds: the values above which alerts fire.
        metrics: the metrics that each service's program exports, by the name of the service, since programs differ.
            Defaults to none; a service that is not in it has no alerts on its database, its responses and its calls.
        extra_alerts: additional alert groups, such as for an exporter of the database. Defaults to none.
        scrape: the interval and the limits of a scrape.
        selected_by: labels by which Prometheus selects monitors and rules. Defaults to none.
        alert_labels: labels of every alert, for the routes of Alertmanager. Defaults to none.
        dashboard: the settings by which Grafana's sidecar finds the dashboard, or None for no dashboard.
        database_connections: the number of connections that the database instance accepts. Defaults to unknown.
    """

    runbooks: str = RUNBOOKS
    objective: Objective = Objective()
    thresholds: Thresholds = Thresholds()
    metrics: Mapping[str, ProgramMetrics] = field(default_factory=dict)
    extra_alerts: tuple[AlertGroup, ...] = ()
    scrape: Scrape = Scrape()
    selected_by: Mapping[str, str] = field(default_factory=dict)
    alert_labels: Mapping[str, str] = field(default_factory=dict)
    dashboard: Sidecar | None = Sidecar()
    database_connections: int | None = None


class Monitoring:
    """The monitors, the alerts and the dashboard of a product.

    Args:
        scope: the chart.
        settings: the settings of the monitoring.
        name: the name of the product.
        namespace: the namespace of the product.
        platform: the settings that all workloads of the product share.
        services: returns the workloads that have alerts and panels as services.
        gateway: returns the name of the gateway's workload, or None if there is no gateway.
        certificate: returns the sealed TLS certificate that a person must rotate, or None.
        renewals: returns the names of the CronJobs that renew pull secrets.
        workloads: the workloads that exist already; `watch` adds later ones.
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

    def watched(self) -> MonitoredProduct:
        """Return what the alerts and the dashboard cover, from the workloads that exist so far.

        Raises:
            ConfigurationError: if `metrics` names a workload that is not a service.
        """
        services, metrics = self._services(), self._settings.metrics
        if unknown := sorted(metrics.keys() - {each.name for each in services}):
            raise ConfigurationError(
                f"metrics must name services ({', '.join(each.name for each in services)}), got {', '.join(unknown)}; "
                "an alert on them would never fire"
            )
        certificate = self._certificate()
        return MonitoredProduct(
            name=self._name,
            namespace=self._namespace,
            gateway=self._gateway(),
            services=tuple(
                MonitoredService(
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
        return (*every_group(self.watched(), settings.objective, settings.thresholds), *settings.extra_alerts)


def _exports(workload: Workload) -> bool:
    return any(port.metrics_path is not None for port in workload.template.ports())


def _due(certificate: StoredSecret) -> int:
    earliest = min(value.due for value in certificate.values.values())
    return int(datetime.combine(earliest, time(), UTC).timestamp())
