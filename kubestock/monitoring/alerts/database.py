"""Alerts on connections to databases, from the metrics of the services; `outages` covers all services at once."""

from collections.abc import Mapping, Sequence

from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.alerts.outages import connections_lost, unavailable
from kubestock.monitoring.product import MonitoredProduct
from kubestock.monitoring.programs import DatabaseMetrics
from kubestock.monitoring.thresholds import Thresholds

Users = Mapping[DatabaseMetrics, Sequence[str]]
_POD = "namespace, container, pod"


def database(product: MonitoredProduct, thresholds: Thresholds) -> tuple[AlertGroup, ...]:
    """Return the alerts on the databases of the services that have one, or no group without such a service.

    Alerts on queries exist only for programs that measure them. If several services have a database and all fail
    together, one alert on the database fires.
    """
    users = product.databases
    if not users:
        return ()
    alerts = [
        _pools(product, users, thresholds),
        *_instance(product, users, thresholds),
        *_queries(product, users, thresholds),
        _missing(product, users),
    ]
    if product.sharing_a_database:
        alerts += [unavailable(product, thresholds), connections_lost(product, thresholds)]
    return (AlertGroup(name="database", alerts=tuple(alerts)),)


def _pools(product: MonitoredProduct, users: Users, thresholds: Thresholds) -> Alert:
    full = []
    for metrics, services in users.items():
        of = _of(product, services)
        limit = f"sum by (namespace, container, pod) ({metrics.connections_limit}{{{of}}})"
        if isinstance(metrics.connections_limit, int):
            limit = f"{metrics.connections_limit}"
        full.append(
            f"100 * sum by (namespace, container, pod) ({metrics.connections_in_use}{{{of}}}) / {limit} "
            f">= {thresholds.pool_percent:g}"
        )
    return Alert(
        name="DatabasePoolNearlyFull",
        expression=" or ".join(full),
        for_="5m",
        severity="critical",
        summary="{{ $labels.pod }} uses {{ $value | humanize }} % of its database connections",
        description="Requests will soon wait for a connection. Look for slow queries before you enlarge the pool.",
        runbook="DatabasePoolNearlyFull.md",
        program_metrics=_own(users),
    )


def _instance(product: MonitoredProduct, users: Users, thresholds: Thresholds) -> tuple[Alert, ...]:
    if product.database_connections is None:
        return ()
    each = [
        f"sum by (namespace, container) ({metric}{{{_of(product, services)}}})"
        for metrics, services in users.items()
        for metric in metrics.connections_open
    ]
    # The series differ in their metric names, which `or` ignores: a label distinguishes them.
    all_of_them = " or ".join(f'label_replace({one}, "of", "{number}", "", "")' for number, one in enumerate(each, 1))
    return (
        Alert(
            name="DatabaseConnectionsNearlyFull",
            expression=f"100 * sum by (namespace) ({all_of_them}) / {product.database_connections} "
            f">= {thresholds.pool_percent:g}",
            for_="5m",
            severity="critical",
            summary=f"the services of {product.namespace} use {{{{ $value | humanize }}}} % of the connections that "
            "their database accepts",
            description="At 100 % no pod can connect and new pods do not start. Find the service with the most "
            "connections.",
            runbook="DatabaseConnectionsNearlyFull.md",
            program_metrics=_own(users),
        ),
    )


def _queries(product: MonitoredProduct, users: Users, thresholds: Thresholds) -> tuple[Alert, ...]:
    slow = [
        "histogram_quantile(0.95, sum by (namespace, container, le) "
        f"(rate({metrics.query_seconds}_bucket{{{_of(product, services)}}}[5m]))) > {thresholds.slow_query_seconds:g}"
        for metrics, services in users.items()
        if metrics.query_seconds is not None
    ]
    if not slow:
        return ()
    return (
        Alert(
            name="DatabaseQueriesSlow",
            expression=" or ".join(slow),
            for_="10m",
            severity="warning",
            summary="5 % of the queries of {{ $labels.container }} take {{ $value | humanize }} s or more",
            description="Look at the load and the locks of the instance first, then at queries of the last release.",
            runbook="DatabaseQueriesSlow.md",
            program_metrics=_own(users),
        ),
    )


def _missing(product: MonitoredProduct, users: Users) -> Alert:
    unseen = [
        f"max by ({_POD}) (up{{{_of(product, services)}}}) == 1 unless on ({_POD}) "
        f"({_said(metrics, _of(product, services))})"
        for metrics, services in users.items()
    ]
    return Alert(
        name="DatabaseMetricsMissing",
        expression=" or ".join(unseen),
        for_="30m",
        severity="warning",
        summary="{{ $labels.pod }} is scraped, but exports no metrics of its database",
        description="No alert on its pool or queries can fire. Compare /metrics of the pod with the metric names in "
        "the settings.",
        runbook="DatabaseMetricsMissing.md",
        program_metrics=_own(users),
    )


def _said(metrics: DatabaseMetrics, of: str) -> str:
    """Return the pods that export all metrics, or of several, that only lack queries because they made none yet."""
    said = f"{metrics.connections_in_use}{{{of}}}"
    if isinstance(metrics.connections_limit, str):
        said += f" and on ({_POD}) {metrics.connections_limit}{{{of}}}"
    if metrics.query_seconds is not None:
        said += f" and on (namespace, container) {metrics.query_seconds}_bucket{{{of}}}"
    return said


def _of(product: MonitoredProduct, services: Sequence[str]) -> str:
    return f'{product.here},container=~"{"|".join(services)}"'


def _own(users: Users) -> frozenset[str]:
    return frozenset(name for each in users for name in each.series)
