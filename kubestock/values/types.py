"""Whether an argument is of its type, for callers without a type checker."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from kubestock.errors import ConfigurationError

T = TypeVar("T")


def instance(what: str, value: T, *types: type) -> T:
    """Return `value` if it is of one of these types.

    Raises:
        ConfigurationError: naming the types, and what was given by its type alone: it may be confidential.
    """
    if not isinstance(value, types):
        wanted = " or ".join(each.__name__ for each in types)
        raise ConfigurationError(f"{what} must be a {wanted}, got a {type(value).__name__}")
    return value


def instances(what: str, values: Iterable[T], *types: type) -> Iterable[T]:
    """Return `values` if each of them is of one of these types, and they are no text."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ConfigurationError(f"{what} must be a tuple, got a {type(values).__name__}")
    for value in values:
        instance(f"each of {what}", value, *types)
    return values


def texts(what: str, values: Mapping[str, str]) -> Mapping[str, str]:
    """Return `values` if it maps texts to texts."""
    instance(what, values, Mapping)
    for key, value in values.items():
        instance(f"a key of {what}", key, str)
        instance(f"{what}[{key!r}]", value, str)
    return values
