"""JSON Schemas may only contain what the validator in Kong enforces."""

from typing import Any

import pytest

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.plugins.validation import JsonBody

EVERYTHING: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-04/schema",
    "title": "An order",
    "type": "object",
    "additionalProperties": False,
    "required": ["items"],
    "minProperties": 1,
    "properties": {
        "const": {"enum": ["a", 1.5, True, None]},
        "contains": {"$ref": "#/definitions/line", "description": "first of all"},
        "when": {"type": "string", "format": "date-time"},
        "items": {"type": "array", "items": [{"type": "string"}], "additionalItems": False},
        "tags": {"type": "array", "maxItems": 10, "uniqueItems": True, "items": {"type": "string"}},
        "price": {"type": "number", "minimum": 0, "exclusiveMinimum": True, "multipleOf": 0.25},
        "parent": {"$ref": "#"},
        "code": {"anyOf": [{"pattern": r"^\d+\\unit$"}, {"not": {}}], "allOf": [{}], "oneOf": [{"minLength": 1}]},
    },
    "patternProperties": {"^x-": {}},
    "dependencies": {"price": ["when"], "when": {"required": ["price"]}},
    "definitions": {"line": {"$ref": "#/definitions/text"}, "text": {"type": "string", "maxLength": 9}},
}


def test_accepts_a_schema_with_everything_that_kong_enforces() -> None:
    assert "additionalItems" in JsonBody(schema=EVERYTHING).to_plugin().access[0]


@pytest.mark.parametrize(
    ("keyword", "value", "fix"),
    [
        ("const", 1, "use enum with that one value"),
        ("contains", {"type": "string"}, r"use \{'not': \{'items': \{'not': …\}\}\}"),
        ("propertyNames", {"maxLength": 3}, "use patternProperties"),
        ("if", {}, "use anyOf"),
        ("then", {}, "use anyOf"),
        ("else", {}, "use anyOf"),
        ("prefixItems", [{}], "use items with the list of schemas"),
        ("dependentRequired", {"a": ["b"]}, "use dependencies"),
        ("dependentSchemas", {"a": {}}, "use dependencies"),
        ("unevaluatedProperties", False, "use additionalProperties: False"),
        ("$defs", {}, "use definitions"),
        ("$id", "https://example.com/a", "remove it"),
        ("id", "https://example.com/a", "remove it"),
        ("contentEncoding", "base64", "check that in the service"),
        ("maximun", 3, "check that in the service"),
    ],
)
@pytest.mark.parametrize("above", ["properties", "items", "allOf", "not", "additionalProperties", "definitions"])
def test_rejects_a_keyword_that_kong_would_not_enforce(keyword: str, value: Any, fix: str, above: str) -> None:
    inner = {keyword: value}
    wrapped = {"properties": {"a": inner}, "definitions": {"a": inner}, "allOf": [inner]}.get(above, inner)

    for schema in (inner, {above: wrapped}):
        with pytest.raises(ConfigurationError, match=f"'{keyword.replace('$', '[$]')}', because Kong.*{fix}"):
            JsonBody(schema=schema)


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "must be 'http://json-schema.org/draft-04/schema#'"),
        ({"$schema": "https://json-schema.org/draft/2020-12/schema"}, "got 'https://json-schema.org/draft/2020-12"),
        ({"exclusiveMinimum": 0}, "use {'minimum': 0, 'exclusiveMinimum': True}"),
        ({"items": {"exclusiveMaximum": 9}}, "schema/items/exclusiveMaximum must be True, together with maximum"),
        ({"exclusiveMinimum": True}, "'minimum' is a dependency of 'exclusiveMinimum'"),
        ({"properties": {"a": True}}, "schema/properties/a must be a schema object, got True; use {} for True"),
        ({"items": False}, "use .* {'not': {}} for False"),
        ({"anyOf": [False]}, "schema/anyOf/0 must be a schema object, got False"),
        ({"type": "objekt"}, "valid JSON Schema of draft 4: schema/type"),
        ({"required": []}, "schema/required"),
        ({"format": "email"}, "schema/format must be one of date, date-time, time, got 'email'; use pattern"),
        ({"additionalProperties": False}, "add properties, {} for none"),
        ({"uniqueItems": True}, "together with maxItems of at most 1000"),
        ({"uniqueItems": True, "maxItems": 1001}, "together with maxItems of at most 1000"),
        ({"pattern": "("}, "'[(]' is not a 'regex'"),
        ({"patternProperties": {"(": {}}}, "must contain valid regular expressions"),
        ({"patternProperties": {"it's": {}}}, "write .x27"),
        ({"pattern": "^é$"}, "patterns in ASCII"),
        ({"pattern": r"^\u00e9$"}, "patterns in ASCII"),
        ({"pattern": r"^a\Z"}, "and write . for the end"),
        (
            {"items": {"multipleOf": 0.01}},
            "schema/items/multipleOf must be a whole number or .* got 0.01: Kong divides",
        ),
        ({"multipleOf": 0.1}, "count in whole units such as cents"),
        ({"properties": {"a~1b": {}}}, "must not have a property 'a~1b'"),
        ({"enum": [None, "a"]}, "must have None as its last value"),
        ({"enum": [1234567890123456]}, "at most 14 digits, got 1234567890123456; use strings"),
        ({"$ref": "https://example.com/a"}, "must only refer to '#' or"),
        ({"items": {"$ref": "#/properties/a"}}, "to '#' or '#/definitions/<name>', got .ref '#/properties/a'"),
        (
            {"items": {"$ref": "#/definitions/a"}, "definitions": {"b": {}}},
            "must refer to an entry of definitions, got",
        ),
        ({"items": {"$ref": "#"}, "$ref": "#"}, "must not have items together with .ref"),
        ({"$ref": "#"}, "schema/.ref must not refer back to itself, got # -> #"),
        (
            {"items": {"$ref": "#/definitions/a"}, "definitions": {"a": {"$ref": "#/definitions/a"}}},
            "must not refer back to itself",
        ),
    ],
)
def test_rejects_a_schema_that_kong_would_enforce_in_part_or_not_compile(schema: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message.replace("{", "[{]").replace("}", "[}]")):
        JsonBody(schema=schema)


@pytest.mark.parametrize("multiple", [1, 5, 0.5, 0.25, 1.5])
def test_accepts_a_multiple_that_is_an_exact_binary_number(multiple: float) -> None:
    assert f'"multipleOf":{multiple}' in JsonBody(schema={"multipleOf": multiple}).to_plugin().access[0]


@pytest.mark.parametrize(
    ("pattern", "emitted"),
    [
        ("^[A-Z]{2}$", r"^[A-Z]{2}$(?!\\n)"),
        ("^a$|^b$", r"^a$(?!\\n)|^b$(?!\\n)"),
        (r"^\$[$][^$\]$]$", r"^\\$[$][^$\\]$]$(?!\\n)"),
        ("^[]$]", "^[]$]"),
    ],
)
def test_a_dollar_in_a_pattern_is_emitted_as_the_end_of_the_text(pattern: str, emitted: str) -> None:
    """In PCRE, `$` also matches before a line feed at the end."""
    for schema in ({"pattern": pattern}, {"patternProperties": {pattern: {"type": "integer"}}}):
        assert emitted in JsonBody(schema={"items": schema}).to_plugin().access[0]


def test_a_property_or_value_named_pattern_is_unchanged() -> None:
    schema = {"properties": {"pattern": {"enum": ["a$"]}}, "required": ["pattern"]}

    assert "(?!" not in JsonBody(schema=schema).to_plugin().access[0]
