"""Rules about routing: routes that Kong cannot distinguish, and routes that receive the requests of narrower ones."""

from collections.abc import Iterator, Sequence

from kubestock.gateway.kong.analysis.finding import KongFinding
from kubestock.gateway.kong.analysis.path_index import PathIndex
from kubestock.gateway.kong.config import host_patterns, http
from kubestock.gateway.kong.config.routes import Route


def restriction_count(route: Route) -> int:
    """Return how many kinds of restrictions the route has in addition to its path."""
    return sum((route.restricts_hosts, route.methods is not None, bool(route.headers)))


def priority(route: Route) -> tuple[int, bool, int, int, int]:
    """Return the key by which Kong sorts routes: number of restrictions, no wildcard, headers, expression, depth.

    See https://developer.konghq.com/gateway/routing/traditional/
    """
    whole = route.restricts_hosts and not route.has_wildcard
    return (restriction_count(route), whole, len(route.headers or {}), int(route.is_expression), route.regex_priority)


def conflicts(routes: Sequence[Route]) -> Iterator[KongFinding]:
    """Find pairs of routes where a request could go to either, or goes to the wider one."""
    paths = [each for route in routes for each in route.split_by_path]
    for first, second in PathIndex([each.segments for each in paths]).pairs():
        one, other = paths[first], paths[second]
        if one.name == other.name or not _overlap(one, other):
            continue
        if priority(one) == priority(other):
            yield KongFinding(
                id="route-ambiguous",
                message=f"routes {one.name} and {other.name} must not match the same requests to "
                f"{_both(one.path, other.path)}, because Kong could not distinguish them",
                fix="give them different paths, hosts, methods or headers",
                routes=(one.name, other.name),
            )
            continue
        winner, loser = sorted((one, other), key=priority, reverse=True)
        if fix := _overrides(winner, loser):
            more = restriction_count(winner) > restriction_count(loser)
            why = "it also restricts methods or headers" if more else "it has no wildcard host"
            yield KongFinding(
                id="route-overridden",
                message=f"route {winner.name} ({winner.path}) must not receive requests for the narrower route "
                f"{loser.name} ({loser.path}); it does, because {why}",
                fix=fix,
                routes=(winner.name, loser.name),
            )


def _overrides(winner: Route, loser: Route) -> str | None:
    """Return how to keep the winner from receiving requests for the loser, or None if it does not."""
    pairs = [(mine, other) for mine in winner.hosts for other in loser.hosts if host_patterns.overlap(mine, other)]
    same_restriction = f"add the same restriction to {loser.name}"
    if not loser.has_wildcard and any(mine != other for mine, other in pairs):
        return same_restriction
    if not winner.has_wildcard and all(mine != other for mine, other in pairs):
        return None
    by_path = priority(winner)[:-1] == priority(loser)[:-1] and not winner.covers(loser)
    if by_path or loser.covers(winner):
        return None
    if restriction_count(winner) > restriction_count(loser):
        return same_restriction
    return f"move the wildcard host of {loser.name} to a separate route"


def _both(one: str, other: str) -> str:
    return one if one == other else f"{one} and {other}"


def _overlap(one: Route, other: Route) -> bool:
    methods = one.methods is None or other.methods is None or bool(set(one.methods) & set(other.methods))
    return methods and one.shares_hosts(other) and _headers_overlap(one, other) and one.overlaps(other)


def _headers_overlap(one: Route, other: Route) -> bool:
    """Whether one request can carry the headers of both routes. Values are compared without case."""
    wanted, others = _lowered(one), _lowered(other)
    return all(values & others[name] for name, values in wanted.items() if name in others)


def _lowered(route: Route) -> dict[str, set[str]]:
    headers = route.headers or {}
    values = ({each.lower() for each in named} for named in headers.values())
    return dict(zip(http.comparable_header_names(headers), values, strict=True))
