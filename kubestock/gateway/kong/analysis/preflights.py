"""A browser's preflight finds a route: OPTIONS beside the methods of a route on which CORS acts."""

from collections.abc import Sequence
from dataclasses import replace

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.analysis.conflicts import priority
from kubestock.gateway.kong.analysis.effective import Effective
from kubestock.gateway.kong.analysis.path_index import PathIndex
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.cross_origin import Cors


def with_preflights(route: Route, wider: Sequence[Plugin], others: Sequence[Route]) -> Route:
    """Return the route with OPTIONS, if CORS acts on it and no other route of the path answers preflights.

    A route with headers is returned as it is: no preflight carries them, so OPTIONS would help nobody.

    Args:
        route: as it was asked for.
        wider: the plugins of its service and of every request.
        others: the routes that exist already.
    """
    if route.methods is None or "OPTIONS" in route.methods or route.headers:
        return route
    if not any(isinstance(each, Cors) and each.enabled for each in (*route.plugins, *wider)):
        return route
    for other in others:
        if (
            set(route.paths) <= set(other.paths)
            and set(route.hosts) <= set(other.hosts)
            and _takes_preflights(other, route)
        ):
            return route
    return replace(route, methods=(*route.methods, "OPTIONS"))


def refuse_lost_preflights(served: Sequence[Effective]) -> None:
    """Refuse a route on which CORS acts if preflights for its path are answered by no route with CORS.

    Raises:
        ConfigurationError: naming the route and the mend.
    """
    paths = PathIndex([each.route.segments for each in served])
    for each in served:
        route = each.route
        if not any(isinstance(plugin, Cors) for plugin in each.plugins):
            continue
        wider = [served[number] for number in paths.at_or_above(route.segments)]
        if all(_answered(route, host, wider) for host in route.hosts):
            continue
        if route.headers:
            raise ConfigurationError(
                f"route {route.name} takes only requests with {', '.join(route.headers)}, which no preflight of a "
                f"browser carries, and CORS applies; first add a route of {route.path} without headers that takes "
                "OPTIONS"
            )
        raise ConfigurationError(
            f"methods of route {route.name} must list OPTIONS, because CORS applies: "
            "a browser's preflight would find no route"
        )


def _answered(route: Route, host: str, wider: Sequence[Effective]) -> bool:
    found = [each for each in wider if host in each.route.hosts and _takes_preflights(each.route, route)]
    first = max(found, key=lambda each: priority(each.route), default=None)
    return first is not None and any(isinstance(plugin, Cors) for plugin in first.plugins)


def _takes_preflights(other: Route, route: Route) -> bool:
    """Whether the other route takes OPTIONS for every path of the route, from clients that send no header of theirs."""
    return not other.headers and (other.methods is None or "OPTIONS" in other.methods) and other.holds(route)
