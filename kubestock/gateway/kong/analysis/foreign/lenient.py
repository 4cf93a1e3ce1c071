"""Builds values of this library from other Kong files. Invalid settings become problems instead of errors."""

import dataclasses
import re
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.entities import defaults_in_kong
from kubestock.values.references import SecretKey, SecretRef
from kubestock.values.value import Value, check_type, freeze

V = TypeVar("V", bound=Value)
_REFERENCE = re.compile(r"\s*\{(?:vault://|\{).*", re.DOTALL)
_hints = cache(typing.get_type_hints)


def build(kind: type[V], given: Mapping[str, Any]) -> tuple[V, list[str]]:
    """Return a value with Kong's default for each missing field, and the problems that its class finds."""
    hints, defaults = _hints(kind), defaults_in_kong(kind)
    problems = [f"{name} must be a setting that Kong knows" for name in given if name not in defaults]
    made: V = object.__new__(kind)
    for name, default in defaults.items():
        value, found = _field(name, given.get(name), hints[name], default)
        problems += found
        object.__setattr__(made, name, value)
    unread = [
        name for name, each in given.items() if isinstance(each, SecretKey) and getattr(made, name, None) is not each
    ]
    if not problems and not unread:
        problems += _check_problems(made)
    return made, problems


def _field(name: str, given: Any, hint: Any, default: Any) -> tuple[Any, list[str]]:
    """Return the value of a field and its problems. An invalid value counts as missing."""
    if given is None:
        missing = default is dataclasses.MISSING
        return (None, [f"{name} must be given"]) if missing else (default, [])
    if isinstance(hint, type) and issubclass(hint, Value) and isinstance(given, Mapping):
        return build(hint, given)
    if isinstance(given, SecretKey):
        fits = SecretKey in typing.get_args(hint)
        return (given if fits else None if default is dataclasses.MISSING else default), []
    if SecretKey in typing.get_args(hint) and isinstance(given, str):
        plain = [] if is_reference(given) else [f"{name} is a credential in plain text; seal it"]
        return placeholder_key(name), plain
    try:
        check_type(name, given, hint)
    except ConfigurationError as error:
        return (None if default is dataclasses.MISSING else default), [str(error)]
    return freeze(given), []


def _check_problems(made: Value) -> list[str]:
    try:
        made.__post_init__()
    except ConfigurationError as error:
        return [str(error)]
    return []


def is_reference(text: str) -> bool:
    """Whether a text refers to a credential elsewhere: in a vault, or filled in by a template."""
    return _REFERENCE.fullmatch(text) is not None


def without_references(value: Any, name: str = "setting") -> Any:
    """Return settings with a placeholder key for each text that is a reference."""
    if isinstance(value, Mapping):
        return {key: without_references(each, str(key)) for key, each in value.items()}
    if isinstance(value, list):
        return [without_references(each, name) for each in value]
    return placeholder_key(name) if isinstance(value, str) and is_reference(value) else value


def placeholder_key(name: str) -> SecretKey:
    """Return a key of no real Secret, for a credential whose text the rules do not need."""
    key = re.sub("[^A-Za-z0-9._-]+", "-", name) or "key"
    return SecretKey(source=SecretRef(name="kong.yml"), key=key)
