"""The row of the databases, from the metrics of the services' connection pools."""

from kubestock.monitoring.dashboard.panels import COLUMNS, Panel, Query, Row, Threshold, alert_line
from kubestock.monitoring.dashboard.selectors import Selectors, quantile
from kubestock.monitoring.product import MonitoredProduct
from kubestock.monitoring.programs import DatabaseMetrics
from kubestock.monitoring.thresholds import Thresholds

_WIDTH = 8
Selected = list[tuple[DatabaseMetrics, str]]


def database(product: MonitoredProduct, thresholds: Thresholds) -> tuple[Row, ...]:
    """Return connections, restarts and, if programs measure them, queries of each service with a database.

    Without such a service, there is no row.
    """
    if not product.databases:
        return ()
    on = Selectors(namespace=product.namespace)
    selected = [(metrics, _containers(on, names)) for metrics, names in product.databases.items()]
    everywhere = _containers(on, [name for names in product.databases.values() for name in names])
    panels = (
        _connections(thresholds, selected),
        _open(product, thresholds, selected),
        _restarts(everywhere),
        *_queries(thresholds, selected),
    )
    return (Row(title="Database", panels=panels),)


def _containers(on: Selectors, names: tuple[str, ...] | list[str]) -> str:
    return on.all(f'container=~"{"|".join(names)}"')


def _connections(thresholds: Thresholds, selected: Selected) -> Panel:
    return Panel(
        title="Connections against limit, by service",
        description="The pod of each service with the highest usage of its pool. Normal is below the line, at which "
        "the alert begins to count; at 100 % requests wait for a connection.",
        unit="percentunit",
        queries=tuple(Query(expression=_used(metrics, of), legend="{{container}}") for metrics, of in selected),
        thresholds=alert_line(thresholds.pool_percent),
        width=_WIDTH,
    )


def _open(product: MonitoredProduct, thresholds: Thresholds, selected: Selected) -> Panel:
    accepted = product.database_connections
    line = () if accepted is None else (Threshold(at=accepted * thresholds.pool_percent / 100, color="red"),)
    return Panel(
        title="Connections open, by service",
        description="Connections to the database instance, idle ones included, stacked by service. Normal is below "
        "the number that the instance accepts (`max_connections`); if that number is known, the line is the one at "
        "which the alert begins to count.",
        unit="short",
        decimals=0,
        queries=tuple(
            Query(
                expression=" + ".join(f"sum by (container) ({each}{of})" for each in metrics.connections_open),
                legend="{{container}}",
            )
            for metrics, of in selected
        ),
        stacked=True,
        thresholds=line,
        width=_WIDTH,
    )


def _used(metrics: DatabaseMetrics, of: str) -> str:
    limit = metrics.connections_limit
    allowed = f"{limit}" if isinstance(limit, int) else f"sum by (container, pod) ({limit}{of})"
    return f"max by (container) (sum by (container, pod) ({metrics.connections_in_use}{of}) / {allowed})"


def _restarts(of: str) -> Panel:
    return Panel(
        title="Restarts in ten minutes, by service",
        description="Restarts of containers of the services with a database. Normal is 0; if all restart at once, the "
        "database restarted, failed over, or refuses connections.",
        unit="short",
        decimals=0,
        queries=(
            Query(
                expression=f"sum by (container) (increase(kube_pod_container_status_restarts_total{of}[10m]))",
                legend="{{container}}",
            ),
        ),
        thresholds=(Threshold(at=1.0, color="red"),),
        width=_WIDTH,
    )


def _queries(thresholds: Thresholds, selected: Selected) -> tuple[Panel, ...]:
    measured = [(metrics.query_seconds, of) for metrics, of in selected if metrics.query_seconds is not None]
    if not measured:
        return ()
    return (
        Panel(
            title="Queries, p95 by service",
            description="The time within which 95 % of the queries of each service complete. Normal is below the "
            "line, at which the alert begins to count.",
            unit="s",
            queries=tuple(
                Query(expression=quantile(0.95, seconds, of, by="container"), legend="{{container}}")
                for seconds, of in measured
            ),
            thresholds=(Threshold(at=float(thresholds.slow_query_seconds), color="red"),),
            width=COLUMNS,
        ),
    )
