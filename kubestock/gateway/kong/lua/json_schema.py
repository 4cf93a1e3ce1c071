"""Checks that the validator in open-source Kong enforces a JSON Schema completely. It supports draft 4 in part.

The validator, lua-resty-ljsonschema 1.2, ignores a keyword that it does not know, so the constraint would have no
effect.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft4Validator
from jsonschema.exceptions import SchemaError

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import patterns
from kubestock.gateway.kong.lua.recursion import check_recursion
from kubestock.values.value import to_plain

Schema = Mapping[str, Any]

_DRAFT = "http://json-schema.org/draft-04/schema"
_ANNOTATIONS = frozenset({"$schema", "$comment", "title", "description", "default", "examples", "definitions"})
_ENFORCED = frozenset(
    {
        *("type", "enum", "allOf", "anyOf", "oneOf", "not", "$ref"),
        *("properties", "patternProperties", "additionalProperties", "required", "dependencies"),
        *("minProperties", "maxProperties", "items", "additionalItems", "minItems", "maxItems", "uniqueItems"),
        *("minLength", "maxLength", "pattern", "format"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    }
)
_FIXES = {
    "const": "use enum with that one value",
    "contains": "use {'not': {'items': {'not': …}}}",
    "propertyNames": "use patternProperties, with additionalProperties: False",
    "if": "use anyOf: [{'not': <if>}, <then>]",
    "then": "use anyOf: [{'not': <if>}, <then>]",
    "else": "use anyOf: [<if>, <else>]",
    "prefixItems": "use items with the list of schemas",
    "dependentRequired": "use dependencies",
    "dependentSchemas": "use dependencies",
    "unevaluatedProperties": "use additionalProperties: False in the schema that names the properties",
    "unevaluatedItems": "use additionalItems: False",
    "nullable": "use type with a list that holds 'null'",
    "$defs": "use definitions",
    "$id": "remove it",
    "id": "remove it",
}
_FORMATS = ("date", "date-time", "time")
_NAMED = ("properties", "patternProperties", "definitions", "dependencies")
_LISTS = ("allOf", "anyOf", "oneOf", "items")
_SINGLE = ("not", "items", "additionalItems", "additionalProperties")
_REFERENCE = re.compile(r"#(?:/definitions/([A-Za-z_][A-Za-z0-9_.-]*))?")
_NOT_IN_PCRE = re.compile(r"(?<!\\)(?:\\\\)*\\[uUNlLZ]")
_MAX_UNIQUE_ITEMS = 1000
_MAX_DENOMINATOR = 1024
_END_OF_TEXT = re.compile(r"\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\$", re.DOTALL)


def check_enforceable(document: Schema) -> None:
    """Check that the validator can compile a schema and enforces all of it.

    Raises:
        ConfigurationError: if it does not. The message has the place in the schema, what was found, and the fix.
    """
    draft = document.get("$schema", _DRAFT)
    if not isinstance(draft, str) or draft.removesuffix("#") != _DRAFT:
        raise ConfigurationError(
            f"$schema must be '{_DRAFT}#', the only draft that Kong's validator supports, got {draft!r}"
        )
    subschemas = list(_subschemas("schema", document))
    for where, each in subschemas:
        _check_keywords(where, each)
    try:
        Draft4Validator.check_schema(document, format_checker=Draft4Validator.FORMAT_CHECKER)
    except SchemaError as error:
        path = "/".join(["schema", *map(str, error.absolute_path)])
        raise ConfigurationError(f"schema must be a valid JSON Schema of draft 4: {path}: {error.message}") from None
    for where, each in subschemas:
        _check_values(where, each)
        _check_reference(where, each, document)
    check_recursion(document)


def for_pcre(document: Schema) -> Any:
    """Return a copy whose patterns mean the same to Kong as in JSON Schema.

    In JSON Schema `$` is the end of the text. In PCRE it also matches before a line feed at the end.
    """
    changed = to_plain(document)
    for _, each in list(_subschemas("schema", changed)):
        if "pattern" in each:
            each["pattern"] = _until_end(each["pattern"])
        if "patternProperties" in each:
            each["patternProperties"] = {_until_end(name): inner for name, inner in each["patternProperties"].items()}
    return changed


def _until_end(pattern: str) -> str:
    return _END_OF_TEXT.sub(lambda token: r"$(?!\n)" if token.group() == "$" else token.group(), pattern)


def _subschemas(where: str, schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each schema in a schema, with its place."""
    if isinstance(schema, bool):
        raise ConfigurationError(
            f"{where} must be a schema object, got {schema}; use {{}} for True and {{'not': {{}}}} for False"
        )
    if not isinstance(schema, dict):
        return
    yield where, schema
    for keyword in _SINGLE:
        inner = schema.get(keyword)
        if isinstance(inner, Mapping) or (isinstance(inner, bool) and not keyword.startswith("additional")):
            yield from _subschemas(f"{where}/{keyword}", inner)
    for keyword in _LISTS:
        inner = schema.get(keyword)
        for position, each in enumerate(inner if isinstance(inner, list) else ()):
            yield from _subschemas(f"{where}/{keyword}/{position}", each)
    for keyword in _NAMED:
        inner = schema.get(keyword)
        for name, each in inner.items() if isinstance(inner, Mapping) else ():
            yield from _subschemas(f"{where}/{keyword}/{name}", each)


def _check_keywords(where: str, schema: Schema) -> None:
    for keyword, value in schema.items():
        if keyword not in _ENFORCED | _ANNOTATIONS:
            fix = _FIXES.get(keyword, "remove it, and check that in the service")
            raise ConfigurationError(
                f"{where} must not use {keyword!r}, because Kong's validator does not enforce it; {fix}"
            )
        if keyword in ("exclusiveMinimum", "exclusiveMaximum") and not isinstance(value, bool):
            limit = keyword.removeprefix("exclusive").lower()
            raise ConfigurationError(
                f"{where}/{keyword} must be True, together with {limit}, as in draft 4, got {value!r}; use "
                f"{{'{limit}': {value!r}, '{keyword}': True}}"
            )
    if "$ref" in schema and (others := sorted(schema.keys() - _ANNOTATIONS - {"$ref"})):
        raise ConfigurationError(
            f"{where} must not have {', '.join(others)} together with $ref, because only $ref would be "
            "enforced; use allOf with both"
        )


def _check_values(where: str, schema: Schema) -> None:
    if schema.get("format", "date") not in _FORMATS:
        raise ConfigurationError(
            f"{where}/format must be one of {', '.join(_FORMATS)}, got {schema['format']!r}; use pattern"
        )
    if schema.get("additionalProperties") is False and not schema.keys() & {"properties", "patternProperties"}:
        raise ConfigurationError(
            f"{where}/additionalProperties must not be False without properties, because Kong's validator "
            f"would ignore it; add properties, {{}} for none"
        )
    if schema.get("uniqueItems") and schema.get("maxItems", _MAX_UNIQUE_ITEMS + 1) > _MAX_UNIQUE_ITEMS:
        raise ConfigurationError(
            f"{where}/uniqueItems must be given together with maxItems of at most {_MAX_UNIQUE_ITEMS}: each "
            "item is compared with every other one, so a long list would delay all requests"
        )
    _check_multiple(where, schema.get("multipleOf", 1))
    _check_pattern(where, schema.get("pattern", ""))
    for pattern in schema.get("patternProperties", ()):
        _check_pattern(where, pattern)
        if "'" in pattern:
            raise ConfigurationError(
                f"{where} must not contain a single quote in a pattern of patternProperties, got {pattern!r}; "
                "write \\x27"
            )
    for name in (*schema.get("properties", ()), *schema.get("dependencies", ())):
        if re.search("%[0-9A-Fa-f]{2}|~[01]", name):
            raise ConfigurationError(
                f"{where} must not have a property {name!r}, because the validator would unescape its name; rename it"
            )
    _check_enum(where, schema.get("enum", ()))


def _check_multiple(where: str, multiple: float) -> None:
    if multiple.as_integer_ratio()[1] > _MAX_DENOMINATOR:
        raise ConfigurationError(
            f"{where}/multipleOf must be a whole number or a binary fraction such as 0.5, got {multiple}: "
            "Kong divides floating-point numbers, where 0.07 / 0.01 is not 7, so valid values would be "
            "rejected; count in whole units such as cents, or check the decimals in the service"
        )


def _check_pattern(where: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ConfigurationError(f"{where} must contain valid regular expressions, got {pattern!r}: {error}") from None
    if not pattern.isascii() or _NOT_IN_PCRE.search(pattern):
        raise ConfigurationError(
            f"{where} must contain only patterns in ASCII without \\u, \\N, \\L and \\Z, got {pattern!r}: "
            "Kong matches bytes; check other characters in the service, and write $ for the end"
        )
    patterns.check_backtracking(where, pattern)


def _check_enum(where: str, values: Any) -> None:
    if None in values[:-1]:
        raise ConfigurationError(
            f"{where}/enum must have None as its last value, or Kong's validator does not compile; move it to the end"
        )
    for each in values:
        if isinstance(each, int | float) and not isinstance(each, bool) and float(f"{each:.14g}") != each:
            raise ConfigurationError(f"{where}/enum must contain numbers of at most 14 digits, got {each}; use strings")


def _check_reference(where: str, schema: Schema, document: Schema) -> None:
    visited: list[str] = []
    while "$ref" in schema:
        target = schema["$ref"]
        match = _REFERENCE.fullmatch(target) if isinstance(target, str) else None
        if match is None:
            raise ConfigurationError(f"{where} must only refer to '#' or '#/definitions/<name>', got $ref {target!r}")
        if target in visited:
            raise ConfigurationError(
                f"{where}/$ref must not refer back to itself, got {' -> '.join([*visited, target])}"
            )
        visited.append(target)
        name = match.group(1)
        if name is not None and name not in document.get("definitions", {}):
            raise ConfigurationError(
                f"{where}/$ref must refer to an entry of definitions, got {target!r}; add it there"
            )
        schema = document if name is None else document["definitions"][name]
