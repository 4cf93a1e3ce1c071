"""The bodies of ms-order-management."""

from kubestock.production.bodies.fields import ID, amount, body, listed, one_of, opened, optional, text

_ITEM = opened(
    ["product_id", "quantity"],
    product_id=ID,
    sku=optional(text(100)),
    product_name=optional(text(255)),
    quantity=ID,
    unit_price=optional(amount(8)),
)
_ORDER = opened(
    ["items", "shipping_address"],
    customer_id={"type": ["number", "string", "null"], "maxLength": 255, "pattern": "^[^\\x00]*$"},
    shipping_address=text(),
    payment_method=optional(text(50)),
    payment_status=optional(text(50)),
    notes=optional(text()),
    items=listed(_ITEM),
)
_STATUSES = ["pending", "confirmed", "processing", "shipped", "delivered", "cancelled"]

ORDERS = (
    body("POST", "/", _ORDER),
    body("PUT", "/:id", one_of(status=optional(text(50)), shipping_address=text(), notes=optional(text()))),
    body("PUT", "/:id/status", opened(["status"], status={"enum": _STATUSES})),
)
