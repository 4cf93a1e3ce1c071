"""A browser's preflight finds a route: OPTIONS beside the methods of a route on which CORS acts."""

from collections.abc import Sequence
from dataclasses import replace

from kubestock.gateway.plugins.base import Plugin
from kubestock.gateway.plugins.cross_origin import Cors
from kubestock.gateway.routes import Route


def with_preflights(route: Route, wider: Sequence[Plugin], others: Sequence[Route]) -> Route:
    """Return the route with OPTIONS, if CORS acts on it and no other route of the path answers preflights.

    Args:
        route: as it was asked for.
        wider: the plugins of its service and of every request.
        others: the routes that exist already.
    """
    if route.methods is None or "OPTIONS" in route.methods:
        return route
    if not any(isinstance(each, Cors) and each.enabled for each in (*route.plugins, *wider)):
        return route
    for other in others:
        same = other.path == route.path and set(route.hosts) <= set(other.hosts) and not other.headers
        if same and (other.methods is None or "OPTIONS" in other.methods):
            return route
    return replace(route, methods=(*route.methods, "OPTIONS"))
