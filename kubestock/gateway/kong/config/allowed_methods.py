"""The methods that CORS names: those that some route takes."""

from collections.abc import Sequence
from dataclasses import replace

from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.cross_origin import Cors, Method

_OF_A_PAGE: tuple[Method, ...] = ("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS")


def with_cors_methods(
    services: Sequence[KongService], global_plugins: Sequence[Plugin]
) -> tuple[list[KongService], list[Plugin]]:
    """Return the services and the plugins of every request, of which each Cors names the methods of all routes.

    The route that answers a preflight is often another one than that of the request, so those of one route are too few.
    Routes that the gateway answers itself, such as 404 for all that is below a protected prefix, do not count.
    """
    routes = [route for service in services for route in service.routes if not _is_answered(route)]
    taken = {method for route in routes for method in route.methods or http.METHODS}
    methods = [each for each in _OF_A_PAGE if each in taken]
    return [_service(each, methods) for each in services], _named(global_plugins, methods)


def _is_answered(route: Route) -> bool:
    return any(each.enabled and each.answers for each in route.plugins)


def _service(service: KongService, methods: Sequence[Method]) -> KongService:
    scopes = [service.plugins, *(each.plugins for each in service.routes)]
    if not any(isinstance(each, Cors) for plugins in scopes for each in plugins):
        return service
    routes = [replace(each, plugins=_named(each.plugins, methods)) for each in service.routes]
    return replace(service, plugins=_named(service.plugins, methods), routes=routes)


def _named(plugins: Sequence[Plugin], methods: Sequence[Method]) -> list[Plugin]:
    return [_with(each, methods) if isinstance(each, Cors) else each for each in plugins]


def _with(cors: Cors, methods: Sequence[Method]) -> Cors:
    return replace(cors, methods=methods) if cors.methods is None and methods else cors
