"""The groups of alerts that a product needs."""

from kubestock.monitoring.alert import AlertGroup
from kubestock.monitoring.alerts.application import application
from kubestock.monitoring.alerts.database import database
from kubestock.monitoring.alerts.gateway import gateway
from kubestock.monitoring.alerts.network import network
from kubestock.monitoring.alerts.nodes import nodes
from kubestock.monitoring.alerts.pods import pods
from kubestock.monitoring.alerts.programs import programs
from kubestock.monitoring.alerts.scraping import scraping
from kubestock.monitoring.alerts.secrets import secrets
from kubestock.monitoring.alerts.security import security
from kubestock.monitoring.product import MonitoredProduct
from kubestock.monitoring.thresholds import Objective, Thresholds

__all__ = ["every_group"]


def every_group(product: MonitoredProduct, objective: Objective, thresholds: Thresholds) -> tuple[AlertGroup, ...]:
    """Return all groups; those of programs and databases are left out if no service exports such metrics.

    Groups that read Kong's metrics are left out if there is no gateway. All alerts but those of the nodes have the
    namespace of the product as a label.
    """
    behind_kong = product.gateway is not None
    of_product = (
        pods(product, thresholds),
        *((application(product, objective, thresholds), security(product, thresholds)) if behind_kong else ()),
        *programs(product, thresholds),
        *database(product, thresholds),
        network(product, thresholds),
        secrets(product, thresholds),
        *((gateway(product),) if behind_kong else ()),
        scraping(product),
    )
    return (*(each.of(product.namespace) for each in of_product), nodes(thresholds))
