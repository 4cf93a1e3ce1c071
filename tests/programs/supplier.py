"""ms-supplier: suppliers themselves live at the identity provider, and no table holds its ratings."""

from programs.express import DATABASE, Call, Program, default_metrics, known
from programs.values import changed, date_column, decimal_column, integer_column, of, stored, text_column

STATUSES = ("draft", "pending", "confirmed", "preparing", "shipped", "received", "cancelled", "rejected")
COLUMNS = {
    "supplier_id": text_column(255),
    "total_amount": decimal_column(10),
    "order_date": date_column,
    "expected_delivery_date": date_column,
    "status": of(*STATUSES, None),
    "notes": text_column(),
}
CHANGES = {
    **{name: takes for name, takes in COLUMNS.items() if name != "supplier_id"},
    "actual_delivery_date": date_column,
    "supplier_response": of("pending", "approved", "rejected", "partially_approved"),
    "requested_quantity": integer_column,
    "approved_quantity": integer_column,
    "rejection_reason": text_column(),
    "estimated_delivery_date": date_column,
    "tracking_number": text_column(100),
    "supplier_notes": text_column(),
    "responded_at": date_column,
}


def create(call: Call) -> int:
    fits = isinstance(call.body, dict) and stored(call.body, COLUMNS, never_null=("supplier_id", "total_amount"))
    return 201 if fits else 500


def change(call: Call) -> int:
    fits = integer_column(call.of["id"]) and changed(call.body, CHANGES, never_null=("total_amount",))
    return 200 if fits else 500


def status(call: Call) -> int:
    wanted = call.body.get("status") if isinstance(call.body, dict) else None
    if wanted not in ("pending", "approved", "ordered", "received", "cancelled"):
        return 400
    return 200 if wanted in STATUSES else 500


def respond(call: Call) -> int:
    body = call.body if isinstance(call.body, dict) else {}
    response = body.get("response")
    if response not in ("approved", "rejected", "partially_approved"):
        return 400
    names = ["supplier_notes", *(["rejection_reason"] if response == "rejected" else [])]
    names += [] if response == "rejected" else ["approved_quantity", "estimated_delivery_date"]
    return 200 if stored(body, {name: CHANGES[name] for name in names}) else 500


def ship(call: Call) -> int:
    body = call.body if isinstance(call.body, dict) else {}
    row = {"status": body.get("status")}
    row |= {name: body[name] for name in ("tracking_number", "actual_delivery_date") if body.get(name)}
    return 200 if stored(row, {name: CHANGES[name] for name in row}) else 500


def receive(call: Call) -> int:
    return 200 if text_column()(call.body.get("notes") if isinstance(call.body, dict) else None) else 500


def by_id(call: Call) -> int:
    return 200 if integer_column(call.of["id"]) else 500


def no_table(_: Call) -> int:
    return 500


SUPPLIER = Program(
    "ms-supplier",
    metrics=default_metrics("supplier_service_", *DATABASE),
    routes=(
        ("POST /ratings/:supplier/ratings", known(no_table)),
        ("GET /ratings/:supplier/ratings", known(no_table)),
        ("GET /ratings/:supplier/rating-stats", known(no_table)),
        ("PUT /ratings/ratings/:id", known(no_table)),
        ("DELETE /ratings/ratings/:id", known(no_table)),
        ("POST /purchase-orders", create),
        ("GET /purchase-orders", lambda _: 200),
        ("GET /purchase-orders/stats", lambda _: 200),
        ("GET /purchase-orders/supplier/:supplier/pending", lambda _: 200),
        ("GET /purchase-orders/:id", by_id),
        ("PUT /purchase-orders/:id", change),
        ("PATCH /purchase-orders/:id/status", status),
        ("PATCH /purchase-orders/:id/respond", known(respond)),
        ("PATCH /purchase-orders/:id/ship", known(ship)),
        ("PATCH /purchase-orders/:id/receive", known(receive)),
        ("DELETE /purchase-orders/:id", by_id),
    ),
)
