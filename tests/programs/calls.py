"""What the web page and the peers call, and bodies that the programs refuse."""

from dataclasses import dataclass
from typing import Any

PATHS = {
    "ms-product": ("/api/product", "/api/products"),
    "ms-inventory": ("/api/inventory",),
    "ms-supplier": ("/api/supplier", "/api/suppliers"),
    "ms-order-management": ("/api/order", "/api/orders"),
    "ms-identity": ("/api/identity", "/api/users"),
}
"""Where the page finds each program, and where the person who asked named it."""

INTERNAL = {"ms-product": "/internal/products", "ms-inventory": "/internal/inventory"}


@dataclass(frozen=True, kw_only=True)
class PageCall:
    """A call of the page: its path below that of the program, its body, and whether the program serves it.

    `fault` says what the program lacks.
    """

    to: str
    method: str
    path: str
    body: Any = None
    fault: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.to}{self.path}"


def _calls(to: str, *calls: tuple[Any, ...]) -> list[PageCall]:
    return [PageCall(to=to, method=each[0], path=each[1], **(each[2] if len(each) > 2 else {})) for each in calls]


ORDER = {
    "customer_id": 12,
    "total_amount": 19.98,
    "shipping_address": "12 Galle Road, Colombo 03",
    "payment_method": "credit_card",
    "payment_status": "pending",
    "notes": "",
    "items": [{"product_id": 7, "sku": "EL-2025-0001", "product_name": "A lamp", "quantity": 2, "unit_price": 9.99}],
}
LEVELS = {"quantity": 0, "warehouse_location": "", "reorder_level": 20, "max_stock_level": 500}
STOCK = {"product_id": 7, "sku": "EL-2025-0001", **LEVELS}
ADJUSTMENT = {"product_id": 7, "sku": "EL-2025-0001", "movement_type": "in", "quantity": 5}
RESERVATION = {"product_id": 7, "quantity": 2, "order_id": 3}
PRODUCT = {"sku": "EL-2025-0001", "name": "A lamp", "unit_price": 9.99, "description": "", "size": "", "color": ""}
DRAFT = {"name": "A lamp", "unit_price": 9.99, "category_id": 1, "size": "", "color": "", "created_by": "u-1"}
STEP = {"userId": "3f2c", "notes": "approve by admin"}
PURCHASE = {
    "supplier_id": "3f2c-11",
    "order_date": "2025-12-01",
    "expected_delivery_date": "2025-12-09",
    "total_amount": 120.5,
    "status": "pending",
    "notes": "",
}
ANSWER = {
    "response": "approved",
    "approved_quantity": None,
    "rejection_reason": "",
    "estimated_delivery_date": "2025-12-24",
    "supplier_notes": "",
}
PERSON = {"email": "ann@example.com", "firstName": "Ann", "lastName": "Perera", "phone": ""}
NO_SUPPLIERS = "suppliers live at the identity provider, and ms-supplier has no path for them"
NO_PATH = "the program has no such path"
PAGE = [
    *_calls(
        "ms-product",
        ("GET", "/health"),
        ("GET", ""),
        ("GET", "/7"),
        ("GET", "/sku/EL-2025-0001"),
        ("POST", "/batch", {"body": {"ids": [7, 8]}}),
        ("GET", "/search?q=lamp", {"fault": "the program takes search for the id of a product, which is no number"}),
        ("POST", "", {"body": PRODUCT}),
        ("PUT", "/7", {"body": {**PRODUCT, "category_id": None}}),
        ("DELETE", "/7"),
        ("GET", "/categories"),
        ("GET", "/categories/1"),
        ("POST", "/categories", {"body": {"name": "Lamps", "description": ""}}),
        ("PUT", "/categories/1", {"body": {"name": "Lamps", "description": ""}}),
        ("DELETE", "/categories/1"),
        ("POST", "/pricing/calculate", {"body": {"productId": 7, "quantity": 2, "customerId": None}}),
        (
            "POST",
            "/pricing/calculate",
            {"body": {"product_id": 7, "quantity": 2, "customer_id": 1}, "fault": "the program reads productId"},
        ),
        (
            "POST",
            "/pricing/calculate-bundle",
            {"body": {"items": [{"productId": 7, "quantity": 1, "customerId": None}]}},
        ),
        ("GET", "/lifecycle/active", {"fault": NO_PATH}),
        ("GET", "/lifecycle/lifecycle-stats"),
        ("GET", "/lifecycle/pending-approvals"),
        ("POST", "/lifecycle", {"body": DRAFT}),
        ("POST", "/lifecycle/7/submit-for-approval", {"body": STEP}),
        ("POST", "/lifecycle/7/approve", {"body": STEP}),
        ("POST", "/lifecycle/7/approve"),
        ("POST", "/lifecycle/7/activate", {"body": STEP}),
        ("POST", "/lifecycle/7/discontinue", {"body": STEP}),
        ("POST", "/lifecycle/7/archive", {"body": STEP}),
        ("POST", "/lifecycle/7/reject", {"body": {"reason": "no"}, "fault": NO_PATH}),
        ("GET", "/lifecycle/7/lifecycle-history"),
        ("GET", "/my-ratings", {"fault": "the program takes my-ratings for the id of a product, which is no number"}),
        ("POST", "/7/rate", {"body": {"rating": 5, "review": ""}, "fault": NO_PATH}),
    ),
    *_calls(
        "ms-inventory",
        ("GET", "/health"),
        ("GET", ""),
        ("GET", "/product/7"),
        ("GET", "/sku/EL-2025-0001", {"fault": NO_PATH}),
        ("POST", "", {"body": STOCK}),
        ("PUT", "/4", {"body": {**LEVELS, "warehouse_location": "A-1"}}),
        ("POST", "/adjust", {"body": ADJUSTMENT}),
        ("GET", "/movements?product_id=7"),
        ("POST", "/reserve", {"body": RESERVATION}),
        ("POST", "/release", {"body": RESERVATION}),
        ("GET", "/alerts"),
        ("GET", "/alerts/stats"),
        ("POST", "/alerts/check"),
        ("POST", "/alerts/4/acknowledge", {"fault": NO_PATH}),
        ("GET", "/alerts/reorder-suggestions"),
        ("POST", "/bulk-check", {"body": {"items": [{"product_id": 7, "quantity": 2}]}}),
        ("GET", "/analytics"),
    ),
    *_calls(
        "ms-supplier",
        ("GET", "/health"),
        ("GET", "", {"fault": NO_SUPPLIERS}),
        ("GET", "/3", {"fault": NO_SUPPLIERS}),
        ("POST", "", {"body": {"name": "Lamps Ltd"}, "fault": NO_SUPPLIERS}),
        ("PUT", "/3", {"body": {"name": "Lamps Ltd"}, "fault": NO_SUPPLIERS}),
        ("DELETE", "/3", {"fault": NO_SUPPLIERS}),
        ("GET", "/profile/me", {"fault": NO_SUPPLIERS}),
        ("PUT", "/profile/me", {"body": {"phone": "011"}, "fault": NO_SUPPLIERS}),
        ("GET", "/purchase-orders?status=pending"),
        ("GET", "/purchase-orders/5"),
        ("POST", "/purchase-orders", {"body": PURCHASE}),
        ("PUT", "/purchase-orders/5", {"body": {**PURCHASE, "total_amount": 99}}),
        ("DELETE", "/purchase-orders/5"),
        ("PATCH", "/purchase-orders/5/status", {"body": {"status": "cancelled"}}),
        ("PATCH", "/purchase-orders/5/receive", {"body": {"notes": "Shipment received by warehouse"}}),
        ("PATCH", "/purchase-orders/5/respond", {"body": ANSWER}),
        ("PATCH", "/purchase-orders/5/ship", {"body": {"tracking_number": "", "status": "shipped"}}),
        ("GET", "/purchase-orders/supplier/3f2c/pending"),
        ("POST", "/purchase-orders/5/supplier-response", {"body": {"response_status": "approved"}, "fault": NO_PATH}),
        ("GET", "/ratings/3", {"fault": NO_PATH}),
        ("POST", "/ratings/3", {"body": {"rating": 5}, "fault": NO_PATH}),
    ),
    *_calls(
        "ms-order-management",
        ("GET", "/health"),
        ("GET", "?status=pending"),
        ("GET", "/7"),
        ("POST", "", {"body": ORDER}),
        ("PUT", "/7/status", {"body": {"status": "shipped"}}),
        ("POST", "/7/cancel", {"body": {}, "fault": NO_PATH}),
        ("GET", "/7/items", {"fault": NO_PATH}),
        ("GET", "/stats"),
    ),
    *_calls(
        "ms-identity",
        ("GET", "/health"),
        ("GET", "/suppliers"),
        ("POST", "/suppliers", {"body": PERSON}),
        ("GET", "/staff"),
        ("POST", "/staff", {"body": PERSON}),
        ("GET", "/users/3f2c"),
        ("DELETE", "/users/3f2c"),
        ("GET", "/groups"),
    ),
]


@dataclass(frozen=True, kw_only=True)
class PeerCall:
    """A call from one program to another one."""

    by: str
    to: str
    method: str
    path: str
    body: Any = None
    fault: str = ""

    def __str__(self) -> str:
        return f"{self.by}: {self.method} {self.to}{self.path}"


NEW_STOCK = {**STOCK, "warehouse_location": "DEFAULT", "reorder_level": 10, "max_stock_level": 1000}
PEERS = [
    PeerCall(by="ms-order-management", to="ms-product", method="GET", path="/7"),
    PeerCall(
        by="ms-order-management",
        to="ms-inventory",
        method="POST",
        path="/bulk-check",
        body={"items": [{"product_id": 7, "sku": "EL-2025-0001", "quantity": 2}]},
    ),
    *(
        PeerCall(by="ms-order-management", to="ms-inventory", method="POST", path=path, body=RESERVATION)
        for path in ("/reserve", "/confirm-deduction", "/release", "/return")
    ),
    PeerCall(by="ms-product", to="ms-inventory", method="GET", path="/product/7"),
    PeerCall(by="ms-product", to="ms-inventory", method="POST", path="", body=NEW_STOCK),
    PeerCall(by="ms-inventory", to="ms-product", method="GET", path="/7"),
    PeerCall(by="ms-inventory", to="ms-product", method="GET", path="/sku/EL-2025-0001"),
    PeerCall(by="ms-inventory", to="ms-product", method="POST", path="/batch", body={"ids": [7, 8]}),
    PeerCall(
        by="ms-supplier",
        to="ms-inventory",
        method="POST",
        path="/api/inventory/adjust",
        body={**ADJUSTMENT, "notes": "Received from PO 5"},
        fault="ms-inventory serves /adjust",
    ),
]
