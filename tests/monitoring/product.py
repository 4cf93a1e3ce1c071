"""A product that many tests watch."""

from kubestock.monitoring.alerts import every_group
from kubestock.monitoring.product import DatabaseMetrics, Product, WatchedService
from kubestock.monitoring.thresholds import Objective, Thresholds

DATABASE = DatabaseMetrics(
    connections_in_use="db_pool_in_use", connections_limit="db_pool_limit", query_seconds="db_query_seconds"
)
OTHER_DATABASE = DatabaseMetrics(
    connections_in_use="hikari_active", connections_limit="hikari_max", query_seconds="jdbc_query_seconds"
)
ORDERS = WatchedService(name="orders", port=8080, database=DATABASE)
STOCK = WatchedService(name="stock", port=8082, database=OTHER_DATABASE)
WEB = WatchedService(name="web", port=8081)
PRODUCT = Product(
    name="shop", namespace="shop", gateway="kong", services=(ORDERS, STOCK, WEB), certificate_due=15 * 86400
)
GROUPS = every_group(PRODUCT, Objective(), Thresholds())
ALERTS = {alert.name: alert for group in GROUPS for alert in group.alerts}
