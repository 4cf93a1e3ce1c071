"""Entities of Kong's file, as Kong reads them."""

from collections.abc import Mapping
from typing import Any

from kubestock.values.references import SecretKey
from kubestock.values.value import to_plain


def drop_empty(entity: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entity of Kong's file without the fields that have no value and the lists of nothing."""
    return {name: value for name, value in entity.items() if value is not None and value != []}


def to_kong_value(value: object) -> Any:
    """Return a value as Kong's file holds it, in which a key of a Secret stays a reference until it is written."""
    return to_plain(value, keep=(SecretKey,))
