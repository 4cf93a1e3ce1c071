"""All plugin classes, of this library and of the program that uses it, by the name of the plugin in Kong."""

import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from kubestock.gateway.kong import plugins
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.untyped import TRAITS


def classes() -> Mapping[str, type[Plugin]]:
    """Return the plugin classes by the name of the plugin. A class of your own overrides one of the library."""
    _load()
    found = list(_below(Plugin))
    return {each.name: each for each in sorted(found, key=is_of_library, reverse=True)}


@cache
def of_library() -> Mapping[str, type[Plugin]]:
    """Return the plugin classes of this library by the name of the plugin."""
    _load()
    return {each.name: each for each in _below(Plugin) if is_of_library(each)}


def is_of_library(kind: type[Plugin]) -> bool:
    """Whether a plugin class is one of this library."""
    return kind.__module__.startswith(f"{plugins.__name__}.")


@cache
def bundled() -> frozenset[str]:
    """Return the names of the plugins of open-source Kong, which Kong loads by default."""
    return frozenset({*TRAITS, *of_library()})


@cache
def _load() -> None:
    for module in pkgutil.iter_modules(plugins.__path__, f"{plugins.__name__}."):
        import_module(module.name)


def _below(base: type[Plugin]) -> Iterator[type[Plugin]]:
    for each in base.__subclasses__():
        if each.name:
            yield each
        yield from _below(each)
