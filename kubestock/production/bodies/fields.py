"""The fields that bodies share, as JSON Schemas of draft 4."""

from typing import Any

from kubestock.gateway.kong.plugins.validation import JsonBody

Schema = dict[str, Any]

_LARGEST = 2147483647
"""Of an integer in the databases."""

_MONTHS = {"0[13578]|1[02]": "0[1-9]|[12][0-9]|3[01]", "0[469]|11": "0[1-9]|[12][0-9]|30", "02": "0[1-9]|[12][0-9]"}
_DAY = "(?!0000)[0-9]{4}-(?:" + "|".join(f"(?:{each})-(?:{days})" for each, days in _MONTHS.items()) + ")"
_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,6})?)?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?"

ID: Schema = {"type": ["integer", "string"], "minimum": 1, "maximum": _LARGEST, "pattern": "^0*[1-9][0-9]{0,8}$"}
"""A number above 0, or its digits."""

COUNT: Schema = {"type": ["integer", "string"], "minimum": 0, "maximum": _LARGEST, "pattern": "^[0-9]{1,9}$"}
"""A number of things, or its digits."""

DATE: Schema = {"type": ["string", "null"], "pattern": f"^{_DAY}(?:T{_TIME})?$"}
"""A day, with a time after it or not."""

JSON_OBJECT: Schema = {"type": "object"}


def text(longest: int | None = None, *, shortest: int = 0) -> Schema:
    """Return a text that a database takes: without the character 0."""
    limits = {"minLength": shortest or None, "maxLength": longest}
    return {"type": "string", "pattern": "^[^\\x00]*$", **{key: each for key, each in limits.items() if each}}


def amount(digits: int, *, above_nothing: bool = False) -> Schema:
    """Return an amount with two decimals and so many digits before them, or its text."""
    some = "(?!0*(?:[.]0*)?$)" if above_nothing else ""
    return {
        "type": ["number", "string"],
        "minimum": 0,
        **({"exclusiveMinimum": True} if above_nothing else {}),
        "maximum": float(f"{'9' * digits}.99"),
        "pattern": f"^{some}[0-9]{{1,{digits}}}(?:[.][0-9]{{1,2}})?$",
    }


def optional(schema: Schema) -> Schema:
    """Return the schema that takes null, too."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {**schema, "type": [*kinds, "null"]}


def closed(required: list[str], **properties: Schema) -> Schema:
    """Return an object whose further fields the program refuses."""
    return {**opened(required, **properties), "additionalProperties": False}


def opened(required: list[str], **properties: Schema) -> Schema:
    """Return an object whose further fields the program ignores."""
    return {"type": "object", **({"required": required} if required else {}), "properties": properties}


def one_of(**properties: Schema) -> Schema:
    """Return an object that must have at least one of the fields, for there would be nothing to change."""
    return {**opened([], **properties), "anyOf": [{"required": [each]} for each in properties]}


def listed(items: Schema, *, fewest: int = 1) -> Schema:
    """Return a list of at least so many items."""
    return {"type": "array", "items": items, **({"minItems": fewest} if fewest else {})}


def body(method: str, path: str, schema: Schema, *, required: bool = True) -> JsonBody:
    """Return the body of one kind of request."""
    return JsonBody(methods=[method], path=path, schema=schema, required=required)
