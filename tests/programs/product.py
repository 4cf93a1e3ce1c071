"""ms-product."""

from typing import Any

from programs.express import DATABASE, Call, Program, default_metrics, of
from programs.values import (
    boolean_column,
    changed,
    date_column,
    decimal_column,
    integer_column,
    joi,
    number,
    stored,
    text,
    text_column,
)

STATES = ("draft", "pending_approval", "approved", "active", "discontinued", "archived")
FIELDS = {
    "sku": text(50, shortest=2),
    "name": text(200, shortest=2),
    "description": text(1000, empty=True),
    "category_id": number(least=1),
    "size": text(20, empty=True),
    "color": text(50, empty=True),
    "unit_price": lambda value: number(least=0, whole=False)(value) and float(value) > 0,
    "attributes": lambda value: isinstance(value, dict),
}
CHANGES = {
    **FIELDS,
    "category_id": lambda value: value is None or number(least=1)(value),
    "is_active": lambda value: isinstance(value, bool) or value in ("true", "false"),
}
COLUMNS = {
    "sku": text_column(100),
    "name": text_column(255),
    "description": text_column(),
    "category_id": integer_column,
    "size": text_column(50),
    "color": text_column(50),
    "unit_price": decimal_column(8),
    "is_active": boolean_column,
}
CATEGORY = {"name": text(100, shortest=2), "description": text(500, empty=True)}
RULE = {
    "rule_name": text_column(255),
    "discount_percentage": decimal_column(3),
    "min_quantity": integer_column,
    "valid_from": date_column,
    "valid_until": date_column,
    "is_active": boolean_column,
}
NEW_RULE = {**RULE, "rule_type": text_column(50), "product_id": integer_column, "category_id": integer_column}
admin, staff = of("admin"), of("admin", "warehouse_staff")


def asked_by_id(call: Call) -> int:
    return 200 if integer_column(call.of["id"]) else 500


def create(call: Call) -> int:
    if not joi(call.body, ("sku", "name", "unit_price"), FIELDS):
        return 400
    return 201 if stored(call.body, COLUMNS) else 500


def change(call: Call) -> int:
    if not joi(call.body, (), CHANGES):
        return 400
    return 200 if changed(call.body, COLUMNS) and integer_column(call.of["id"]) else 500


def batch(call: Call) -> int:
    ids = call.body.get("ids") if isinstance(call.body, dict) else None
    if not joi(call.body, ("ids",), {"ids": lambda value: isinstance(value, list)}) or not ids:
        return 400
    if not all(map(number(least=1), ids)):
        return 400
    return 200 if all(map(integer_column, ids)) else 500


def category(call: Call, *, required: tuple[str, ...], made: int) -> int:
    if not joi(call.body, required, CATEGORY):
        return 400
    return made if stored(call.body, {name: text_column() for name in CATEGORY}) else 500


def priced(item: Any) -> bool:
    if not isinstance(item, dict) or not item.get("productId"):
        return False
    return integer_column(item["productId"]) and integer_column(item.get("quantity"))


def calculate(call: Call) -> int:
    if not isinstance(call.body, dict) or not call.body.get("productId"):
        return 400
    return 200 if priced(call.body) else 500


def bundle(call: Call) -> int:
    items = call.body.get("items") if isinstance(call.body, dict) else None
    if not isinstance(items, list) or not items:
        return 400
    return 200 if all(map(priced, items)) else 500


def compare(call: Call) -> int:
    prices = call.body.get("competitorPrices", []) if isinstance(call.body, dict) else []
    status = calculate(call)
    return status if status != 200 or (isinstance(prices, list) and None not in prices) else 500


def rule(call: Call) -> int:
    wanted = ("rule_name", "rule_type", "discount_percentage")
    if not isinstance(call.body, dict) or not all(call.body.get(each) for each in wanted):
        return 400
    return 201 if stored(call.body, NEW_RULE) else 500


def draft(call: Call) -> int:
    body = call.body
    if not isinstance(body, dict) or not body.get("name") or not body.get("category_id"):
        return 400
    columns = {name: takes for name, takes in COLUMNS.items() if name != "is_active"}
    return 201 if stored({"sku": "GEN-1", **body}, columns, never_null=("unit_price",)) and _known(body) else 500


def _known(body: dict[str, Any]) -> bool:
    return text_column(255)(body.get("created_by"))


def transition(call: Call) -> int:
    if not isinstance(call.body, dict) or call.body.get("newState") not in STATES:
        return 400
    return step(call)


def step(call: Call) -> int:
    body = call.body if isinstance(call.body, dict) else {}
    fits = text_column(255)(body.get("userId")) and text_column()(body.get("notes"))
    return 200 if fits and integer_column(call.of["id"]) else 500


def bulk(call: Call) -> int:
    ids = call.body.get("productIds") if isinstance(call.body, dict) else None
    return 200 if isinstance(ids, list) and ids else 400


def found(_: Call) -> int:
    return 200


PRODUCT = Program(
    "ms-product",
    metrics=default_metrics("product_catalog_service_", *DATABASE),
    routes=(
        ("POST /pricing/calculate", staff(calculate)),
        ("POST /pricing/calculate-bundle", staff(bundle)),
        ("POST /pricing/compare", staff(compare)),
        ("GET /pricing/rules", staff(found)),
        ("POST /pricing/rules", admin(rule)),
        ("PUT /pricing/rules/:id", admin(lambda call: 200 if changed(call.body, RULE) else 500)),
        ("GET /pricing/history/:id", staff(asked_by_id)),
        ("POST /lifecycle", staff(draft)),
        ("POST /lifecycle/:id/transition", admin(transition)),
        ("GET /lifecycle/pending-approvals", admin(found)),
        ("POST /lifecycle/:id/submit-for-approval", staff(step)),
        ("POST /lifecycle/:id/approve", admin(step)),
        ("POST /lifecycle/bulk-approve", admin(bulk)),
        ("POST /lifecycle/:id/activate", admin(step)),
        ("POST /lifecycle/:id/discontinue", admin(step)),
        ("POST /lifecycle/:id/archive", admin(step)),
        ("GET /lifecycle/by-state/:state", found),
        ("GET /lifecycle/:id/lifecycle-history", asked_by_id),
        ("GET /lifecycle/lifecycle-stats", admin(found)),
        ("POST /categories", lambda call: category(call, required=("name",), made=201)),
        ("GET /categories", found),
        ("GET /categories/:id", asked_by_id),
        ("PUT /categories/:id", lambda call: category(call, required=(), made=200)),
        ("DELETE /categories/:id", asked_by_id),
        ("POST /", create),
        ("GET /", found),
        ("GET /:id", asked_by_id),
        ("GET /sku/:sku", found),
        ("PUT /:id", change),
        ("DELETE /:id", asked_by_id),
        ("POST /batch", batch),
    ),
)
