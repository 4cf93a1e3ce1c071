"""ms-order-management."""

from types import MappingProxyType

from kubestock.production.bodies.orders import ORDERS
from kubestock.production.edge import ApiRoute
from kubestock.production.metrics import program_metrics
from kubestock.production.services.backend import Call, DatabaseBackend
from kubestock.workload.callees import ExternalService


class OrderService(DatabaseBackend):
    """ms-order-management: orders and their payment, with Stripe."""

    NAME = "ms-order-management"
    PORT = 3005
    DATABASE = "order_db"
    SECRETS = MappingProxyType({"stripe": ("API_KEY_STRIPE",)})
    OUTSIDE = (ExternalService(host="api.stripe.com"),)
    CALLS = (
        Call("ms-inventory", variables=("INVENTORY_SERVICE_URL",)),
        Call("ms-product", variables=("PRODUCT_SERVICE_URL",)),
    )
    API = ApiRoute(
        path="/api/orders",
        other_paths=("/api/order",),
        service=NAME,
        methods=("GET", "POST", "PUT", "DELETE"),
    )
    BODIES = ORDERS
    REQUESTS_PER_MINUTE = 150
    METRICS = program_metrics("order_service", "/stats")
