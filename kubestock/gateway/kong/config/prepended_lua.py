"""Adds Lua to every PreFunction or PostFunction, so that it runs for every request and before any other Lua in them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.functions import BEFORE_ROUTING, Function, PreFunction

ServicesAndPlugins = tuple[tuple[KongService, ...], tuple[Plugin, ...]]


def prepend_lua(
    kind: type[Function], sources: Mapping[str, str], services: Sequence[KongService], plugins: Sequence[Plugin]
) -> ServicesAndPlugins:
    """Return the services and the global plugins, where each function plugin of the kind begins with the given Lua.

    Kong runs only the most specific instance of a plugin for a request, so the Lua is added to every instance. If there
    is no global instance, one is added.

    Args:
        kind: the class of the function plugin.
        sources: the Lua for each phase.
        services: the services with their routes.
        plugins: the global plugins.
    """
    kept = [each for each in plugins if not isinstance(each, kind) or each.enabled]
    added = () if any(isinstance(each, kind) for each in kept) else (_new_function(kind, tuple(sources.items())),)
    others = _with_lua(kind, sources, kept)
    routed = {phase: source for phase, source in sources.items() if phase not in BEFORE_ROUTING}
    global_plugins = (*added, *others) if kind is PreFunction else (*others, *added)
    return tuple(_service(kind, routed, each) for each in services), global_plugins


@lru_cache(maxsize=16)
def _new_function(kind: type[Function], sources: tuple[tuple[str, str], ...]) -> Function:
    """Return a function plugin with these sources. The cache avoids compiling them again for each rendering."""
    return kind(**{phase: [source] for phase, source in sources})  # type: ignore[arg-type]  # phases are its fields


def _service(kind: type[Function], sources: Mapping[str, str], service: KongService) -> KongService:
    plugins = [*service.plugins, *(plugin for route in service.routes for plugin in route.plugins)]
    if not any(isinstance(each, kind) for each in plugins):
        return service
    routes = [replace(each, plugins=_with_lua(kind, sources, each.plugins)) for each in service.routes]
    return replace(service, plugins=_with_lua(kind, sources, service.plugins), routes=routes)


def _with_lua(kind: type[Function], sources: Mapping[str, str], plugins: Sequence[Plugin]) -> tuple[Plugin, ...]:
    return tuple(_prepended(each, sources) if isinstance(each, kind) and each.enabled else each for each in plugins)


def _prepended(function: Function, sources: Mapping[str, str]) -> Function:
    changed = {phase: (source, *function.sources[phase]) for phase, source in sources.items()}
    return replace(function, **changed)  # type: ignore[arg-type]  # phases are its fields
