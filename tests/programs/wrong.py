"""Bodies that a program refuses, or that its database does."""

from collections.abc import Iterator
from typing import Any

from programs.calls import ADJUSTMENT, DRAFT, ORDER, PERSON, PRODUCT, PURCHASE, RESERVATION, STEP, STOCK

ITEM = ORDER["items"][0] if isinstance(ORDER["items"], list) else {}
TOO_LARGE, LONG = 2**31, "x" * 101
Changed = tuple[str, str, str, dict[str, Any], dict[str, list[Any]]]
OF_AN_ORDER: dict[str, list[Any]] = {"product_id": [None, "x"], "quantity": [0, {}], "order_id": ["x"]}
OF_A_PERSON: dict[str, list[Any]] = {"email": [None, "", "ann", 7], "firstName": [None, "", 7, {}]}
OF_AN_ITEM: dict[str, list[Any]] = {
    "product_id": [None, "x", 1.5, TOO_LARGE],
    "quantity": [None, 0, "x", 1.5],
    "sku": [LONG],
    "unit_price": [10**8],
    "product_name": ["x" * 256],
}
CHANGED: list[Changed] = [
    (
        "ms-order-management",
        "POST",
        "",
        ORDER,
        {
            "items": [None, [], {}, "7", 7, [None], [7], [{}], {"length": 1}],
            "shipping_address": [None, "a\x00b"],
            "payment_method": ["x" * 51],
            "payment_status": ["x" * 51],
            "customer_id": ["x" * 256],
            "notes": ["\x00"],
        },
    ),
    ("ms-order-management", "PUT", "/7", {"notes": "x"}, {"status": ["x" * 51], "shipping_address": [None]}),
    ("ms-order-management", "PUT", "/7/status", {"status": "shipped"}, {"status": [None, "lost", 7, [], {}]}),
    (
        "ms-inventory",
        "POST",
        "",
        STOCK,
        {
            "product_id": [None, 0, -1, "x", 1.5, TOO_LARGE, str(TOO_LARGE), [], True],
            "sku": [None, "", LONG, 7, "\x00"],
            "quantity": [-1, "x", 1.5, None, TOO_LARGE, {}],
            "warehouse_location": [LONG, 7, None],
            "reorder_level": [-1, TOO_LARGE],
            "location": ["A-1"],
        },
    ),
    (
        "ms-inventory",
        "PUT",
        "/4",
        {"quantity": 4},
        {"quantity": [-1, TOO_LARGE], "reserved_quantity": [-1, "x"], "id": [4]},
    ),
    ("ms-inventory", "PUT", "/product/7", {"quantity": 4}, {"quantity": [None, 0.5], "sku": ["x"]}),
    (
        "ms-inventory",
        "POST",
        "/adjust",
        ADJUSTMENT,
        {
            "movement_type": [None, "lost"],
            "quantity": [0, TOO_LARGE],
            "sku": [LONG],
            "notes": ["x" * 501],
            "by": [1],
        },
    ),
    ("ms-inventory", "POST", "/bulk-check", {"items": []}, {"items": [None, {}, "x", [None], [{"product_id": "x"}]]}),
    *(
        ("ms-inventory", "POST", path, RESERVATION, OF_AN_ORDER)
        for path in ("/reserve", "/release", "/confirm-deduction", "/return")
    ),
    (
        "ms-inventory",
        "POST",
        "/receive",
        {"product_id": 7, "quantity": 2, "supplier_order_id": 5},
        {"quantity": ["x", None]},
    ),
    (
        "ms-product",
        "POST",
        "",
        PRODUCT,
        {
            "sku": [None, "x", "x" * 51, "\x00\x00"],
            "name": [None, "x", "x" * 201],
            "unit_price": [None, 0, -1, "x", 10**8, {}, "0.00"],
            "category_id": [0, "x", TOO_LARGE, None],
            "attributes": ["x", []],
            "lifecycle_state": ["active"],
        },
    ),
    ("ms-product", "PUT", "/7", {"name": "A lamp"}, {"unit_price": [0, 10**8], "is_active": ["x", 7], "id": [7]}),
    ("ms-product", "POST", "/batch", {"ids": [7]}, {"ids": [None, [], ["x"], [0], [TOO_LARGE], "7"], "all": [True]}),
    ("ms-product", "POST", "/categories", {"name": "Lamps"}, {"name": [None, "x", "x" * 101], "code": ["LMP"]}),
    ("ms-product", "PUT", "/categories/1", {"name": "Lamps"}, {"description": ["x" * 501, 7, "\x00"]}),
    ("ms-product", "POST", "/pricing/calculate", {"productId": 7}, {"productId": ["x", TOO_LARGE], "quantity": [1.5]}),
    ("ms-product", "POST", "/pricing/calculate-bundle", {"items": [{"productId": 7}]}, {"items": [[], [None], [{}]]}),
    ("ms-product", "POST", "/pricing/compare", {"productId": 7}, {"competitorPrices": [None, "x", [None]]}),
    (
        "ms-product",
        "POST",
        "/pricing/rules",
        {"rule_name": "Ten", "rule_type": "bulk", "discount_percentage": 10},
        {"rule_name": [None, "x" * 256], "discount_percentage": [1000, "x"], "valid_from": ["soon", "2025-13-01"]},
    ),
    ("ms-product", "PUT", "/pricing/rules/1", {"min_quantity": 2}, {"min_quantity": ["x"], "is_active": ["x"]}),
    (
        "ms-product",
        "POST",
        "/lifecycle",
        DRAFT,
        {"name": [None, "x" * 256], "unit_price": [None, "x", 10**8], "size": ["x" * 51], "category_id": ["x"]},
    ),
    ("ms-product", "POST", "/lifecycle/7/approve", STEP, {"userId": ["x" * 256], "notes": ["\x00"]}),
    ("ms-product", "POST", "/lifecycle/7/transition", {"newState": "active"}, {"newState": [None, "lost"]}),
    (
        "ms-supplier",
        "POST",
        "/purchase-orders",
        PURCHASE,
        {
            "supplier_id": [None, "x" * 256],
            "total_amount": [None, "x", 10**10],
            "order_date": ["soon", "2025-02-30T"],
            "expected_delivery_date": ["", "2025-00-01"],
            "status": ["lost", "approved"],
        },
    ),
    ("ms-supplier", "PUT", "/purchase-orders/5", {"notes": "x"}, {"status": ["lost"], "total_amount": [None]}),
    (
        "ms-supplier",
        "PATCH",
        "/purchase-orders/5/respond",
        {"response": "approved"},
        {"response": [None, "maybe"], "approved_quantity": ["x"], "estimated_delivery_date": [""]},
    ),
    ("ms-supplier", "PATCH", "/purchase-orders/5/ship", {"status": "shipped"}, {"status": ["lost"]}),
    *(("ms-identity", "POST", path, PERSON, OF_A_PERSON) for path in ("/suppliers", "/staff")),
]


def wrong() -> Iterator[tuple[str, str, str, Any]]:
    """Each right body with one field wrong, or without a field that must be there; the whole as something else."""
    for to, method, path, right, fields in CHANGED:
        for whole in ("[]", "null", "7", '"x"', "{", "", "{}"):
            yield to, method, path, whole
        for name, values in fields.items():
            for value in values:
                yield to, method, path, {**right, name: value}
            if None in values:
                yield to, method, path, {key: each for key, each in right.items() if key != name}
    for name, values in OF_AN_ITEM.items():
        for value in values:
            yield "ms-order-management", "POST", "", {**ORDER, "items": [ITEM, {**ITEM, name: value}]}
