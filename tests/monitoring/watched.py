"""A product that many tests monitor."""

from kubestock.monitoring.alerts import every_group
from kubestock.monitoring.product import MonitoredProduct, MonitoredService
from kubestock.monitoring.programs import DatabaseMetrics, Dependency, ProgramMetrics, RequestMetrics
from kubestock.monitoring.thresholds import Objective, Thresholds

DATABASE = DatabaseMetrics(connections_in_use="db_pool_in_use", connections_limit=50, connections_idle="db_pool_idle")
OTHER_DATABASE = DatabaseMetrics(
    connections_in_use="hikari_active", connections_limit="hikari_max", query_seconds="jdbc_query_seconds"
)
ANSWERS = RequestMetrics(
    total="orders_requests_total",
    status="status_code",
    seconds="orders_request_seconds",
    slow_seconds=3,
    path="route",
    paths=("/", "/stats"),
)
WEB_ANSWERS = RequestMetrics(
    total="web_requests_total", status="code", seconds="web_request_seconds", slow_seconds=0.5, failed="5..|error"
)
CALLS = RequestMetrics(
    total="payments_total", status="outcome", seconds="payment_seconds", slow_seconds=5, failed="5..|429|refused"
)
ORDERS = MonitoredService(name="orders", port=8080, exports=ProgramMetrics(requests=ANSWERS, database=DATABASE))
STOCK = MonitoredService(name="stock", port=8082, exports=ProgramMetrics(database=OTHER_DATABASE))
WEB = MonitoredService(
    name="web",
    port=8081,
    exports=ProgramMetrics(
        requests=WEB_ANSWERS, dependencies=(Dependency(name="payment provider", calls=(CALLS, WEB_ANSWERS)),)
    ),
)
PRODUCT = MonitoredProduct(
    name="shop",
    namespace="shop",
    gateway="kong",
    services=(ORDERS, STOCK, WEB),
    database_connections=200,
    certificate_due=15 * 86400,
    renewals=("ecr-cred-renewal", "other-renewal"),
)
GROUPS = every_group(PRODUCT, Objective(), Thresholds())
ALERTS = {alert.name: alert for group in GROUPS for alert in group.alerts}
