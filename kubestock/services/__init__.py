"""KubeStock's own services: each says only what is its own."""

from kubestock.services.backend import Backend, Database, DatabaseBackend, Shared
from kubestock.services.catalogue import InventoryService, OrderService, ProductService, SupplierService
from kubestock.services.frontend import Frontend
from kubestock.services.identity import IdentityProvider, IdentityService
from kubestock.services.size import BACKEND_SIZE, FRONTEND_SIZE, Size

__all__ = [
    "BACKEND_SIZE",
    "FRONTEND_SIZE",
    "Backend",
    "Database",
    "DatabaseBackend",
    "Frontend",
    "IdentityProvider",
    "IdentityService",
    "InventoryService",
    "OrderService",
    "ProductService",
    "Shared",
    "Size",
    "SupplierService",
]
