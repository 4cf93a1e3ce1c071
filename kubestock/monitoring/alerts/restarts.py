"""Restarts of single containers, and of several services together because of their database."""

from kubestock.monitoring.product import MonitoredProduct
from kubestock.monitoring.thresholds import Thresholds

CONTAINER = "namespace, pod, container"
_RESTARTS = "kube_pod_container_status_restarts_total"


def ended_alone(product: MonitoredProduct, thresholds: Thresholds) -> str:
    """Return the containers that restart repeatedly, except those that restart because of their database."""
    alone = _repeatedly(product.here, thresholds)
    if not product.sharing_a_database:
        return alone
    users = _users(product)
    return (
        f"{alone} unless on ({CONTAINER}) "
        f"({_RESTARTS}{{{users}}} and on (namespace) ({_services_repeatedly(users, thresholds)}))"
    )


def ended_together(product: MonitoredProduct, thresholds: Thresholds) -> str:
    """Return the number of services with a database that restarted together, if it is more than one.

    They restart within ten minutes, or each of them repeatedly. A restart counts only if the pod existed ten minutes
    before: pods that start together for the first time may stop each other during migrations.
    """
    users = _users(product)
    counted = f"{_RESTARTS}{{{users}}}"
    now, before = (f"max by ({CONTAINER}) ({each})" for each in (counted, f"{counted} offset 10m"))
    return (
        "count by (namespace) (count by (namespace, container) "
        f"({now} - {before} > 0 and on ({CONTAINER}) {counted} offset 20m)) >= 2 "
        f"or {_services_repeatedly(users, thresholds)}"
    )


def _services_repeatedly(users: str, thresholds: Thresholds) -> str:
    return f"count by (namespace) (count by (namespace, container) ({_repeatedly(users, thresholds)})) >= 2"


def _repeatedly(of: str, thresholds: Thresholds) -> str:
    # increase() would extrapolate, and count two restarts as three; the minimum is safe against counter resets.
    counted = f"{_RESTARTS}{{{of}}}"
    return (
        f"max by ({CONTAINER}) ({counted} - min_over_time({counted}[6h])) >= {thresholds.restarts} "
        f"and on ({CONTAINER}) ({counted} - min_over_time({counted}[2h]) > 0)"
    )


def _users(product: MonitoredProduct) -> str:
    return f'{product.here},container=~"{"|".join(each.name for each in product.sharing_a_database)}"'
