"""Routes that bypass authentication: they ask the same pods for the same as another route, and require less."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kubestock.gateway.kong.analysis.access import Access
from kubestock.gateway.kong.analysis.finding import KongFinding
from kubestock.gateway.kong.analysis.reach import Reach, nested
from kubestock.gateway.kong.analysis.same_pods import SamePods
from kubestock.gateway.kong.analysis.view import View
from kubestock.gateway.kong.config import host_patterns
from kubestock.gateway.kong.config.routes import Route

_FIX = (
    "say public=True and fix what it asks for: by RequestTransformer(replace=RequestReplacements(uri=…)), or by "
    "strip_path=False with exact=True or with a path below the protected one that does not strip its own either"
)
_KEEP_BOTH = "say strip_path=False of both where one path is below the other"


def bypasses(view: View) -> Iterator[KongFinding]:
    """Find a route that admits more callers than another one, and can ask the same pods for the same.

    What counts is what the pods are asked for: with `strip_path`, /open/7 and /api/orders/7 are both /7 to them. A
    public route passes if it cannot reach what another one protects, or if it says `public=True` and reaches just
    what its author wrote: one path, or one below the protected path that neither strips.

    Of two routes that both authenticate, one bypasses the other where one path holds the other, whatever their hosts:
    a separate path is a separate door. Two routes of one path that each name other methods are taken as meant.
    """
    for inner, outer in _weaker(view):
        found = _weaker_route(inner, outer) if outer.access.credential_kinds else _public_route(inner, outer)
        if found is not None:
            message, fix = found
            yield KongFinding(id="route-bypass", message=message, fix=fix, routes=(outer.route.name, inner.route.name))


@dataclass(frozen=True, slots=True)
class _RouteAccess:
    """A route, who may enter by it, and what it can ask the pods for."""

    number: int
    route: Route
    access: Access
    reach: Reach


def _weaker(view: View) -> Iterator[tuple[_RouteAccess, _RouteAccess]]:
    """Yield each route that authenticates with each route to the same pods that allows other callers."""
    services = list({id(each): each for each in view.services}.values())
    numbers = {id(each): number for number, each in enumerate(services)}
    inner: list[tuple[int, _RouteAccess]] = []
    outer: dict[int, dict[Access, list[_RouteAccess]]] = defaultdict(lambda: defaultdict(list))
    for number, each in enumerate(view.served):
        if each.reach is not None:
            route_access, service = _RouteAccess(number, each.route, each.access, each.reach), numbers[id(each.service)]
            inner.append((service, route_access))
            if each.reach.methods:
                outer[service][route_access.access].append(route_access)
    same = SamePods(services)
    for service, route_access in inner:
        if route_access.access.credential_kinds:
            groups = (group for other in same.of(service) for group in outer[other].items())
            others = [
                each for entered, group in groups if not entered.suffices_for(route_access.access) for each in group
            ]
            yield from (
                (route_access, each)
                for each in sorted(others, key=lambda each: each.number)
                if each is not route_access
            )


def _public_route(guarded: _RouteAccess, reached: _RouteAccess) -> tuple[str, str] | None:
    inner, outer = guarded.route, reached.route
    left = _left_over(inner, outer) if reached.reach.below else ""
    if left:
        return (
            f"route {outer.name} ({outer.path}) is public and leads {left} for {inner.path} to the pods that "
            f"route {inner.name} protects",
            f"authenticate {outer.name} too, or let {inner.name} {_fix(inner, outer)}",
        )
    if not guarded.reach.methods & reached.reach.methods or not guarded.reach.overlaps(reached.reach):
        return None
    meant = _is_meant(guarded.reach, reached.reach)
    if outer.public and meant:
        return None
    return (
        f"route {outer.name} ({outer.path}) is public and can ask the pods for {reached.reach}, which route "
        f"{inner.name} ({inner.path}) protects{_because(inner, outer)}",
        f"authenticate {outer.name} too, lead it to the pods of another workload, or "
        f"{'say public=True if that is meant' if meant else _FIX}",
    )


def _weaker_route(guarded: _RouteAccess, reached: _RouteAccess) -> tuple[str, str] | None:
    inner, outer = guarded.route, reached.route
    left = _left_over(inner, outer) if reached.reach.below else ""
    if left:
        return (
            f"route {outer.name} ({outer.path}) admits callers that route {inner.name} does not, and leads {left} for "
            f"{inner.path} to the same pods",
            f"require the same of both, or let {inner.name} {_fix(inner, outer)}",
        )
    meeting = guarded.reach.methods & reached.reach.methods and guarded.reach.overlaps(reached.reach)
    if not nested(inner, outer) or not meeting:
        return None
    kept = guarded.reach.keeps(inner) and reached.reach.keeps(outer) and guarded.reach.is_within(reached.reach)
    apart = kept and outer.covers(inner)
    alone = ", ".join(sorted(_hosts_alone(inner, outer)))
    if (apart and not alone) or _is_meant(guarded.reach, reached.reach):
        return None
    because = f" (on {alone}, where {inner.name} takes nothing)" if apart else _because(inner, outer)
    return (
        f"route {outer.name} ({outer.path}) admits callers that route {inner.name} ({inner.path}) does not, and "
        f"can ask the same pods for {reached.reach}{because}",
        f"require the same of both, or {f'let {inner.name} answer for {alone}, too' if apart else _KEEP_BOTH}",
    )


def _hosts_alone(inner: Route, outer: Route) -> list[str]:
    """Return the hosts for which the inner route gets no request that the outer one takes.

    A route that names only whole hosts comes before one with a wildcard, whatever their paths.
    """
    if inner.has_wildcard and not outer.has_wildcard:
        return [each for each in outer.hosts if each not in inner.hosts]
    return host_patterns.not_covered(outer.hosts, inner.hosts)


def _is_meant(wider: Reach, narrower: Reach) -> bool:
    """Whether the narrower one is a part that its author wrote: one path, or all below one that neither strips."""
    return narrower.explicit and narrower.is_within(wider) and (wider.explicit or not narrower.below)


def _fix(inner: Route, outer: Route) -> str:
    return "name its methods" if inner.segments == outer.segments and inner.methods is None else "take every request"


def _because(inner: Route, outer: Route) -> str:
    if outer.headers:
        return f" (the client chooses {', '.join(outer.headers)})"
    if inner.strip_path or outer.strip_path:
        return " (strip_path takes the path of a route away)"
    read_alike = nested(inner, outer) and outer.segments != inner.segments and not inner.covers(outer)
    return " (to pods that ignore case, or decode %2F, more paths are that one)" if read_alike else ""


def _left_over(inner: Route, outer: Route) -> str:
    """Say which requests for the inner path the outer route takes, or nothing."""
    both_name_methods = inner.segments == outer.segments and inner.methods is not None and outer.methods is not None
    if not outer.covers(inner) or not inner.shares_hosts(outer) or both_name_methods:
        return ""
    if outer.headers:
        return f"requests with {', '.join(outer.headers)}"
    if inner.headers:
        return f"requests without {', '.join(inner.headers)}"
    if inner.methods is None:
        same_path = inner.segments == outer.segments
        return ", ".join(each for each in outer.methods or () if each != "OPTIONS" and same_path)
    if outer.methods is None:
        return f"methods other than {', '.join(inner.methods)}"
    return ", ".join(each for each in outer.methods if each not in {*inner.methods, "OPTIONS"})
