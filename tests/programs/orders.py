"""ms-order-management."""

from typing import Any

from programs.express import DATABASE, Call, Program, default_metrics
from programs.values import changed, decimal_column, integer_column, stored, text_column

STATUSES = ("pending", "confirmed", "processing", "shipped", "delivered", "cancelled")
COLUMNS = {
    "customer_id": text_column(255),
    "shipping_address": text_column(),
    "payment_method": text_column(50),
    "payment_status": text_column(50),
    "notes": text_column(),
}
ITEM = {
    "product_id": integer_column,
    "sku": text_column(100),
    "product_name": text_column(255),
    "quantity": integer_column,
    "unit_price": decimal_column(8),
}
CHANGES = {"status": text_column(50), "shipping_address": text_column(), "notes": text_column()}


def create(call: Call) -> int:
    """Products are asked for each item, stock is reserved for it: what they refuse is 500 here."""
    items = call.body.get("items") if isinstance(call.body, dict) else None
    if not items or (isinstance(items, list | str) and len(items) == 0):
        return 400
    if not isinstance(items, list) or not all(map(_sold, items)):
        return 500
    return 201 if stored(call.body, COLUMNS, never_null=("shipping_address",)) else 500


def _sold(item: Any) -> bool:
    if not isinstance(item, dict) or not item.get("product_id") or not item.get("quantity"):
        return False
    return stored(item, ITEM) and int(item["quantity"]) > 0 and int(item["product_id"]) > 0


def change(call: Call) -> int:
    fits = changed(call.body, CHANGES, never_null=("shipping_address",)) and integer_column(call.of["id"])
    return 200 if fits else 500


def status(call: Call) -> int:
    known = isinstance(call.body, dict) and call.body.get("status") in STATUSES
    return 200 if known and integer_column(call.of["id"]) else 400


def by_id(call: Call) -> int:
    return 200 if integer_column(call.of["id"]) else 500


ORDERS = Program(
    "ms-order-management",
    metrics=default_metrics("order_service_", *DATABASE),
    routes=(
        ("POST /", create),
        ("GET /", lambda _: 200),
        ("GET /stats", lambda _: 200),
        ("GET /:id", by_id),
        ("PUT /:id", change),
        ("PUT /:id/status", status),
        ("DELETE /:id", by_id),
    ),
)
