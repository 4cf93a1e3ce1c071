"""The bodies of ms-inventory."""

from kubestock.production.bodies.fields import COUNT, ID, JSON_OBJECT, body, closed, listed, opened, optional, text

_LEVELS = {"quantity": COUNT, "warehouse_location": text(100), "reorder_level": COUNT, "max_stock_level": COUNT}
_SKU = text(100, shortest=1)
_STOCK = closed(["product_id", "sku"], product_id=ID, sku=_SKU, **_LEVELS)
_CHANGE = {**closed([], reserved_quantity=COUNT, **_LEVELS), "minProperties": 1}
_MOVEMENTS = ["in", "out", "adjustment", "damaged", "expired", "returned"]
_ADJUSTMENT = closed(
    ["product_id", "sku", "movement_type", "quantity"],
    product_id=ID,
    sku=_SKU,
    movement_type={"enum": _MOVEMENTS},
    quantity=ID,
    notes=text(500),
    performed_by=ID,
)
_OF_AN_ORDER = opened(["product_id", "quantity"], product_id=ID, quantity=ID, order_id=ID)
_DELIVERY = opened(
    ["product_id", "quantity"],
    product_id=ID,
    quantity=ID,
    supplier_order_id=ID,
    notes=optional(text()),
)
_CHECKED = {**JSON_OBJECT, "properties": {"product_id": ID, "quantity": COUNT}}

INVENTORY = (
    body("POST", "/", _STOCK),
    body("PUT", "/:id", _CHANGE),
    body("PUT", "/product/:productId", _CHANGE),
    body("POST", "/adjust", _ADJUSTMENT),
    body("POST", "/bulk-check", opened(["items"], items=listed(_CHECKED, fewest=0))),
    body("POST", "/reserve", _OF_AN_ORDER),
    body("POST", "/release", _OF_AN_ORDER),
    body("POST", "/confirm-deduction", _OF_AN_ORDER),
    body("POST", "/return", _OF_AN_ORDER),
    body("POST", "/receive", _DELIVERY),
)
