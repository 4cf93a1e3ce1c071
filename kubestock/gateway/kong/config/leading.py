"""Lua that runs before whatever other Lua stands in a function plugin, for every request."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from kubestock.gateway.kong.config.routes import Service
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.functions import Function, PreFunction

Led = tuple[tuple[Service, ...], tuple[Plugin, ...]]


def led(kind: type[Function], source: str, services: Sequence[Service], everywhere: Sequence[Plugin]) -> Led:
    """Return the services and the plugins of every request, of which each function of the kind begins with the Lua.

    One instance of a plugin acts on a request, so the Lua stands in every one of them, and in one for all requests.
    """
    kept = [each for each in everywhere if not isinstance(each, kind) or each.enabled]
    own = any(isinstance(each, kind) for each in kept)
    alone = () if own else (_alone(kind, source),)
    others = _plugins(kind, source, kept)
    plugins = (*alone, *others) if kind is PreFunction else (*others, *alone)
    return tuple(_service(kind, source, each) for each in services), plugins


@lru_cache(maxsize=16)
def _alone(kind: type[Function], source: str) -> Function:
    """Return the function of one source, which is compiled once however often the file is rendered."""
    return kind(access=[source])


def _service(kind: type[Function], source: str, service: Service) -> Service:
    plugins = [*service.plugins, *(plugin for route in service.routes for plugin in route.plugins)]
    if not any(isinstance(each, kind) for each in plugins):
        return service
    routes = [replace(each, plugins=_plugins(kind, source, each.plugins)) for each in service.routes]
    return replace(service, plugins=_plugins(kind, source, service.plugins), routes=routes)


def _plugins(kind: type[Function], source: str, plugins: Sequence[Plugin]) -> tuple[Plugin, ...]:
    return tuple(
        replace(each, access=(source, *each.access)) if isinstance(each, kind) and each.enabled else each
        for each in plugins
    )
