"""Checks of plugin classes, where a class is defined: its name, its traits, and the settings that they name."""

import dataclasses
import difflib
import re
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.plugins.traits import Traits
from kubestock.values.value import Value

if TYPE_CHECKING:
    from kubestock.gateway.kong.plugins.base import Plugin

_NAME = re.compile("[a-z0-9][a-z0-9_.-]*")
_CLASS_VARIABLES = ("name", "traits", "kong_defaults", "always_written")
_UNIONS = (typing.Union, types.UnionType)


def check_plugin_name(what: str, name: str) -> None:
    """Check that a text can be the name of a plugin in Kong."""
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"{what} must be a plugin name such as my-plugin, got {name!r}")


def check_definition(kind: "type[Plugin]") -> None:
    """Check a class with the name of a plugin.

    Raises:
        ConfigurationError: if it has no traits; if a class variable is a field; if the name is invalid, or that of a
            plugin for which the library has another class; if the traits, `always_written` or `kong_defaults` name a
            setting that is not a field.
    """
    traits = getattr(kind, "traits", None)
    if not isinstance(traits, Traits):
        raise ConfigurationError(
            f"class {kind.__name__} of plugin {kind.name!r} must have traits, which the rules of the "
            "gateway read; add traits: ClassVar[Traits] = Traits(priority=…, …)"
        )
    for each in _CLASS_VARIABLES:
        if each in _fields(kind):
            raise ConfigurationError(
                f"{each} of class {kind.__name__} must be a class variable, or Kong gets it as a setting; annotate it "
                "with ClassVar"
            )
    check_plugin_name(f"name of class {kind.__name__}", kind.name)
    _check_not_taken(kind)
    for what, paths in _named_settings(kind, traits):
        for path in paths:
            if not _has(kind, path):
                raise ConfigurationError(
                    f"{what} of class {kind.__name__} must name fields of the class, got {path!r}; {_fix(kind, path)}"
                )


def _check_not_taken(kind: "type[Plugin]") -> None:
    from kubestock.gateway.kong.plugins import known  # noqa: PLC0415  # it imports Plugin, which imports this module

    if known.is_of_library(kind):
        return
    other = known.of_library().get(kind.name)
    if other is not None and not issubclass(kind, other):
        raise ConfigurationError(
            f"name of class {kind.__name__} must not be {kind.name!r}, which is the name of {other.__name__} of "
            f"{other.__module__}; use that class or a subclass of it, or the name of your own plugin"
        )


def _named_settings(kind: "type[Plugin]", traits: Traits) -> Iterator[tuple[str, Iterable[str]]]:
    yield "always_written", kind.always_written
    yield "kong_defaults", kind.kong_defaults
    for name in ("host_settings", "credential_settings"):
        yield f"{name} in traits", getattr(traits, name)
    for name in ("counts_by", "varies_by", "redacts_by"):
        yield f"{name} in traits", filter(None, [getattr(traits, name)])


def _has(kind: object, path: str) -> bool:
    """Whether a type has a field with this path, such as redis.host. A mapping may have any."""
    if isinstance(kind, type) and issubclass(kind, Value):
        name, _, rest = path.partition(".")
        if name not in _fields(kind):
            return False
        return not rest or any(_has(each, rest) for each in _members(kind, name))
    origin = typing.get_origin(kind) or kind
    return kind in (Any, object) or (isinstance(origin, type) and issubclass(origin, Mapping))


def _members(kind: type[Value], field: str) -> tuple[object, ...]:
    """Return the types that a field accepts. Any is a type that is defined later."""
    try:
        hint = typing.get_type_hints(kind)[field]
    except NameError:
        return (Any,)
    return typing.get_args(hint) if typing.get_origin(hint) in _UNIONS else (hint,)


def _fields(kind: type[Value]) -> list[str]:
    return [each.name for each in dataclasses.fields(kind)]


def _fix(kind: type[Value], path: str) -> str:
    fields = _fields(kind)
    first = path.partition(".")[0]
    near = [] if first in fields else difflib.get_close_matches(first, fields, n=1)
    return f"did you mean {near[0]!r}?" if near else f"it has {', '.join(fields)}"
