"""KubeStock's own services: each says only what is its own."""

from kubestock.production.services.backend import Backend, Database, DatabaseBackend, Shared
from kubestock.production.services.catalogue import InventoryService, OrderService, ProductService, SupplierService
from kubestock.production.services.frontend import Frontend
from kubestock.production.services.identity import Groups, IdentityProvider, IdentityService
from kubestock.production.services.sizes import BACKEND_SIZE, FRONTEND_SIZE

__all__ = [
    "BACKEND_SIZE",
    "FRONTEND_SIZE",
    "Backend",
    "Database",
    "DatabaseBackend",
    "Frontend",
    "Groups",
    "IdentityProvider",
    "IdentityService",
    "InventoryService",
    "OrderService",
    "ProductService",
    "Shared",
    "SupplierService",
]
