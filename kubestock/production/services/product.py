"""ms-product."""

from kubestock.production.bodies.products import PRODUCTS
from kubestock.production.edge import ApiRoute, MachineRoute
from kubestock.production.metrics import program_metrics
from kubestock.production.services.backend import Call, DatabaseBackend


class ProductService(DatabaseBackend):
    """ms-product: the catalogue."""

    NAME = "ms-product"
    PORT = 3002
    DATABASE = "product_catalog_db"
    CALLS = (Call("ms-inventory", variables=("INVENTORY_SERVICE_URL",)),)
    API = ApiRoute(
        path="/api/products",
        other_paths=("/api/product",),
        service=NAME,
        methods=("GET", "POST", "PUT", "DELETE"),
    )
    MACHINES = MachineRoute(
        path="/internal/products",
        service=NAME,
        methods=("GET", "POST"),
        callers=("ms-inventory", "ms-supplier", "ms-order-management"),
    )
    BODIES = PRODUCTS
    REQUESTS_PER_MINUTE = 200
    METRICS = program_metrics(
        "product_catalog_service",
        "/batch",
        "/api/products/batch",
        "/bulk-approve",
        "/pending-approvals",
        "/categories",
        "/pricing/calculate",
        "/pricing/calculate-bundle",
        "/pricing/compare",
        "/pricing/rules",
        "/lifecycle/pending-approvals",
        "/lifecycle/bulk-approve",
        "/lifecycle/lifecycle-stats",
    )
