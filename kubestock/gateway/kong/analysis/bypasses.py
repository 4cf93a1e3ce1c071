"""Routes that bypass authentication: they reach the same paths of the same pods as another route, and require less."""

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
    "set public=True and limit the route to one path of the pods: with "
    "RequestTransformer(replace=RequestReplacements(uri=…)), or with strip_path=False and exact=True, or "
    "with strip_path=False on both routes and a path below the protected one"
)
_KEEP_BOTH = "set strip_path=False on both if one path is below the other"


def bypasses(view: View) -> Iterator[KongFinding]:
    """Find a route that allows more clients than another one, and reaches the same paths of the same pods.

    The rule compares the paths that the pods get: with `strip_path`, the requests /open/7 and /api/orders/7 are both
    /7. A public route is accepted if it cannot reach what another route protects, or if it has `public=True` and
    reaches only an explicit path: one path, or the paths below a path that neither route strips.

    Of two routes that both authenticate, one bypasses the other only if one path covers the other, on any hosts:
    separate paths are considered intended. Two routes of the same path with different methods are also considered
    intended.
    """
    for inner, outer in _weaker_pairs(view):
        found = _weaker_route(inner, outer) if outer.access.credential_kinds else _public_route(inner, outer)
        if found is not None:
            message, fix = found
            yield KongFinding(id="route-bypass", message=message, fix=fix, routes=(outer.route.name, inner.route.name))


@dataclass(frozen=True, slots=True)
class _RouteAccess:
    """A route, the clients that it allows, and the paths of the pods that it reaches."""

    number: int
    route: Route
    access: Access
    reach: Reach


def _weaker_pairs(view: View) -> Iterator[tuple[_RouteAccess, _RouteAccess]]:
    """Yield each route that authenticates, with each route to the same pods that allows other clients."""
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
                each for access, group in groups if not access.suffices_for(route_access.access) for each in group
            ]
            yield from (
                (route_access, each)
                for each in sorted(others, key=lambda each: each.number)
                if each is not route_access
            )


def _public_route(protected: _RouteAccess, public: _RouteAccess) -> tuple[str, str] | None:
    inner, outer = protected.route, public.route
    unprotected = _unprotected_requests(inner, outer) if public.reach.below else ""
    if unprotected:
        return (
            f"route {outer.name} ({outer.path}) must not allow anonymous access: it sends {unprotected} for "
            f"{inner.path} to the pods that route {inner.name} protects",
            f"require authentication on {outer.name} too, or {_fix(inner, outer)}",
        )
    if not protected.reach.methods & public.reach.methods or not protected.reach.overlaps(public.reach):
        return None
    intended = _is_intended(protected.reach, public.reach)
    if outer.public and intended:
        return None
    return (
        f"route {outer.name} ({outer.path}) must not allow anonymous access: it reaches {public.reach} of "
        f"the pods, which route {inner.name} ({inner.path}) protects{_because(inner, outer)}",
        f"require authentication on {outer.name} too, route it to another workload, or "
        f"{'set public=True if that is intended' if intended else _FIX}",
    )


def _weaker_route(protected: _RouteAccess, weaker: _RouteAccess) -> tuple[str, str] | None:
    inner, outer = protected.route, weaker.route
    unprotected = _unprotected_requests(inner, outer) if weaker.reach.below else ""
    if unprotected:
        return (
            f"route {outer.name} ({outer.path}) must not allow clients that route {inner.name} denies: it "
            f"sends {unprotected} for {inner.path} to the same pods",
            f"require the same authentication on both, or {_fix(inner, outer)}",
        )
    overlapping = protected.reach.methods & weaker.reach.methods and protected.reach.overlaps(weaker.reach)
    if not nested(inner, outer) or not overlapping:
        return None
    both_keep_path = (
        protected.reach.keeps(inner) and weaker.reach.keeps(outer) and protected.reach.is_within(weaker.reach)
    )
    separate = both_keep_path and outer.covers(inner)
    other_hosts = ", ".join(sorted(_hosts_without_inner(inner, outer)))
    if (separate and not other_hosts) or _is_intended(protected.reach, weaker.reach):
        return None
    because = f" (on {other_hosts}, which {inner.name} does not serve)" if separate else _because(inner, outer)
    return (
        f"route {outer.name} ({outer.path}) must not allow clients that route {inner.name} ({inner.path}) "
        f"denies: it reaches {weaker.reach} of the same pods{because}",
        "require the same authentication on both, or "
        f"{f'add {other_hosts} to the hosts of {inner.name}' if separate else _KEEP_BOTH}",
    )


def _hosts_without_inner(inner: Route, outer: Route) -> list[str]:
    """Return the hosts of the outer route for which the inner route gets no requests.

    A route with only full host names wins over one with a wildcard, for any paths.
    """
    if inner.has_wildcard and not outer.has_wildcard:
        return [each for each in outer.hosts if each not in inner.hosts]
    return host_patterns.not_covered(outer.hosts, inner.hosts)


def _is_intended(wider: Reach, narrower: Reach) -> bool:
    """Whether the narrower reach is an explicit part: one path, or all paths below one that neither route strips."""
    return narrower.explicit and narrower.is_within(wider) and (wider.explicit or not narrower.below)


def _fix(inner: Route, outer: Route) -> str:
    return (
        f"set methods on {inner.name}"
        if inner.segments == outer.segments and inner.methods is None
        else f"let {inner.name} match all requests for its path"
    )


def _because(inner: Route, outer: Route) -> str:
    if outer.headers:
        return f" (the client chooses {', '.join(outer.headers)})"
    if inner.strip_path or outer.strip_path:
        return " (strip_path removes the path of a route)"
    same_when_decoded = nested(inner, outer) and outer.segments != inner.segments and not inner.covers(outer)
    return " (pods that ignore case or decode %2F treat more paths as that one)" if same_when_decoded else ""


def _unprotected_requests(inner: Route, outer: Route) -> str:
    """Return a text for the requests to the inner path that match only the outer route, or an empty text."""
    both_set_methods = inner.segments == outer.segments and inner.methods is not None and outer.methods is not None
    if not outer.covers(inner) or not inner.shares_hosts(outer) or both_set_methods:
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
