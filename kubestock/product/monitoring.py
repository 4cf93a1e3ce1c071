"""What is scraped and what alerts, from the settings of an environment."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime, time

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.gateway import Gateway
from kubestock.monitoring.alert import AlertGroup
from kubestock.monitoring.alerts import every_group
from kubestock.monitoring.dashboard.dashboard import GrafanaDashboard, Sidecar
from kubestock.monitoring.product import Product, WatchedService
from kubestock.monitoring.programs import ProgramMetrics
from kubestock.monitoring.rules import PrometheusRules
from kubestock.monitoring.scraping import PodMonitor, Scrape
from kubestock.monitoring.thresholds import Objective, Thresholds
from kubestock.secrets.store import StoredSecret
from kubestock.values.value import Value
from kubestock.workload.microservice import Microservice
from kubestock.workload.platform import Platform


class MonitoringSettings(Value):
    """How an environment is watched.

    Args:
        runbooks: the address of the folder that holds the runbooks.
        objective: what is promised of every service.
        thresholds: beyond which alerts fire.
        metrics: what each backend's program exports itself, by the backend's name, since programs differ. Defaults to
            none; a backend that is left out has no alert on its database, its answers and what it calls.
        further_alerts: groups of your own, such as on an exporter of the database. Defaults to none.
        scrape: how often and how much.
        selected_by: labels by which Prometheus selects its monitors and rules. Defaults to none.
        alert_labels: on every alert, for the routes of Alertmanager. Defaults to none.
        dashboard: how Grafana's sidecar finds the dashboard, or None for no dashboard.
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


def watched_product(
    name: str,
    gateway: Gateway,
    services: Sequence[Microservice],
    *,
    metrics: Mapping[str, ProgramMetrics],
    database_connections: int | None,
    certificate: StoredSecret | None,
) -> Product:
    """Return what is watched.

    Args:
        name: of the product.
        gateway: in front of it.
        services: behind the gateway.
        metrics: what a service's program exports itself, by the service's name.
        database_connections: that the database instance accepts, if that is known.
        certificate: the sealed one that somebody has to rotate, if there is one.

    Raises:
        ConfigurationError: if `metrics` names something else than the services.
    """
    if unknown := sorted(metrics.keys() - {each.name for each in services}):
        raise ConfigurationError(
            f"metrics must name services ({', '.join(each.name for each in services)}), got {', '.join(unknown)}; "
            "an alert on them would never fire"
        )
    return Product(
        name=name,
        namespace=gateway.namespace,
        gateway=gateway.name,
        services=tuple(
            WatchedService(
                name=each.name,
                port=each.port().number,
                exports=metrics.get(each.name, ProgramMetrics()),
                scraped=any(port.metrics_path is not None for port in each.template.ports()),
            )
            for each in services
        ),
        database_connections=database_connections,
        certificate_due=None if certificate is None else _due(certificate),
    )


def add_monitoring(
    scope: Construct,
    *,
    settings: MonitoringSettings,
    platform: Platform,
    product: Product,
    scraped: Sequence[Microservice],
) -> PrometheusRules:
    """Add a monitor for each workload with metrics, the alerts on the product, and its dashboard."""
    exports = {each.name: each.exports for each in product.services}
    for each in scraped:
        PodMonitor(
            scope,
            f"monitor-{each.name}",
            workload=each,
            scrape=settings.scrape,
            keep=exports.get(each.name, ProgramMetrics()).kept,
            labels=settings.selected_by,
        )
    labels = platform.labels(product.name, component="monitoring")
    if settings.dashboard is not None:
        GrafanaDashboard(
            scope,
            "dashboard",
            product=product,
            objective=settings.objective,
            thresholds=settings.thresholds,
            labels=labels,
            sidecar=settings.dashboard,
            links={"Runbooks": settings.runbooks},
        )
    return PrometheusRules(
        scope,
        "alerts",
        name=product.name,
        groups=(*every_group(product, settings.objective, settings.thresholds), *settings.further_alerts),
        runbooks=settings.runbooks,
        labels=labels,
        selected_by=settings.selected_by,
        alert_labels=settings.alert_labels,
    )


def _due(certificate: StoredSecret) -> int:
    earliest = min(value.due for value in certificate.values.values())
    return int(datetime.combine(earliest, time(), UTC).timestamp())
