"""Documents held against OpenAPI schemas: those of the API server, and those of CRDs.

A schema becomes a function once, so that each object takes one walk.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kubestock.values import documents
from kubestock.values.documents import Document, Path


class Fault(StrEnum):
    """What can be wrong with a field."""

    UNKNOWN = "unknown"
    TYPE = "type"
    MISSING = "missing"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Violation:
    """One fault of a document: at which path, and what is accepted there."""

    fault: Fault
    path: Path
    accepted: str


Check = Callable[[Any, Path, list[Violation]], None]
"""Adds what is wrong with a value at a path."""

_DEEPEST = 200
"""A document may be in itself, as the aliases of YAML permit."""

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
    """Makes checks of schemas, each definition once.

    Args:
        definitions: that schemas refer to, by name. Defaults to none: the schema of a CRD stands by itself, knows all
            its fields, and says which values they accept.
    """

    def __init__(self, definitions: Mapping[str, Any] | None = None) -> None:
        self._definitions = definitions or {}
        self._custom = definitions is None
        self._made: dict[str, Check] = {}

    def definition(self, name: str) -> Check:
        """Return the check of a definition, which may contain itself."""
        if name not in self._made:
            self._made[name] = self._later(name)
            self._made[name] = self.check(self._definitions.get(name))
        return self._made[name]

    def check(self, schema: object) -> Check:
        """Return the check of a schema."""
        refers = documents.text(schema, "$ref")
        if refers:
            return self._later(refers.rpartition("/")[2])
        if documents.at(schema, "x-kubernetes-int-or-string") is True:
            return _either(("string", "integer"), (), "a whole number or a text")
        named = _types(schema)
        if not named:
            return _anything
        special = self._of_type(named[0], documents.mapping(schema)) if len(named) == 1 else _anything
        accepted = " or ".join(_TYPES[each][1] for each in named)
        return _either(named, _values(schema) if self._custom else (), accepted, special)

    def _later(self, name: str) -> Check:
        def judge(value: Any, path: Path, found: list[Violation]) -> None:
            self.definition(name)(value, path, found)

        return judge

    def _of_type(self, named: str, schema: Document) -> Check:
        if named == "object":
            return self._of_map(schema)
        if named == "array":
            return self._of_list(schema)
        return _of_whole(documents.text(schema, "format")) if named == "integer" else _anything

    def _of_list(self, schema: Document) -> Check:
        each = self.check(documents.at(schema, "items"))
        required = self._required(documents.at(schema, "items"))

        def judge(value: Any, path: Path, found: list[Violation]) -> None:
            for position, item in enumerate(value):
                if item is not None:
                    each(item, (*path, position), found)
                elif required:
                    found.append(Violation(Fault.MISSING, (*path, position), required[0]))

        return judge

    def _required(self, schema: object) -> list[str]:
        name = documents.text(schema, "$ref").rpartition("/")[2]
        return documents.texts(self._definitions.get(name) if name else schema, "required")

    def _of_map(self, schema: Document) -> Check:
        fields = {name: self.check(each) for name, each in documents.mapping(schema, "properties").items()}
        required = documents.texts(schema, "required")
        others = self._others(schema, known=bool(fields))

        def judge(value: Any, path: Path, found: list[Violation]) -> None:
            if len(path) > _DEEPEST:
                return
            found.extend(Violation(Fault.MISSING, path, name) for name in required if value.get(name) is None)
            for name, inside in value.items():
                check = fields.get(name, others)
                if check is None:
                    found.append(Violation(Fault.UNKNOWN, (*path, str(name)), ", ".join(fields)))
                elif inside is not None:
                    check(inside, (*path, str(name)), found)

        return judge

    def _others(self, schema: Document, *, known: bool) -> Check | None:
        further = documents.at(schema, "additionalProperties")
        if isinstance(further, Mapping):
            return self.check(further)
        if documents.at(schema, "x-kubernetes-preserve-unknown-fields") is True or further is True:
            return _anything
        return None if further is False or (known and self._custom) else _anything


def _either(named: Sequence[str], values: Sequence[object], accepted: str, special: Check | None = None) -> Check:
    types = tuple(each for name in named for each in _TYPES[name][0])
    truth, whole = "boolean" in named, "integer" in named and "number" not in named
    shown = ", ".join(map(str, values))

    def judge(value: Any, path: Path, found: list[Violation]) -> None:
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

    return judge


def _of_whole(form: str) -> Check:
    if form not in _RANGES:
        return _anything
    bound = _RANGES[form]

    def judge(value: Any, path: Path, found: list[Violation]) -> None:
        if not -bound <= value < bound:
            found.append(Violation(Fault.TYPE, path, f"a whole number of {form}"))

    return judge


def _anything(_: Any, __: Path, ___: list[Violation]) -> None:
    return None


def _types(schema: object) -> list[str]:
    named = documents.texts(schema, "type") or [documents.text(schema, "type")]
    named += [each for choice in documents.mappings(schema, "oneOf") for each in _types(choice)]
    return [each for each in dict.fromkeys(named) if each in _TYPES]


def _values(schema: object) -> list[object]:
    # The enumeration of a CRD is of texts nearly always; another one is not judged.
    found = documents.sequence(schema, "enum")
    return found if all(isinstance(each, str) for each in found) else []
