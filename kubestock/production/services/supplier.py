"""ms-supplier."""

from kubestock.production.bodies.suppliers import SUPPLIERS
from kubestock.production.edge import ApiRoute, MachineRoute
from kubestock.production.metrics import program_metrics
from kubestock.production.services.backend import Call, DatabaseBackend


class SupplierService(DatabaseBackend):
    """ms-supplier: suppliers and purchase orders. The program neither calls products nor reads their address."""

    NAME = "ms-supplier"
    PORT = 3004
    DATABASE = "supplier_db"
    CALLS = (
        Call("ms-product", unused=True),
        Call("ms-inventory", variables=("INVENTORY_SERVICE_URL",)),
    )
    API = ApiRoute(
        path="/api/suppliers",
        other_paths=("/api/supplier",),
        service=NAME,
        methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
        smoke_test_path="/purchase-orders",
    )
    MACHINES = MachineRoute(path="/internal/suppliers", service=NAME, methods=("GET",), callers=("ms-inventory",))
    BODIES = SUPPLIERS
    REQUESTS_PER_MINUTE = 100
    METRICS = program_metrics("supplier_service", "/purchase-orders", "/purchase-orders/stats", "/profile/me")
