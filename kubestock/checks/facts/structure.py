"""Validates documents by OpenAPI schemas: those of the API server, and those of CRDs.

Each schema is compiled to a function once, because many objects are validated by the same schema.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kubestock.values import documents
from kubestock.values.documents import Document, Path


class Fault(StrEnum):
    """The types of errors in a field."""

    UNKNOWN = "unknown"
    TYPE = "type"
    MISSING = "missing"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Violation:
    """An error in a document: its type, its path, and what is accepted there."""

    fault: Fault
    path: Path
    accepted: str


Check = Callable[[Any, Path, list[Violation]], None]
"""A function that appends the violations in the value at a path."""

_DEEPEST = 200
"""The deepest level that is validated: with YAML aliases, a document can contain itself."""

_TYPES: Mapping[str, tuple[tuple[type, ...], str]] = {
    "string": ((str, datetime.date), "a text"),
    "boolean": ((bool,), "true or false"),
    "integer": ((int, float), "a whole number"),
    "number": ((int, float), "a number"),
    "object": ((Mapping,), "a map"),
    "array": ((list, tuple), "a list"),
}
_RANGES = {"int32": 2**31, "int64": 2**63}


class Compiler:
    """Compiles schemas to functions; each definition is compiled once.

    Args:
        definitions: the definitions to which schemas refer, by name. Without definitions, a schema is that of a CRD:
            fields that it does not define are unknown, and the values of its enums are checked.
    """

    def __init__(self, definitions: Mapping[str, Any] | None = None) -> None:
        self._definitions = definitions or {}
        self._custom = definitions is None
        self._made: dict[str, Check] = {}

    def definition(self, name: str) -> Check:
        """Return the check of a definition; a definition can refer to itself."""
        if name not in self._made:
            self._made[name] = self._deferred(name)
            self._made[name] = self.check(self._definitions.get(name))
        return self._made[name]

    def check(self, schema: object) -> Check:
        """Return the check of a schema."""
        reference = documents.text(schema, "$ref")
        if reference:
            return self._deferred(reference.rpartition("/")[2])
        if documents.at(schema, "x-kubernetes-int-or-string") is True:
            return _check_of_types(("string", "integer"), (), "a whole number or a text")
        named = _types(schema)
        if not named:
            return _anything
        special = self._of_type(named[0], documents.mapping(schema)) if len(named) == 1 else _anything
        accepted = " or ".join(_TYPES[each][1] for each in named)
        return _check_of_types(named, _values(schema) if self._custom else (), accepted, special)

    def _deferred(self, name: str) -> Check:
        def check(value: Any, path: Path, found: list[Violation]) -> None:
            self.definition(name)(value, path, found)

        return check

    def _of_type(self, named: str, schema: Document) -> Check:
        if named == "object":
            return self._of_map(schema)
        if named == "array":
            return self._of_list(schema)
        return _check_of_range(documents.text(schema, "format")) if named == "integer" else _anything

    def _of_list(self, schema: Document) -> Check:
        each = self.check(documents.at(schema, "items"))
        required = self._required(documents.at(schema, "items"))

        def check(value: Any, path: Path, found: list[Violation]) -> None:
            for position, item in enumerate(value):
                if item is not None:
                    each(item, (*path, position), found)
                elif required:
                    found.append(Violation(Fault.MISSING, (*path, position), required[0]))

        return check

    def _required(self, schema: object) -> list[str]:
        name = documents.text(schema, "$ref").rpartition("/")[2]
        return documents.texts(self._definitions.get(name) if name else schema, "required")

    def _of_map(self, schema: Document) -> Check:
        fields = {name: self.check(each) for name, each in documents.mapping(schema, "properties").items()}
        required = documents.texts(schema, "required")
        others = self._others(schema, known=bool(fields))

        def check(value: Any, path: Path, found: list[Violation]) -> None:
            if len(path) > _DEEPEST:
                return
            found.extend(Violation(Fault.MISSING, path, name) for name in required if value.get(name) is None)
            for name, inside in value.items():
                check = fields.get(name, others)
                if check is None:
                    found.append(Violation(Fault.UNKNOWN, (*path, str(name)), ", ".join(fields)))
                elif inside is not None:
                    check(inside, (*path, str(name)), found)

        return check

    def _others(self, schema: Document, *, known: bool) -> Check | None:
        additional = documents.at(schema, "additionalProperties")
        if isinstance(additional, Mapping):
            return self.check(additional)
        if documents.at(schema, "x-kubernetes-preserve-unknown-fields") is True or additional is True:
            return _anything
        return None if additional is False or (known and self._custom) else _anything


def _check_of_types(
    named: Sequence[str], values: Sequence[object], accepted: str, special: Check | None = None
) -> Check:
    types = tuple(each for name in named for each in _TYPES[name][0])
    truth, whole = "boolean" in named, "integer" in named and "number" not in named
    shown = ", ".join(map(str, values))

    def check(value: Any, path: Path, found: list[Violation]) -> None:
        if (
            not isinstance(value, types)
            or (isinstance(value, bool) and not truth)
            or (whole and isinstance(value, float) and not value.is_integer())
        ):
            found.append(Violation(Fault.TYPE, path, accepted))
        elif values and value not in values:
            found.append(Violation(Fault.VALUE, path, f"one of {shown}"))
        elif special is not None:
            special(value, path, found)

    return check


def _check_of_range(form: str) -> Check:
    if form not in _RANGES:
        return _anything
    bound = _RANGES[form]

    def check(value: Any, path: Path, found: list[Violation]) -> None:
        if not -bound <= value < bound:
            found.append(Violation(Fault.TYPE, path, f"a whole number of {form}"))

    return check


def _anything(_: Any, __: Path, ___: list[Violation]) -> None:
    return None


def _types(schema: object) -> list[str]:
    named = documents.texts(schema, "type") or [documents.text(schema, "type")]
    named += [each for choice in documents.mappings(schema, "oneOf") for each in _types(choice)]
    return [each for each in dict.fromkeys(named) if each in _TYPES]


def _values(schema: object) -> list[object]:
    # Nearly all enums of CRDs consist of texts; other enums are not checked.
    found = documents.sequence(schema, "enum")
    return found if all(isinstance(each, str) for each in found) else []
