"""Routes that Kong could not tell apart, or of which a wider one takes a narrower one's requests."""

from collections.abc import Sequence
from itertools import combinations

from kubestock.errors import ConfigurationError
from kubestock.gateway.routes import Route


def priority(route: Route) -> tuple[int, int, int]:
    """Return what Kong sorts routes by: how many kinds of rule, then regular expressions, then depth.

    See https://developer.konghq.com/gateway/routing/traditional/
    """
    return (1 if route.methods is None else 2, int(route.path != "/"), len(route.segments))


def refuse_conflicts(routes: Sequence[Route]) -> None:
    """Refuse two routes if the same request could go to either, or goes to the wider of the two.

    Raises:
        ConfigurationError: naming both routes and the mend.
    """
    for one, other in combinations(routes, 2):
        if not _meet(one, other):
            continue
        if priority(one) == priority(other):
            raise ConfigurationError(
                f"routes {one.name} and {other.name} match the same requests to {one.path}, and Kong could not tell "
                "them apart; give them different paths, hosts or methods"
            )
        winner, loser = sorted((one, other), key=priority, reverse=True)
        if len(winner.segments) < len(loser.segments):
            raise ConfigurationError(
                f"route {winner.name} ({winner.path}) would take requests from the narrower {loser.name} "
                f"({loser.path}), because it also restricts methods; give {loser.name} methods too"
            )


def _meet(one: Route, other: Route) -> bool:
    shorter = min(len(one.segments), len(other.segments))
    methods = one.methods is None or other.methods is None or bool(set(one.methods) & set(other.methods))
    return methods and bool(set(one.hosts) & set(other.hosts)) and one.segments[:shorter] == other.segments[:shorter]
