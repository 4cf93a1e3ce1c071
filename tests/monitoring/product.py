"""A product that many tests watch."""

from kubestock.monitoring.alerts import every_group
from kubestock.monitoring.product import DatabaseMetrics, Product, WatchedService
from kubestock.monitoring.thresholds import Objective, Thresholds

DATABASE = DatabaseMetrics(
    connections_in_use="db_pool_in_use", connections_limit="db_pool_limit", query_seconds="db_query_seconds"
)
ORDERS = WatchedService(name="orders", port=8080, database=DATABASE)
WEB = WatchedService(name="web", port=8081)
PRODUCT = Product(name="shop", namespace="shop", gateway="kong", services=(ORDERS, WEB), certificate_due=14 * 86400)
GROUPS = every_group(PRODUCT, Objective(), Thresholds())
ALERTS = {alert.name: alert for group in GROUPS for alert in group.alerts}
