"""Fills in the methods of Cors plugins from the methods that the routes accept."""

from collections.abc import Sequence
from dataclasses import replace

from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.cross_origin import Cors, Method

_BROWSER_METHODS: tuple[Method, ...] = ("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS")


def with_cors_methods(
    services: Sequence[KongService], global_plugins: Sequence[Plugin]
) -> tuple[list[KongService], list[Plugin]]:
    """Return the services and the global plugins, where each Cors without methods gets those of all routes.

    The route that answers a preflight is often not the route of the request that follows, so the methods of one route
    are not enough. Routes that the gateway answers itself, such as the 404 below a protected prefix, do not count.
    """
    routes = [route for service in services for route in service.routes if not _answered_by_gateway(route)]
    accepted = {method for route in routes for method in route.methods or http.METHODS}
    methods = [each for each in _BROWSER_METHODS if each in accepted]
    return [_service(each, methods) for each in services], _filled_in(global_plugins, methods)


def _answered_by_gateway(route: Route) -> bool:
    return any(each.enabled and each.answers for each in route.plugins)


def _service(service: KongService, methods: Sequence[Method]) -> KongService:
    scopes = [service.plugins, *(each.plugins for each in service.routes)]
    if not any(isinstance(each, Cors) for plugins in scopes for each in plugins):
        return service
    routes = [replace(each, plugins=_filled_in(each.plugins, methods)) for each in service.routes]
    return replace(service, plugins=_filled_in(service.plugins, methods), routes=routes)


def _filled_in(plugins: Sequence[Plugin], methods: Sequence[Method]) -> list[Plugin]:
    return [_with(each, methods) if isinstance(each, Cors) else each for each in plugins]


def _with(cors: Cors, methods: Sequence[Method]) -> Cors:
    return replace(cors, methods=methods) if cors.methods is None and methods else cors
