"""The bodies of ms-product: products and their categories, prices, and the life cycle of a product."""

from kubestock.production.bodies.fields import (
    COUNT,
    DATE,
    ID,
    JSON_OBJECT,
    amount,
    body,
    closed,
    listed,
    one_of,
    opened,
    optional,
    text,
)

_PRICE = amount(8, above_nothing=True)
_DESCRIBED = {"description": text(1000), "size": text(20), "color": text(50), "attributes": JSON_OBJECT}
_NAMED = {"sku": text(50, shortest=2), "name": text(200, shortest=2), "unit_price": _PRICE, **_DESCRIBED}
_TRUTH = {"type": ["boolean", "string"], "pattern": "^(?:true|false)$"}
_CATEGORY = {"name": text(100, shortest=2), "description": text(500)}

_CATALOG = (
    body("POST", "/", closed(["sku", "name", "unit_price"], category_id=ID, **_NAMED)),
    body("PUT", "/:id", {**closed([], category_id=optional(ID), is_active=_TRUTH, **_NAMED), "minProperties": 1}),
    body("POST", "/batch", closed(["ids"], ids=listed(ID))),
    body("POST", "/categories", closed(["name"], **_CATEGORY)),
    body("PUT", "/categories/:id", closed([], **_CATEGORY), required=False),
)

_PRICED = {"productId": ID, "quantity": optional(COUNT)}
_PERCENTAGE = amount(3)
_PRICING = (
    body("POST", "/pricing/calculate", opened([], **_PRICED)),
    body("POST", "/pricing/calculate-bundle", opened(["items"], items=listed(opened(["productId"], **_PRICED)))),
    body("POST", "/pricing/compare", opened([], productId=ID, competitorPrices=listed(JSON_OBJECT, fewest=0))),
    body(
        "POST",
        "/pricing/rules",
        opened(
            ["rule_name", "rule_type", "discount_percentage"],
            rule_name=text(255),
            rule_type=text(50),
            discount_percentage=_PERCENTAGE,
            product_id=optional(ID),
            category_id=optional(ID),
            min_quantity=optional(COUNT),
            valid_from=DATE,
            valid_until=DATE,
        ),
    ),
    body(
        "PUT",
        "/pricing/rules/:id",
        one_of(
            rule_name=text(255),
            discount_percentage=_PERCENTAGE,
            min_quantity=optional(COUNT),
            valid_from=DATE,
            valid_until=DATE,
            is_active=_TRUTH,
        ),
    ),
)

_BY = {"userId": {"type": ["integer", "string", "null"], "maxLength": 255}, "notes": optional(text())}
_DRAFT = opened(
    ["name", "category_id", "unit_price"],
    name=text(255, shortest=1),
    category_id=optional(ID),
    unit_price=amount(8),
    sku=optional(text(100)),
    description=optional(text()),
    size=optional(text(50)),
    color=optional(text(50)),
    created_by={"type": ["integer", "string", "null"], "maxLength": 255},
)
_STATES = ["draft", "pending_approval", "approved", "active", "discontinued", "archived"]
_STEPS = ("submit-for-approval", "approve", "activate", "discontinue", "archive")
_LIFECYCLE = (
    body("POST", "/lifecycle", _DRAFT),
    body("POST", "/lifecycle/bulk-approve", opened(["productIds"], productIds=listed(ID), **_BY)),
    body("POST", "/lifecycle/:id/transition", opened(["newState"], newState={"enum": _STATES}, **_BY)),
    *(body("POST", f"/lifecycle/:id/{each}", opened([], **_BY), required=False) for each in _STEPS),
)

PRODUCTS = (*_CATALOG, *_PRICING, *_LIFECYCLE)
