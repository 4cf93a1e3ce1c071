"""ms-inventory."""

from kubestock.production.bodies.inventory import INVENTORY
from kubestock.production.edge import ApiRoute, MachineRoute
from kubestock.production.metrics import program_metrics
from kubestock.production.services.backend import Call, DatabaseBackend

# Other backends call it with the prefix of the gateway as well.
_OF_PEERS = tuple(
    f"{prefix}/{each}"
    for prefix in ("", "/api/inventory")
    for each in ("bulk-check", "reserve", "release", "confirm-deduction", "return", "adjust")
)


class InventoryService(DatabaseBackend):
    """ms-inventory: the stock. The program reads the address of suppliers, but never calls them."""

    NAME = "ms-inventory"
    PORT = 3003
    DATABASE = "inventory_db"
    CALLS = (
        Call("ms-product", variables=("PRODUCT_SERVICE_URL", "PRODUCT_CATALOG_SERVICE_URL")),
        Call("ms-supplier", variables=("SUPPLIER_SERVICE_URL",), unused=True),
    )
    API = ApiRoute(path="/api/inventory", service=NAME, methods=("GET", "POST", "PUT", "DELETE"))
    MACHINES = MachineRoute(
        path="/internal/inventory",
        service=NAME,
        methods=("GET", "POST"),
        callers=("ms-product", "ms-supplier", "ms-order-management"),
    )
    BODIES = INVENTORY
    REQUESTS_PER_MINUTE = 200
    METRICS = program_metrics(
        "inventory_service",
        "/movements",
        "/analytics",
        "/reorder-suggestions",
        "/receive",
        "/alerts",
        "/alerts/check",
        "/alerts/stats",
        *_OF_PEERS,
    )
