"""The backends that keep stock: products, inventory, suppliers and orders, each with its database."""

from constructs import Construct

from kubestock.product.size import Size
from kubestock.production.services.backend import Database, DatabaseBackend, Shared
from kubestock.production.services.sizes import BACKEND_SIZE
from kubestock.values.references import SecretKey, SecretRef
from kubestock.values.value import checked
from kubestock.workload.callees import ExternalService
from kubestock.workload.image import ContainerImage

STRIPE = ExternalService(host="api.stripe.com")


class ProductService(DatabaseBackend):
    """ms-product: the catalogue."""

    NAME = "ms-product"
    PORT = 3002
    DATABASE = "product_catalog_db"

    def connect(self, *, inventory: "InventoryService") -> None:
        """Declare its calls."""
        self.calls(inventory, variable="INVENTORY_SERVICE_URL")


class InventoryService(DatabaseBackend):
    """ms-inventory: what is in stock."""

    NAME = "ms-inventory"
    PORT = 3003
    DATABASE = "inventory_db"

    def connect(self, *, product: ProductService, supplier: "SupplierService") -> None:
        """Declare its calls; the program reads the address of suppliers, and never calls them."""
        self.calls(product, variable="PRODUCT_SERVICE_URL")
        self.calls(product, variable="PRODUCT_CATALOG_SERVICE_URL")
        self.calls(supplier, variable="SUPPLIER_SERVICE_URL")
        self.mark_unused(supplier)


class SupplierService(DatabaseBackend):
    """ms-supplier: who delivers what."""

    NAME = "ms-supplier"
    PORT = 3004
    DATABASE = "supplier_db"

    def connect(self, *, product: ProductService, inventory: InventoryService) -> None:
        """Declare its calls; the program neither calls products nor reads where they are."""
        self.calls(product)
        self.mark_unused(product)
        self.calls(inventory, variable="INVENTORY_SERVICE_URL")


class OrderService(DatabaseBackend):
    """ms-order-management: orders and their payment.

    Args:
        scope: within a chart that has a namespace.
        id: of the construct.
        image: what runs.
        shared: what every backend gets.
        database: the instance.
        stripe_key: with which it takes payments; the API is reached on 443.
        size: of its pods, and how many.
        secrets: whole secrets as variables of its own. Defaults to none.
    """

    NAME = "ms-order-management"
    PORT = 3005
    DATABASE = "order_db"

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        image: ContainerImage,
        shared: Shared,
        database: Database,
        stripe_key: SecretKey,
        size: Size = BACKEND_SIZE,
        secrets: tuple[SecretRef, ...] = (),
    ) -> None:
        env = {"API_KEY_STRIPE": stripe_key}
        super().__init__(scope, id, image=image, shared=shared, database=database, size=size, env=env, secrets=secrets)
        self.calls(STRIPE)

    def connect(self, *, inventory: InventoryService, product: ProductService) -> None:
        """Declare its calls."""
        self.calls(inventory, variable="INVENTORY_SERVICE_URL")
        self.calls(product, variable="PRODUCT_SERVICE_URL")
