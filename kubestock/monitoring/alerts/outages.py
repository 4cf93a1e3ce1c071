"""Alerts on all services with a database at once, whose probable cause is the database.

Programs may answer their health path without a query, so their own health does not show that of the database.
"""

from kubestock.monitoring.alert import Alert
from kubestock.monitoring.alerts.restarts import ended_together
from kubestock.monitoring.product import MonitoredProduct
from kubestock.monitoring.thresholds import Thresholds


def unavailable(product: MonitoredProduct, thresholds: Thresholds) -> Alert:
    """Return the alert on services that all fail together, or of which several have no pods."""
    return Alert(
        name="DatabaseUnavailable",
        expression=" or ".join((*_all_fail(product, thresholds), _none_runs(product))),
        for_="2m",
        severity="critical",
        summary=f"{{{{ $value | humanize }}}} services of {product.namespace} that use the database fail together",
        description="Look at the database instance first: the health paths of the services do not check it.",
        runbook="DatabaseUnavailable.md",
    )


def connections_lost(product: MonitoredProduct, thresholds: Thresholds) -> Alert:
    """Return the alert on services that restart together."""
    return Alert(
        name="DatabaseConnectionsLost",
        expression=ended_together(product, thresholds),
        severity="warning",
        summary=f"{{{{ $value | humanize }}}} services of {product.namespace} that use the database restarted together",
        description="The database probably restarted, failed over, or refuses connections: look at its instance first.",
        runbook="DatabaseConnectionsLost.md",
    )


def _all_fail(product: MonitoredProduct, thresholds: Thresholds) -> tuple[str, ...]:
    """Return the number of services with requests, if none succeeds: a service that calls another fails with it."""
    if product.gateway is None:
        return ()
    of = f'{product.here},service=~"{"|".join(each.kong_name for each in product.sharing_a_database)}"'
    every = f"kong_http_requests_total{{{of}}}"
    well = f'sum by (namespace, service) (rate(kong_http_requests_total{{{of},code!~"5.."}}[5m]))'
    return (
        f"count by (namespace) (count by (namespace, service) (rate({every}[5m]) > 0)) >= 2 "
        f"unless on (namespace) {well} / sum by (namespace, service) (rate({every}[5m])) "
        f"> {1 - thresholds.outage_percent / 100:g} "
        f"and sum by (namespace) (increase({every}[5m])) >= {thresholds.outage_requests}",
    )


def _none_runs(product: MonitoredProduct) -> str:
    """Return the number of services that had pods and have none now."""
    of = f'{product.here},deployment=~"{"|".join(each.name for each in product.sharing_a_database)}"'
    available = f"kube_deployment_status_replicas_available{{{of}}}"
    return (
        f"count by (namespace) (count by (namespace, deployment) ({available} == 0 "
        f"and on (namespace, deployment) max_over_time({available}[1d]) > 0)) >= 2"
    )
