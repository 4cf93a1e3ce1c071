"""ms-inventory."""

from typing import Any

from programs.express import DATABASE, Call, Program, default_metrics, known
from programs.values import changed, integer_column, joi, number, of, stored, text, text_column

POSITIVE, COUNT = number(least=1), number(least=0)
PLACE = text(100, empty=True)
STOCK = {
    "product_id": POSITIVE,
    "sku": text(10**9),
    "quantity": COUNT,
    "warehouse_location": PLACE,
    "reorder_level": COUNT,
    "max_stock_level": COUNT,
}
CHANGES = {
    "quantity": COUNT,
    "reserved_quantity": COUNT,
    "warehouse_location": text(100),
    "reorder_level": COUNT,
    "max_stock_level": COUNT,
}
ADJUSTMENT = {
    "product_id": POSITIVE,
    "sku": text(10**9),
    "movement_type": of("in", "out", "adjustment", "damaged", "expired", "returned"),
    "quantity": POSITIVE,
    "notes": text(500, empty=True),
    "performed_by": POSITIVE,
}
COLUMNS = {
    "product_id": integer_column,
    "sku": text_column(100),
    "quantity": integer_column,
    "reserved_quantity": integer_column,
    "warehouse_location": text_column(100),
    "reorder_level": integer_column,
    "max_stock_level": integer_column,
}
MOVEMENT = {"product_id": integer_column, "sku": text_column(100), "quantity": integer_column, "notes": text_column()}


def create(call: Call) -> int:
    if not joi(call.body, ("product_id", "sku"), STOCK):
        return 400
    return 201 if stored(call.body, COLUMNS) else 500


def change(call: Call) -> int:
    if not joi(call.body, (), CHANGES):
        return 400
    by = call.of.get("id", call.of.get("productId"))
    return 200 if integer_column(by) and changed(call.body, COLUMNS) else 500


def adjust(call: Call) -> int:
    if not joi(call.body, ("product_id", "sku", "movement_type", "quantity"), ADJUSTMENT):
        return 400
    return 200 if stored(call.body, MOVEMENT) else 500


def check(call: Call) -> int:
    items = call.body.get("items") if isinstance(call.body, dict) else None
    if not isinstance(items, list):
        return 400
    return 200 if all(isinstance(each, dict) and integer_column(each.get("product_id")) for each in items) else 500


def of_an_order(call: Call, *, order: str = "order_id") -> int:
    body: dict[str, Any] = call.body if isinstance(call.body, dict) else {}
    if not all(body.get(each) for each in ("product_id", "quantity", order)):
        return 400
    return 200 if all(integer_column(body[each]) for each in ("product_id", "quantity", order)) else 400


def by_id(call: Call) -> int:
    return 200 if integer_column(next(iter(call.of.values()))) else 500


def found(_: Call) -> int:
    return 200


INVENTORY = Program(
    "ms-inventory",
    metrics=default_metrics("inventory_service_", *DATABASE),
    routes=(
        ("GET /alerts", found),
        ("POST /alerts/check", known(found)),
        ("GET /alerts/reorder-suggestions", known(found)),
        ("GET /alerts/stats", found),
        ("PATCH /alerts/:id/resolve", known(lambda _: 410)),
        ("POST /bulk-check", check),
        ("POST /reserve", of_an_order),
        ("POST /release", of_an_order),
        ("POST /confirm-deduction", of_an_order),
        ("POST /return", of_an_order),
        ("POST /receive", lambda call: of_an_order(call, order="supplier_order_id")),
        ("GET /reorder-suggestions", found),
        ("GET /analytics", found),
        ("GET /history/:productId", by_id),
        ("POST /", create),
        ("GET /", found),
        ("GET /movements", found),
        ("GET /product/:productId", by_id),
        ("GET /:id", by_id),
        ("PUT /product/:productId", change),
        ("PUT /:id", change),
        ("DELETE /product/:productId", by_id),
        ("POST /adjust", adjust),
    ),
)
