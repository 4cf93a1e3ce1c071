"""Values and functions that check the types of their arguments, for callers without a type checker."""

import dataclasses
import difflib
import functools
import inspect
import math
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

from kubestock.errors import ConfigurationError
from kubestock.values.annotations import describe, fitting

F = TypeVar("F", bound=Callable[..., Any])
_SCALARS = (str, int, float, bool, type(None))


class _ValueType(type):
    """Makes each value class a frozen dataclass, and reports misspelt or missing arguments when it is called."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], *, kw_only: bool = True) -> Any:
        made: Any = dataclasses.dataclass(frozen=True, kw_only=kw_only)(super().__new__(cls, name, bases, namespace))
        made.check_class()
        return made

    if not TYPE_CHECKING:  # type checkers read the fields of the classes

        def __call__(cls, *args: object, **kwargs: object) -> Any:
            _arguments(cls).check_names(args, kwargs)
            return super().__call__(*args, **kwargs)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(dataclasses.field,))
class Value(metaclass=_ValueType):
    """The base of all values: a frozen dataclass with keyword-only arguments, which it checks when it is created.

    Each field must have the type of its annotation, including the items of collections. A list is accepted for a
    tuple. Collections are copied deeply into tuples and read-only mappings, so that a value cannot change after
    its checks. A subclass adds additional checks in `check`.

    Raises:
        ConfigurationError: if a type is wrong. The message names the argument and the types, but not the value, which
            may be confidential.
    """

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    @classmethod
    def check_class(cls) -> None:
        """Check the class itself, where it is defined; subclasses override it."""

    def __post_init__(self) -> None:
        for name, hint, fits in _arguments(type(self)).typed:
            value = getattr(self, name)
            if not fits(value):
                raise ConfigurationError(describe(name, value, hint))
            if isinstance(value, float) and not math.isfinite(value):
                raise ConfigurationError(f"{name} must be a finite number, got {value}")
            if not isinstance(value, _SCALARS):
                object.__setattr__(self, name, freeze(value))
        self.check()

    def check(self) -> None:
        """Check the ranges of fields, and fields that depend on each other; subclasses override it."""


def checked(function: F) -> F:
    """Check the types of the arguments of a function, a method or the `__init__` of a construct.

    Raises:
        ConfigurationError: if a type is wrong. The message names the argument and the types, but not the value, which
            may be confidential.
    """
    first = 1 if next(iter(inspect.signature(function).parameters), "") == "self" else 0

    @functools.wraps(function)
    def call(*args: object, **kwargs: object) -> object:
        arguments = _arguments(function)
        arguments.check_names(args[first:], kwargs, args[0] if first else None)
        given = dict(zip(arguments.positional, args[first:], strict=False)) | kwargs
        for name, hint, fits in arguments.typed:
            if name in given and not fits(given[name]):
                raise ConfigurationError(describe(name, given[name], hint))
        return function(*args, **kwargs)

    return typing.cast("F", call)


def check_type(name: str, value: object, hint: Any) -> None:
    """Check that a value has its annotated type.

    Raises:
        ConfigurationError: if it does not; the message names the argument or its item, and what was given.
    """
    if not fitting(hint)(value):
        raise ConfigurationError(describe(name, value, hint))


def freeze(value: object) -> Any:
    """Return a copy of a collection that cannot change: lists become tuples, mappings become read-only."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: freeze(each) for key, each in value.items()})
    if isinstance(value, list | tuple):
        return tuple(freeze(each) for each in value)
    return value


def to_plain(value: object, keep: tuple[type, ...] = ()) -> Any:
    """Return a value as dicts and lists, without the fields that are None; other objects stay as they are.

    Args:
        value: the value to convert.
        keep: additional types of values that stay as they are. Defaults to none.
    """
    if isinstance(value, keep):
        return value
    if isinstance(value, Value):
        fields = ((each.name, getattr(value, each.name)) for each in dataclasses.fields(value))
        return {name: to_plain(each, keep) for name, each in fields if each is not None}
    if isinstance(value, Mapping):
        return {key: to_plain(each, keep) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(each, keep) for each in value]
    return value


def require_unique(what: str, values: Iterable[str], owner: str = "") -> None:
    """Check that values are unique.

    Args:
        what: what the values are, in the singular, for the message.
        values: the values that must be unique.
        owner: the object that they belong to, for the message. Defaults to none.

    Raises:
        ConfigurationError: if a value is duplicated; the message names all duplicates.
    """
    seen = list(values)
    if len(set(seen)) == len(seen):
        return
    repeated = sorted({each for each in seen if seen.count(each) > 1})
    where = f" of {owner}" if owner else ""
    raise ConfigurationError(
        f"each {what}{where} must be unique, got {', '.join(map(repr, repeated))} more than once; rename or remove one"
    )


class _Arguments:
    """The parameters of a class or a function, which are resolved when it is called for the first time."""

    def __init__(self, target: Any) -> None:
        if isinstance(target, type):
            self._name = target.__name__
            hints, signature = typing.get_type_hints(target), inspect.signature(target.__init__)  # type: ignore[misc]  # a class
        else:
            self._name = target.__qualname__
            hints, signature = typing.get_type_hints(target), inspect.signature(target)
        parameters = [each for each in signature.parameters.values() if each.name != "self"]
        positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        self.positional = [each.name for each in parameters if each.kind in positional]
        self._names = [each.name for each in parameters]
        self._required = [each.name for each in parameters if each.default is inspect.Parameter.empty]
        self._known = frozenset(self._names)
        self.typed = [(each, hints[each], fitting(hints[each])) for each in self._names if each in hints]

    def check_names(self, args: Sequence[object], kwargs: Mapping[str, object], owner: object = None) -> None:
        """Check that no arguments are misspelt, missing, surplus or given twice."""
        count = len(args)
        placed = self.positional[:count]
        known = count == len(placed) and self._known.issuperset(kwargs)
        if known and all((each in kwargs) != (each in placed) for each in (*self._required, *placed)):
            return
        raise ConfigurationError(self._wrong(self._label(owner), count, kwargs))

    def _label(self, owner: object) -> str:
        if owner is None:
            return self._name
        name = self._name.rpartition(".")[2]
        return type(owner).__name__ if name == "__init__" else f"{type(owner).__name__}.{name}"

    def _wrong(self, label: str, count: int, kwargs: Mapping[str, object]) -> str:
        for each in kwargs:
            if each not in self._known:
                near = difflib.get_close_matches(each, self._names, n=1)
                fix = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(self._names) or 'none'}"
                return f"{label} has no argument {each!r}; {fix}"
        if count > len(self.positional):
            by_name = [each for each in self._names if each not in self.positional and each not in kwargs]
            fix = f"; give {', '.join(by_name)} by name" if by_name else ""
            return f"{label} takes {len(self.positional)} arguments by position, got {count}{fix}"
        for each in self.positional[:count]:
            if each in kwargs:
                return f"{label} got argument {each!r} twice, by position and by name; give it once"
        missing = [each for each in self._required if each not in kwargs and each not in self.positional[:count]]
        return f"{label} requires {', '.join(map(repr, missing))}, which {'is' if len(missing) == 1 else 'are'} missing"


_arguments = functools.cache(_Arguments)
