"""Converts values to entities of Kong's file, which leaves out Kong's defaults."""

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from kubestock.values.references import SecretKey
from kubestock.values.value import Value, freeze, to_plain


def drop_empty(entity: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entity of Kong's file without the fields that are None or an empty list."""
    return {name: value for name, value in entity.items() if value is not None and value != []}


def to_kong_value(value: object) -> Any:
    """Return a value as in Kong's file. A key of a Secret stays a reference until the file is written."""
    return to_plain(value, keep=(SecretKey,))


def to_kong_fields(entity: Value) -> dict[str, Any]:
    """Return the fields of an entity that are written to Kong's file. A key of a Secret stays a reference.

    A field is written if its value differs from Kong's default, or if the class lists it in `always_written` because
    security depends on it: a later version of Kong could change its default. A class lists Kong's default of a field in
    `kong_defaults` if its own default differs. A record is left out if all its fields have Kong's defaults.
    """
    return dict(_written(entity))


def _written(entity: Value) -> Iterator[tuple[str, Any]]:
    always_written = getattr(entity, "always_written", ())
    for name, default in defaults_in_kong(type(entity)).items():
        value = getattr(entity, name)
        if value is None or (value == default and name not in always_written):
            continue
        record = isinstance(value, Value) and not isinstance(value, SecretKey)
        yield name, to_kong_fields(value) if record else to_kong_value(value)


@cache
def defaults_in_kong(entity: type[Value]) -> Mapping[str, Any]:
    """Return Kong's default of each field of a class. A required field has a default that equals no value."""
    overridden: Mapping[str, Any] = getattr(entity, "kong_defaults", {})
    return {each.name: freeze(overridden.get(each.name, _default(each))) for each in dataclasses.fields(entity)}


def _default(field: "dataclasses.Field[Any]") -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default
