"""Whether services get at their databases, as far as their own metrics, their restarts and their answers tell."""

from collections.abc import Mapping, Sequence

from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.alerts.restarts import ended_together
from kubestock.monitoring.product import Product
from kubestock.monitoring.programs import DatabaseMetrics
from kubestock.monitoring.thresholds import Thresholds

Users = Mapping[DatabaseMetrics, Sequence[str]]


def database(product: Product, thresholds: Thresholds) -> tuple[AlertGroup, ...]:
    """Return the alerts on the databases of the services that have one, or no group without such a service.

    Queries are watched where a program measures them. Where several services have a database, what happens to all of
    them together is told as one alert on the database.
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
        alerts += [_unavailable(product, thresholds), _connections_lost(product, thresholds)]
    return (AlertGroup(name="database", alerts=tuple(alerts)),)


def _pools(product: Product, users: Users, thresholds: Thresholds) -> Alert:
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
        lasting="5m",
        severity="critical",
        summary="{{ $labels.pod }} uses {{ $value | humanize }} % of its database connections",
        description="Requests soon wait for a connection. Look for slow queries before you raise the pool.",
        runbook="DatabasePoolNearlyFull.md",
        own_metrics=_own(users),
    )


def _instance(product: Product, users: Users, thresholds: Thresholds) -> tuple[Alert, ...]:
    if product.database_connections is None:
        return ()
    each = [
        f"sum by (namespace, container) ({metric}{{{_of(product, services)}}})"
        for metrics, services in users.items()
        for metric in metrics.connections_open
    ]
    # Each has another metric name, which `or` does not look at: a label keeps them apart.
    all_of_them = " or ".join(f'label_replace({one}, "of", "{number}", "", "")' for number, one in enumerate(each, 1))
    return (
        Alert(
            name="DatabaseConnectionsNearlyFull",
            expression=f"100 * sum by (namespace) ({all_of_them}) / {product.database_connections} "
            f">= {thresholds.pool_percent:g}",
            lasting="5m",
            severity="critical",
            summary=f"the services of {product.namespace} use {{{{ $value | humanize }}}} % of the connections that "
            "their database accepts",
            description="At 100 % no pod connects, and new pods do not start. Which service has most, and why?",
            runbook="DatabaseConnectionsNearlyFull.md",
            own_metrics=_own(users),
        ),
    )


def _queries(product: Product, users: Users, thresholds: Thresholds) -> tuple[Alert, ...]:
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
            lasting="10m",
            severity="warning",
            summary="one in twenty queries of {{ $labels.container }} takes {{ $value | humanize }} s or more",
            description="Look at the instance's load and locks first, then at queries that the last release brought.",
            runbook="DatabaseQueriesSlow.md",
            own_metrics=_own(users),
        ),
    )


def _missing(product: Product, users: Users) -> Alert:
    unseen = [
        f"max by ({_POD}) (up{{{_of(product, services)}}}) == 1 unless on ({_POD}) "
        f"({_said(metrics, _of(product, services))})"
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


def _said(metrics: DatabaseMetrics, of: str) -> str:
    """Return the pods that say all that they should; a pod of several that has made no query yet is one of them."""
    said = f"{metrics.connections_in_use}{{{of}}}"
    if isinstance(metrics.connections_limit, str):
        said += f" and on ({_POD}) {metrics.connections_limit}{{{of}}}"
    if metrics.query_seconds is not None:
        said += f" and on (namespace, container) {metrics.query_seconds}_bucket{{{of}}}"
    return said


def _unavailable(product: Product, thresholds: Thresholds) -> Alert:
    return Alert(
        name="DatabaseUnavailable",
        expression=f"{_all_fail(product, thresholds)} or {_none_runs(product)}",
        lasting="2m",
        severity="critical",
        summary=f"{{{{ $value | humanize }}}} services of {product.namespace} that use the database fail together",
        description="Look at the database instance first: the services answer /health without asking it.",
        runbook="DatabaseUnavailable.md",
    )


def _all_fail(product: Product, thresholds: Thresholds) -> str:
    """Return how many services are asked, if none of them answers well: one that calls another fails with it, too."""
    of = f'{product.here},service=~"{"|".join(each.kong_name for each in product.sharing_a_database)}"'
    every = f"kong_http_requests_total{{{of}}}"
    well = f'sum by (namespace, service) (rate(kong_http_requests_total{{{of},code!~"5.."}}[5m]))'
    return (
        f"count by (namespace) (count by (namespace, service) (rate({every}[5m]) > 0)) >= 2 "
        f"unless on (namespace) {well} / sum by (namespace, service) (rate({every}[5m])) "
        f"> {1 - thresholds.outage_percent / 100:g} "
        f"and sum by (namespace) (increase({every}[5m])) >= {thresholds.outage_requests}"
    )


def _none_runs(product: Product) -> str:
    """Return how many services have no pod left, although they had one."""
    of = f'{product.here},deployment=~"{"|".join(each.name for each in product.sharing_a_database)}"'
    available = f"kube_deployment_status_replicas_available{{{of}}}"
    return (
        f"count by (namespace) (count by (namespace, deployment) ({available} == 0 "
        f"and on (namespace, deployment) max_over_time({available}[1d]) > 0)) >= 2"
    )


def _connections_lost(product: Product, thresholds: Thresholds) -> Alert:
    return Alert(
        name="DatabaseConnectionsLost",
        expression=ended_together(product, thresholds),
        severity="warning",
        summary=f"{{{{ $value | humanize }}}} services of {product.namespace} that use the database restarted together",
        description="The database probably restarted, failed over, or refuses connections: look at its instance first.",
        runbook="DatabaseConnectionsLost.md",
    )


_POD = "namespace, container, pod"


def _of(product: Product, services: Sequence[str]) -> str:
    return f'{product.here},container=~"{"|".join(services)}"'


def _own(users: Users) -> frozenset[str]:
    return frozenset(name for each in users for name in each.series)
