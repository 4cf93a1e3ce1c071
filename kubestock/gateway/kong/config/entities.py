"""Entities of Kong's file, as Kong reads them: what differs from Kong's defaults, and what must not depend on them."""

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from kubestock.values.references import SecretKey
from kubestock.values.value import Value, freeze, to_plain


def drop_empty(entity: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entity of Kong's file without the fields that have no value and the lists of nothing."""
    return {name: value for name, value in entity.items() if value is not None and value != []}


def to_kong_value(value: object) -> Any:
    """Return a value as Kong's file holds it, in which a key of a Secret stays a reference until it is written."""
    return to_plain(value, keep=(SecretKey,))


def to_kong_fields(entity: Value) -> dict[str, Any]:
    """Return the fields of an entity that the file says, in which a key of a Secret stays a reference.

    Those are the fields that differ from Kong's defaults, and those of `always_written`, on which a protection rests: a later
    Kong may have another default. A class says in `kong_defaults` Kong's defaults of the fields that have another one
    here, and in `always_written` the names of what must be written. A record whose fields all have Kong's defaults is left out.
    """
    return dict(_said(entity))


def _said(entity: Value) -> Iterator[tuple[str, Any]]:
    always_written = getattr(entity, "always_written", ())
    for name, default in defaults_in_kong(type(entity)).items():
        value = getattr(entity, name)
        if value is None or (value == default and name not in always_written):
            continue
        record = isinstance(value, Value) and not isinstance(value, SecretKey)
        yield name, to_kong_fields(value) if record else to_kong_value(value)


@cache
def defaults_in_kong(entity: type[Value]) -> Mapping[str, Any]:
    """Return Kong's default of each field of a class; a field that must be given has a default that equals nothing."""
    unlike: Mapping[str, Any] = getattr(entity, "kong_defaults", {})
    return {each.name: freeze(unlike.get(each.name, _default(each))) for each in dataclasses.fields(entity)}


def _default(field: "dataclasses.Field[Any]") -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default
