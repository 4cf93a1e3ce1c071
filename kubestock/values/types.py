"""Whether arguments are of the types that they are declared with, for callers without a type checker.

jsii pins a release of typeguard that does not know today's annotations, and beartype looks at one item of a
collection only; so the few forms that this library uses are checked here.
"""

import functools
import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType, UnionType
from typing import Any, TypeVar

from kubestock.errors import ConfigurationError

T = TypeVar("T", bound=Callable[..., Any])
_UNIONS = (typing.Union, UnionType)


def typed(target: T) -> T:
    """Refuse arguments of the wrong type, of a class's constructor or of a function.

    Raises:
        ConfigurationError: naming the argument, its type, and what was given by its type alone: the value may
            be confidential.
    """
    if inspect.isclass(target):
        setattr(target, "__init__", typed(target.__init__))  # noqa: B010  # mypy takes no assignment to a method
        return target
    signature = inspect.signature(target)
    function = typing.cast("Callable[..., Any]", target)

    @functools.cache
    def hints() -> dict[str, Any]:
        return typing.get_type_hints(function)

    @functools.wraps(function)
    def checked(*args: object, **kwargs: object) -> object:
        for name, value in signature.bind(*args, **kwargs).arguments.items():
            if name in hints():
                refuse_misfit(name, value, hints()[name])
        return function(*args, **kwargs)

    return typing.cast("T", checked)


def refuse_misfit(name: str, value: object, hint: Any) -> None:
    """Refuse a value that is not of its annotated type.

    Raises:
        ConfigurationError: naming the argument or the item of it, and what was given.
    """
    if not fits(value, hint):
        raise ConfigurationError(_told(name, value, hint))


def frozen(value: object) -> Any:
    """Return a copy of a collection that cannot change: lists become tuples, mappings become read-only."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: frozen(each) for key, each in value.items()})
    if isinstance(value, list | tuple):
        return tuple(frozen(each) for each in value)
    return value


def fits(value: object, hint: Any) -> bool:
    """Tell whether a value is of an annotated type, down to the items of collections."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return True
    if origin in _UNIONS:
        return any(fits(value, each) for each in arguments)
    if origin is typing.Literal:
        return any(type(value) is type(each) and value == each for each in arguments)
    if isinstance(origin, type):
        return isinstance(value, origin) and not isinstance(value, str) and _items_fit(value, origin, arguments)
    return _scalar_fits(value, hint)


def _scalar_fits(value: object, hint: Any) -> bool:
    if hint in (int, float) and isinstance(value, bool):
        return False
    wanted = (int, float) if hint is float else hint
    return not isinstance(hint, type) or isinstance(value, wanted)


def _items_fit(value: Any, origin: type, arguments: tuple[Any, ...]) -> bool:
    if issubclass(origin, Mapping):
        return all(fits(key, arguments[0]) and fits(each, arguments[1]) for key, each in value.items())
    if issubclass(origin, Sequence):
        return all(fits(each, arguments[0]) for each in value)
    return True


def _told(name: str, value: object, hint: Any) -> str:
    """Name the argument, or the item of it that is wrong."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    for each in arguments if origin in _UNIONS else ():
        collection = typing.get_origin(each)
        if isinstance(collection, type) and isinstance(value, collection) and not isinstance(value, str):
            return _told(name, value, each)
    if isinstance(value, Mapping) and isinstance(origin, type) and issubclass(origin, Mapping):
        for key, each in value.items():
            if fits(key, arguments[0]) and not fits(each, arguments[1]):
                return _told(f"{name}[{key!r}]", each, arguments[1])
    elif isinstance(value, tuple | list) and isinstance(origin, type) and isinstance(value, origin):
        for position, each in enumerate(value):
            if not fits(each, arguments[0]):
                return _told(f"{name}[{position}]", each, arguments[0])
    shown = origin is typing.Literal or isinstance(value, int | float | None)
    return f"{name} must be {_words(hint)}, got {repr(value) if shown else type(value).__name__}"


def _words(hint: Any) -> str:
    """Write a type as a reader of the documentation knows it, without the names of modules."""
    if isinstance(hint, type) and not typing.get_args(hint):
        return "None" if hint is type(None) else hint.__name__
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in _UNIONS:
        return " or ".join(_words(each) for each in arguments)
    if origin is typing.Literal:
        return " or ".join(repr(each) for each in arguments)
    if arguments:
        return f"{origin.__name__}[{', '.join('…' if each is ... else _words(each) for each in arguments)}]"
    return str(hint)
