"""JSON Schemas of draft 4 for fields that several bodies have."""

from typing import Any

from kubestock.gateway.kong.plugins.validation import JsonBody

Schema = dict[str, Any]

_LARGEST = 2147483647
"""The maximum of an integer in the databases."""

_MONTHS = {"0[13578]|1[02]": "0[1-9]|[12][0-9]|3[01]", "0[469]|11": "0[1-9]|[12][0-9]|30", "02": "0[1-9]|[12][0-9]"}
_DAY = "(?!0000)[0-9]{4}-(?:" + "|".join(f"(?:{each})-(?:{days})" for each, days in _MONTHS.items()) + ")"
_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,6})?)?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?"

ID: Schema = {"type": ["integer", "string"], "minimum": 1, "maximum": _LARGEST, "pattern": "^0*[1-9][0-9]{0,8}$"}
"""A number above 0, or a string of its digits."""

COUNT: Schema = {"type": ["integer", "string"], "minimum": 0, "maximum": _LARGEST, "pattern": "^[0-9]{1,9}$"}
"""A number of items, or a string of its digits."""

DATE: Schema = {"type": ["string", "null"], "pattern": f"^{_DAY}(?:T{_TIME})?$"}
"""A date, with or without a time."""

JSON_OBJECT: Schema = {"type": "object"}


def text(longest: int | None = None, *, shortest: int = 0) -> Schema:
    """Return a string that a database accepts: without the character U+0000."""
    limits = {"minLength": shortest or None, "maxLength": longest}
    return {"type": "string", "pattern": "^[^\\x00]*$", **{key: each for key, each in limits.items() if each}}


def amount(digits: int, *, above_nothing: bool = False) -> Schema:
    """Return an amount with two decimals and a number of digits before them, or its string."""
    some = "(?!0*(?:[.]0*)?$)" if above_nothing else ""
    return {
        "type": ["number", "string"],
        "minimum": 0,
        **({"exclusiveMinimum": True} if above_nothing else {}),
        "maximum": float(f"{'9' * digits}.99"),
        "pattern": f"^{some}[0-9]{{1,{digits}}}(?:[.][0-9]{{1,2}})?$",
    }


def optional(schema: Schema) -> Schema:
    """Return the schema extended by null."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {**schema, "type": [*kinds, "null"]}


def closed(required: list[str], **properties: Schema) -> Schema:
    """Return an object without additional fields, which the program refuses."""
    return {**opened(required, **properties), "additionalProperties": False}


def opened(required: list[str], **properties: Schema) -> Schema:
    """Return an object with any additional fields, which the program ignores."""
    return {"type": "object", **({"required": required} if required else {}), "properties": properties}


def one_of(**properties: Schema) -> Schema:
    """Return an object with at least one of the fields, because otherwise there is nothing to change."""
    return {**opened([], **properties), "anyOf": [{"required": [each]} for each in properties]}


def listed(items: Schema, *, fewest: int = 1) -> Schema:
    """Return a list with a least number of items."""
    return {"type": "array", "items": items, **({"minItems": fewest} if fewest else {})}


def body(method: str, path: str, schema: Schema, *, required: bool = True) -> JsonBody:
    """Return the body of requests with a method and a path."""
    return JsonBody(methods=[method], path=path, schema=schema, required=required)
