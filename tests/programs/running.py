"""The programs by the names of their workloads."""

from programs.express import Asked, Reply
from programs.identity import IDENTITY
from programs.inventory import INVENTORY
from programs.orders import ORDERS
from programs.product import PRODUCT
from programs.supplier import SUPPLIER

BACKENDS = {each.name: each for each in (PRODUCT, INVENTORY, SUPPLIER, ORDERS, IDENTITY)}
NGINX = {"Server": "nginx", "X-Frame-Options": "SAMEORIGIN", "X-Content-Type-Options": "nosniff"}


def answer(service: str, asked: Asked) -> Reply:
    """What a workload answers; the frontend has a page for every path."""
    return BACKENDS[service].answer(asked) if service in BACKENDS else Reply(status=200, headers=NGINX)
