"""Checks whether a value has an annotated type, for the forms of type annotations that this library uses.

jsii pins a release of typeguard that does not support current annotations, and beartype checks only one item of a
collection.
"""

import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Fits = Callable[[object], bool]
_UNIONS = (typing.Union, types.UnionType)


def fitting(hint: Any) -> Fits:
    """Return the check for an annotated type, including the items of collections."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any or hint is object:
        return lambda _: True
    if origin in _UNIONS:
        return _any_of([fitting(each) for each in arguments])
    if origin is typing.Literal:
        return lambda value: any(type(value) is type(each) and value == each for each in arguments)
    if isinstance(origin, type):
        return _collection(origin, arguments)
    return _scalar(hint)


def _any_of(checks: Sequence[Fits]) -> Fits:
    return lambda value: any(fits(value) for fits in checks)


def _scalar(hint: Any) -> Fits:
    if hint in (int, float):
        wanted = (int, float) if hint is float else (int,)
        return lambda value: isinstance(value, wanted) and not isinstance(value, bool)
    if not isinstance(hint, type):
        return lambda _: True
    if getattr(hint, "_is_protocol", False):
        return _protocol(hint)
    return lambda value: isinstance(value, hint)


def _collection(origin: type, arguments: tuple[Any, ...]) -> Fits:
    if issubclass(origin, Mapping):
        keys, values = fitting(arguments[0]), fitting(arguments[1])
        return lambda value: (
            isinstance(value, origin) and all(keys(key) and values(each) for key, each in value.items())
        )
    if issubclass(origin, Sequence):
        items = fitting(arguments[0])
        wanted = (list, tuple) if origin is tuple else (origin,)
        return lambda value: isinstance(value, wanted) and not isinstance(value, str) and all(map(items, value))
    if issubclass(origin, type):
        return lambda value: isinstance(value, type)
    return lambda value: isinstance(value, origin) and not isinstance(value, str)


def describe(name: str, value: object, hint: Any) -> str:
    """Return the error for an argument, or for the item of it that is wrong.

    A class may have a `fix_for_text`, which says what to give instead of a text.
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    for each in arguments if origin in _UNIONS else ():
        collection = typing.get_origin(each)
        if isinstance(collection, type) and _is_collection(value, collection):
            return describe(name, value, each)
    if isinstance(value, Mapping) and isinstance(origin, type) and issubclass(origin, Mapping):
        for key, each in value.items():
            if fitting(arguments[0])(key) and not fitting(arguments[1])(each):
                return describe(f"{name}[{key!r}]", each, arguments[1])
    elif isinstance(origin, type) and issubclass(origin, Sequence) and _is_collection(value, origin):
        for position, each in enumerate(typing.cast("Sequence[object]", value)):
            if not fitting(arguments[0])(each):
                return describe(f"{name}[{position}]", each, arguments[0])
    # A member of a fixed list of words is not confidential.
    members = [hint, *(arguments if origin in _UNIONS else ())]
    shown = any(typing.get_origin(each) is typing.Literal for each in members) or isinstance(value, int | float | None)
    got = repr(value) if shown else type(value).__name__
    fixes = [each.fix_for_text for each in members if isinstance(value, str) and hasattr(each, "fix_for_text")]
    return "; ".join([f"{name} must be {_words(hint)}, got {got}", *fixes])


def _is_collection(value: object, origin: type) -> bool:
    if isinstance(value, str):
        return False
    return isinstance(value, list | tuple) if origin is tuple else isinstance(value, origin)


def _words(hint: Any) -> str:
    """Return a type as the documentation writes it, without the names of modules."""
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


def _protocol(protocol: type) -> Fits:
    """Return the check for the members of a protocol; it does not read them, because a property may raise."""
    bases = [each for each in protocol.__mro__ if getattr(each, "_is_protocol", False) and each is not typing.Protocol]
    named = {name for each in bases for name in (*vars(each), *inspect.get_annotations(each))}
    members = [each for each in named if not each.startswith("_") or each == "__getitem__"]
    return lambda value: all(each in getattr(value, "__dict__", ()) or hasattr(type(value), each) for each in members)
