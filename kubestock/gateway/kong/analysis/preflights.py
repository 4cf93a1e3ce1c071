"""CORS preflights: each route with CORS must accept OPTIONS, or another route must."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kubestock.gateway.kong.analysis.finding import KongFinding
from kubestock.gateway.kong.analysis.path_index import PathIndex
from kubestock.gateway.kong.analysis.routing import priority
from kubestock.gateway.kong.analysis.view import Served, View
from kubestock.gateway.kong.config import host_patterns
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.plugins.base import Plugin


def with_preflights(route: Route, wider: Sequence[Plugin], others: Sequence[Route]) -> Route:
    """Return the route with OPTIONS added, if CORS acts on it and no other route answers the preflights of its paths.

    A route with headers is returned unchanged: preflights do not carry these headers, so OPTIONS would have no effect.

    Args:
        route: the route as declared.
        wider: the plugins of its service and the global plugins.
        others: the other routes.
    """
    if route.methods is None or "OPTIONS" in route.methods or route.headers:
        return route
    if not any(each.traits.answers_preflights and each.enabled for each in (*route.plugins, *wider)):
        return route
    for other in others:
        if (
            set(route.patterns) <= set(other.patterns)
            and host_patterns.all_covered(route.hosts, other.hosts)
            and _accepts_preflights(other, route)
        ):
            return route
    return replace(route, methods=(*route.methods, "OPTIONS"))


def missing_preflights(view: View) -> Iterator[KongFinding]:
    """Find routes with CORS whose preflights no route with CORS answers."""
    paths = PathIndex([each.route.segments for each in view.served])
    for each in view.served:
        route = each.route
        if not _answers_preflights(each):
            continue
        wider = [view.served[number] for number in paths.at_or_above(route.segments)]
        if all(_answered(route, host, wider) for host in route.hosts):
            continue
        if route.headers:
            message = (
                f"route {route.name} must not match only requests with {', '.join(route.headers)}, because "
                "CORS applies and a browser's preflight carries no such header"
            )
            fix = f"first add a route for {route.path} without headers that accepts OPTIONS"
        else:
            message = f"methods of route {route.name} must contain OPTIONS, because CORS applies"
            fix = "add OPTIONS, or a browser's preflight matches no route"
        yield KongFinding(id="preflight-lost", message=message, fix=fix, routes=(route.name,))


def _answers_preflights(served: Served) -> bool:
    return any(plugin.traits.answers_preflights for plugin in served.plugins)


def _answered(route: Route, host: str, wider: Sequence[Served]) -> bool:
    of_host = [each for each in wider if host_patterns.all_covered([host], each.route.hosts)]
    found = [each for each in of_host if _accepts_preflights(each.route, route)]
    first = max(found, key=lambda each: priority(each.route), default=None)
    return first is not None and _answers_preflights(first)


def _accepts_preflights(other: Route, route: Route) -> bool:
    """Whether the other route accepts OPTIONS for every path of the route, without special headers."""
    return not other.headers and (other.methods is None or "OPTIONS" in other.methods) and other.covers(route)
