"""KubeStock's own services: each says only what is its own."""

from kubestock.services.backend import Backend, Database, DatabaseBackend, Shared
from kubestock.services.catalogue import InventoryService, OrderService, ProductService, SupplierService
from kubestock.services.connections import ConnectionLimit, PoolDemand
from kubestock.services.frontend import Frontend
from kubestock.services.identity import Groups, IdentityProvider, IdentityService
from kubestock.services.nginx import PageConfig, StaticSite
from kubestock.services.single_page import SinglePageApplication
from kubestock.services.size import BACKEND_SIZE, FRONTEND_SIZE, Size

__all__ = [
    "BACKEND_SIZE",
    "FRONTEND_SIZE",
    "Backend",
    "ConnectionLimit",
    "Database",
    "DatabaseBackend",
    "Frontend",
    "Groups",
    "IdentityProvider",
    "IdentityService",
    "InventoryService",
    "OrderService",
    "PageConfig",
    "PoolDemand",
    "ProductService",
    "Shared",
    "SinglePageApplication",
    "Size",
    "StaticSite",
    "SupplierService",
]
