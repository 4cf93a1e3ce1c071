"""The bodies of ms-supplier: purchase orders."""

from kubestock.production.bodies.fields import COUNT, DATE, amount, body, one_of, opened, optional, text

_STATUS = {"enum": ["draft", "pending", "confirmed", "preparing", "shipped", "received", "cancelled", "rejected", None]}
_TOTAL = amount(10)
_GIVEN = {"order_date": DATE, "expected_delivery_date": DATE, "status": _STATUS, "notes": optional(text())}
_WHO = {"type": ["integer", "string"], "minLength": 1, "maxLength": 255, "pattern": "^[^\\x00]*$"}
_APPROVES = {"enum": ["approved", "partially_approved"]}
_ANSWER = {"approved_quantity": optional(COUNT), "estimated_delivery_date": DATE}

SUPPLIERS = (
    body(
        "POST",
        "/purchase-orders",
        opened(["supplier_id", "total_amount"], supplier_id=_WHO, total_amount=_TOTAL, **_GIVEN),
    ),
    body(
        "PUT",
        "/purchase-orders/:id",
        one_of(
            total_amount=_TOTAL,
            actual_delivery_date=DATE,
            requested_quantity=optional(COUNT),
            supplier_response={"enum": ["pending", "approved", "rejected", "partially_approved"]},
            rejection_reason=optional(text()),
            tracking_number=optional(text(100)),
            supplier_notes=optional(text()),
            responded_at=DATE,
            **_ANSWER,
            **_GIVEN,
        ),
    ),
    body(
        "PATCH",
        "/purchase-orders/:id/respond",
        {
            **opened(["response"], rejection_reason=optional(text()), supplier_notes=optional(text())),
            "anyOf": [{"not": {"properties": {"response": _APPROVES}}}, {"properties": _ANSWER}],
        },
    ),
    body(
        "PATCH",
        "/purchase-orders/:id/ship",
        opened([], status=_STATUS, tracking_number=optional(text(100)), actual_delivery_date=DATE),
        required=False,
    ),
    body("PATCH", "/purchase-orders/:id/receive", opened([], notes=optional(text())), required=False),
)
