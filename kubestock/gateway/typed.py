"""Values of Kong's file: frozen, held to their annotations, and rendered as Kong reads them."""

import dataclasses
import math
from collections.abc import Hashable, Iterable, Mapping
from functools import cache
from typing import Any, cast, get_type_hints

from kubestock.errors import ConfigurationError
from kubestock.values.references import SecretKey
from kubestock.values.types import frozen, refuse_misfit


class Typed:
    """The base of the gateway's values: frozen dataclasses.

    Collections are copied, so that a value cannot change after its checks. A subclass adds what its fields
    must satisfy together in `check`.
    """

    __slots__ = ()

    def __post_init__(self) -> None:
        for name, hint in _hints(cast("Hashable", type(self))).items():
            value = getattr(self, name)
            refuse_misfit(name, value, hint)
            if isinstance(value, float) and not math.isfinite(value):
                raise ConfigurationError(f"{name} must be a finite number, got {value}")
            object.__setattr__(self, name, frozen(value))
        self.check()

    def check(self) -> None:
        """Refuse fields that are right one by one and wrong together."""


def plain(value: object) -> Any:  # JSON has no narrower type
    """Return a value as Kong's file holds it: fields that are None are left out, secrets stay references."""
    if isinstance(value, SecretKey):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
        return {name: plain(each) for name, each in fields.items() if each is not None}
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value


def present(entity: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entity of Kong's file without the fields that have no value and the lists of nothing."""
    return {name: value for name, value in entity.items() if value is not None and value != []}


def once(what: str, values: Iterable[str]) -> None:
    """Refuse values that are there twice.

    Raises:
        ConfigurationError: naming what they are, and those that repeat.
    """
    seen = list(values)
    if repeated := sorted({each for each in seen if seen.count(each) > 1}):
        raise ConfigurationError(
            f"each {what} must be there once, got {', '.join(repeated)} again; rename or remove it"
        )


@cache
def _hints(of: Hashable) -> dict[str, Any]:
    hints = get_type_hints(of)
    return {each.name: hints[each.name] for each in dataclasses.fields(cast("type[Any]", of))}
