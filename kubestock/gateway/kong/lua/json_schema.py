"""What of JSON Schema the validator in open-source Kong enforces: draft 4, without what it would overlook.

The validator, lua-resty-ljsonschema 1.2, takes no notice of a keyword that it does not know: the constraint would
be written down and never hold.
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
    "$id": "leave it out",
    "id": "leave it out",
}
_FORMATS = ("date", "date-time", "time")
_NAMED = ("properties", "patternProperties", "definitions", "dependencies")
_LISTS = ("allOf", "anyOf", "oneOf", "items")
_SINGLE = ("not", "items", "additionalItems", "additionalProperties")
_REFERENCE = re.compile(r"#(?:/definitions/([A-Za-z_][A-Za-z0-9_.-]*))?")
_FOREIGN_TO_PCRE = re.compile(r"(?<!\\)(?:\\\\)*\\[uUNlLZ]")
_MOST_UNIQUE = 1000
_LARGEST_DENOMINATOR = 1024
_END_OF_TEXT = re.compile(r"\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\$", re.DOTALL)


def check_enforceable(document: Schema) -> None:
    """Refuse a schema that the validator would enforce in part, or could not compile.

    Raises:
        ConfigurationError: naming the place in the schema, what stands there, and the fix.
    """
    draft = document.get("$schema", _DRAFT)
    if not isinstance(draft, str) or draft.removesuffix("#") != _DRAFT:
        raise ConfigurationError(
            f"$schema must be '{_DRAFT}#', which is all that Kong's validator knows, got {draft!r}"
        )
    places = list(_places("schema", document))
    for where, each in places:
        _check_keywords(where, each)
    try:
        Draft4Validator.check_schema(document, format_checker=Draft4Validator.FORMAT_CHECKER)
    except SchemaError as error:
        path = "/".join(["schema", *map(str, error.absolute_path)])
        raise ConfigurationError(f"schema must be a valid JSON Schema of draft 4: {path}: {error.message}") from None
    for where, each in places:
        _check_values(where, each)
        _check_reference(where, each, document)
    check_recursion(document)


def for_pcre(document: Schema) -> Any:
    """Return a copy whose patterns mean to Kong what JSON Schema means by them.

    `$` is the end of the text there; PCRE's matches before a line feed at the end, too.
    """
    changed = to_plain(document)
    for _, each in list(_places("schema", changed)):
        if "pattern" in each:
            each["pattern"] = _to_the_end(each["pattern"])
        if "patternProperties" in each:
            each["patternProperties"] = {_to_the_end(name): inner for name, inner in each["patternProperties"].items()}
    return changed


def _to_the_end(pattern: str) -> str:
    return _END_OF_TEXT.sub(lambda token: r"$(?!\n)" if token.group() == "$" else token.group(), pattern)


def _places(where: str, schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each schema within a schema, and where it stands."""
    if isinstance(schema, bool):
        raise ConfigurationError(
            f"{where} must be a schema, got {schema}; use {{}} for True and {{'not': {{}}}} for False"
        )
    if not isinstance(schema, dict):
        return
    yield where, schema
    for keyword in _SINGLE:
        inner = schema.get(keyword)
        if isinstance(inner, Mapping) or (isinstance(inner, bool) and not keyword.startswith("additional")):
            yield from _places(f"{where}/{keyword}", inner)
    for keyword in _LISTS:
        inner = schema.get(keyword)
        for position, each in enumerate(inner if isinstance(inner, list) else ()):
            yield from _places(f"{where}/{keyword}/{position}", each)
    for keyword in _NAMED:
        inner = schema.get(keyword)
        for name, each in inner.items() if isinstance(inner, Mapping) else ():
            yield from _places(f"{where}/{keyword}/{name}", each)


def _check_keywords(where: str, schema: Schema) -> None:
    for keyword, value in schema.items():
        if keyword not in _ENFORCED | _ANNOTATIONS:
            fix = _FIXES.get(keyword, "leave it out, and check that in the service")
            raise ConfigurationError(
                f"{where} must not use {keyword!r}, which Kong's validator does not enforce; {fix}"
            )
        if keyword in ("exclusiveMinimum", "exclusiveMaximum") and not isinstance(value, bool):
            limit = keyword.removeprefix("exclusive").lower()
            raise ConfigurationError(
                f"{where}/{keyword} must be True beside {limit}, as in draft 4, got {value!r}; "
                f"use {{'{limit}': {value!r}, '{keyword}': True}}"
            )
    if "$ref" in schema and (beside := sorted(schema.keys() - _ANNOTATIONS - {"$ref"})):
        raise ConfigurationError(
            f"{where} must not have {', '.join(beside)} beside $ref, where nothing else holds; use allOf with both"
        )


def _check_values(where: str, schema: Schema) -> None:
    if schema.get("format", "date") not in _FORMATS:
        raise ConfigurationError(
            f"{where}/format must be one of {', '.join(_FORMATS)}, got {schema['format']!r}; use pattern"
        )
    if schema.get("additionalProperties") is False and not schema.keys() & {"properties", "patternProperties"}:
        raise ConfigurationError(
            f"{where}/additionalProperties must not be False alone, which Kong's validator overlooks; "
            "name properties beside it, {} for none"
        )
    if schema.get("uniqueItems") and schema.get("maxItems", _MOST_UNIQUE + 1) > _MOST_UNIQUE:
        raise ConfigurationError(
            f"{where}/uniqueItems must stand beside maxItems of at most {_MOST_UNIQUE}: each item is compared with "
            "each other one, and a long list would hold up every request"
        )
    _check_multiple(where, schema.get("multipleOf", 1))
    _check_pattern(where, schema.get("pattern", ""))
    for pattern in schema.get("patternProperties", ()):
        _check_pattern(where, pattern)
        if "'" in pattern:
            raise ConfigurationError(
                f"{where} must hold no quote in a pattern of properties, got {pattern!r}; write \\x27"
            )
    for name in (*schema.get("properties", ()), *schema.get("dependencies", ())):
        if re.search("%[0-9A-Fa-f]{2}|~[01]", name):
            raise ConfigurationError(
                f"{where} must not name a property {name!r}: the validator would read it unescaped"
            )
    _check_enum(where, schema.get("enum", ()))


def _check_multiple(where: str, multiple: float) -> None:
    if multiple.as_integer_ratio()[1] > _LARGEST_DENOMINATOR:
        raise ConfigurationError(
            f"{where}/multipleOf must be a whole number, or a fraction such as 0.5 that binary numbers hold exactly, "
            f"got {multiple}: Kong divides, 0.07 / 0.01 is not 7 there, and right values would be refused; "
            "count in whole units such as cents, or check the decimals in the service"
        )


def _check_pattern(where: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ConfigurationError(f"{where} must hold regular expressions, got {pattern!r}: {error}") from None
    if not pattern.isascii() or _FOREIGN_TO_PCRE.search(pattern):
        raise ConfigurationError(
            f"{where} must hold patterns of ASCII, without \\u, \\N, \\L and \\Z, got {pattern!r}: Kong matches bytes; "
            "check other characters in the service, and write $ for the end"
        )
    patterns.check_backtracking(where, pattern)


def _check_enum(where: str, values: Any) -> None:
    if None in values[:-1]:
        raise ConfigurationError(f"{where}/enum must hold None last, or Kong's validator does not compile; move it")
    for each in values:
        if isinstance(each, int | float) and not isinstance(each, bool) and float(f"{each:.14g}") != each:
            raise ConfigurationError(f"{where}/enum must hold numbers of at most 14 digits, got {each}; use texts")


def _check_reference(where: str, schema: Schema, document: Schema) -> None:
    passed: list[str] = []
    while "$ref" in schema:
        target = schema["$ref"]
        match = _REFERENCE.fullmatch(target) if isinstance(target, str) else None
        if match is None:
            raise ConfigurationError(
                f"{where} must refer only within itself, to '#' or '#/definitions/<name>', got $ref {target!r}"
            )
        if target in passed:
            raise ConfigurationError(f"{where}/$ref must not lead back to itself, got {' -> '.join([*passed, target])}")
        passed.append(target)
        name = match.group(1)
        if name is not None and name not in document.get("definitions", {}):
            raise ConfigurationError(f"{where}/$ref must name one of definitions, got {target!r}; add it there")
        schema = document if name is None else document["definitions"][name]
