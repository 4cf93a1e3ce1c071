"""What runs for the requests of a route, whichever scope it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from kubestock.gateway.kong.config.routes import Route, Service
from kubestock.gateway.kong.plugins.base import Plugin


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """A route, its service, and the plugins that run for its requests, but for those of a consumer."""

    service: Service
    route: Route
    plugins: tuple[Plugin, ...]


def effective(services: Sequence[Service], everywhere: Sequence[Plugin]) -> tuple[Effective, ...]:
    """Return every route with what runs for it, once for each of its paths."""
    return tuple(
        Effective(service=service, route=each, plugins=_in_force(route.plugins, service.plugins, everywhere))
        for service in services
        for route in service.routes
        for each in route.by_path
    )


def _in_force(*scopes: Sequence[Plugin]) -> tuple[Plugin, ...]:
    """Return the plugins that run: of each name the most specific one, if it is enabled."""
    chosen: dict[str, Plugin] = {}
    for each in chain.from_iterable(scopes):
        if each.enabled:
            chosen.setdefault(each.kong_name, each)
    return tuple(chosen.values())
