"""Values whose fields are held to their annotations at run time, and that render themselves as Kong reads them."""

import dataclasses
from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from kubestock.errors import ConfigurationError
from kubestock.values.references import SecretKey


class Typed:
    """The base of the gateway's values: frozen dataclasses.

    Sequences become tuples and mappings become read-only, so that a value cannot change after its checks.
    A subclass adds what its fields must satisfy together in `check`.
    """

    __slots__ = ()

    def __post_init__(self) -> None:
        for name, hint in _hints(cast("Hashable", type(self))).items():
            value = getattr(self, name)
            object.__setattr__(self, name, _accepted(f"{name} of {type(self).__name__}", value, hint))
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


@cache
def _hints(of: Hashable) -> dict[str, Any]:
    hints = get_type_hints(of)
    return {each.name: hints[each.name] for each in dataclasses.fields(cast("type[Any]", of))}


def _accepted(what: str, value: Any, hint: Any) -> Any:  # any annotation, any value
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _one_of(what, value, get_args(hint))
    if origin is Literal:
        if value not in get_args(hint) or isinstance(value, bool):
            known = ", ".join(str(each) for each in get_args(hint))
            raise ConfigurationError(f"{what} must be one of {known}; got {value!r}")
        return value
    if origin is Sequence:
        return _sequence(what, value, get_args(hint)[0])
    if origin is Mapping:
        return _mapping(what, value, get_args(hint)[1])
    return _scalar(what, value, hint)


def _one_of(what: str, value: Any, hints: tuple[Any, ...]) -> Any:
    if value is None and NoneType in hints:
        return None
    possible = [each for each in hints if each is not NoneType]
    for hint in possible[:-1]:
        if isinstance(hint, type) and isinstance(value, hint):
            return value
    return _accepted(what, value, possible[-1])


def _sequence(what: str, value: Any, hint: Any) -> tuple[Any, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence | set | frozenset):
        raise ConfigurationError(f"{what} must be a list, got {value!r}; write [{value!r}]")
    ordered = sorted(value) if isinstance(value, set | frozenset) else value
    return tuple(_accepted(f"an entry of {what}", each, hint) for each in ordered)


def _mapping(what: str, value: Any, hint: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise ConfigurationError(f"{what} must be a mapping with texts as keys, got {value!r}")
    return MappingProxyType({key: _accepted(f"{key!r} of {what}", each, hint) for key, each in value.items()})


def _scalar(what: str, value: Any, hint: Any) -> Any:
    if hint is Any or hint is object:
        return value
    wanted = (int, float) if hint is float else hint
    if not isinstance(value, wanted) or (isinstance(value, bool) and hint in (int, float)):
        name = {int: "a whole number", float: "a number", bool: "True or False", str: "a text"}.get(hint, hint.__name__)
        raise ConfigurationError(f"{what} must be {name}, got {value!r}")
    return value
