"""Whether services get at their databases, as their drivers count."""

from collections.abc import Mapping, Sequence

from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.product import DatabaseMetrics, Product
from kubestock.monitoring.thresholds import Thresholds


def database(product: Product, thresholds: Thresholds) -> tuple[AlertGroup, ...]:
    """Return the alerts on pools and queries of the services with a database, or no group without one."""
    users = product.databases
    if not users:
        return ()
    alerts = (_pools(product, users, thresholds), _queries(product, users, thresholds), _missing(product, users))
    return (AlertGroup(name="database", alerts=alerts),)


Users = Mapping[DatabaseMetrics, Sequence[str]]


def _pools(product: Product, users: Users, thresholds: Thresholds) -> Alert:
    full = [
        f"100 * sum by (namespace, container, pod) ({metrics.connections_in_use}{{{_of(product, services)}}}) "
        f"/ sum by (namespace, container, pod) ({metrics.connections_limit}{{{_of(product, services)}}}) "
        f">= {thresholds.pool_percent:g}"
        for metrics, services in users.items()
    ]
    return Alert(
        name="DatabasePoolNearlyFull",
        expression=" or ".join(full),
        lasting="5m",
        severity="critical",
        summary="{{ $labels.pod }} uses {{ $value | humanize }} % of its database connections",
        description="Requests soon wait for a connection. Look for slow queries before you raise the pool.",
        runbook="DatabasePoolNearlyFull.md",
        own_metrics=_own(users),
    )


def _queries(product: Product, users: Users, thresholds: Thresholds) -> Alert:
    slow = [
        "histogram_quantile(0.95, sum by (namespace, container, le) "
        f"(rate({metrics.query_seconds}_bucket{{{_of(product, services)}}}[5m]))) > {thresholds.slow_query_seconds:g}"
        for metrics, services in users.items()
    ]
    return Alert(
        name="DatabaseQueriesSlow",
        expression=" or ".join(slow),
        lasting="10m",
        severity="warning",
        summary="one in twenty queries of {{ $labels.container }} takes {{ $value | humanize }} s or more",
        description="Look at the instance's load and locks first, then at queries that the last release brought.",
        runbook="DatabaseQueriesSlow.md",
        own_metrics=_own(users),
    )


def _missing(product: Product, users: Users) -> Alert:
    by_pod, by_service = "namespace, container, pod", "namespace, container"
    unseen = [
        f"max by ({by_pod}) (up{{{_of(product, services)}}}) == 1 unless on ({by_pod}) "
        f"({metrics.connections_in_use}{{{_of(product, services)}}} and on ({by_pod}) "
        f"{metrics.connections_limit}{{{_of(product, services)}}} and on ({by_service}) "
        f"{metrics.query_seconds}_bucket{{{_of(product, services)}}})"
        for metrics, services in users.items()
    ]
    return Alert(
        name="DatabaseMetricsMissing",
        expression=" or ".join(unseen),
        lasting="30m",
        severity="warning",
        summary="{{ $labels.pod }} is scraped, but says nothing about its database",
        description="Alerts on its pool and queries are blind. Compare /metrics of the pod with the settings' names.",
        runbook="DatabaseMetricsMissing.md",
        own_metrics=_own(users),
    )


def _of(product: Product, services: Sequence[str]) -> str:
    return f'{product.here},container=~"{"|".join(services)}"'


def _own(users: Users) -> frozenset[str]:
    return frozenset(name for each in users for name in each.series)
