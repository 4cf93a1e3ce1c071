"""The row of the databases, as the drivers of the services count."""

from kubestock.monitoring.dashboard.panels import Panel, Query, Row, Threshold, alert_line
from kubestock.monitoring.dashboard.selectors import Selectors, quantile
from kubestock.monitoring.product import DatabaseMetrics, Product
from kubestock.monitoring.thresholds import Thresholds


def database(product: Product, thresholds: Thresholds) -> tuple[Row, ...]:
    """Return connections and queries of each service with a database, or no row without one."""
    if not product.databases:
        return ()
    on = Selectors(namespace=product.namespace)
    selected = [(metrics, on.all(f'container=~"{"|".join(names)}"')) for metrics, names in product.databases.items()]
    return (Row(title="Database", panels=(_connections(thresholds, selected), _queries(thresholds, selected))),)


def _connections(thresholds: Thresholds, selected: list[tuple[DatabaseMetrics, str]]) -> Panel:
    return Panel(
        title="Connections against limit, by service",
        description="The pod of each service that uses most of its pool. Normal is below the line, where the alert "
        "begins to count; at 100 % requests wait for a connection.",
        unit="percentunit",
        queries=tuple(
            Query(
                expression=f"max by (container) (sum by (container, pod) ({metrics.connections_in_use}{of}) "
                f"/ sum by (container, pod) ({metrics.connections_limit}{of}))",
                legend="{{container}}",
            )
            for metrics, of in selected
        ),
        thresholds=alert_line(thresholds.pool_percent),
        width=12,
    )


def _queries(thresholds: Thresholds, selected: list[tuple[DatabaseMetrics, str]]) -> Panel:
    return Panel(
        title="Queries, p95 by service",
        description="95 % of the queries of each service are answered within this time. Normal is below the line, "
        "where the alert begins to count.",
        unit="s",
        queries=tuple(
            Query(expression=quantile(0.95, metrics.query_seconds, of, by="container"), legend="{{container}}")
            for metrics, of in selected
        ),
        thresholds=(Threshold(at=float(thresholds.slow_query_seconds), color="red"),),
        width=12,
    )
