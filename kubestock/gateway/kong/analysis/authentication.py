"""Where authentication is required, and authentication that works."""

from collections.abc import Iterator

from kubestock.gateway.kong.analysis.finding import KongFinding
from kubestock.gateway.kong.analysis.reach import route_segments
from kubestock.gateway.kong.analysis.view import Served, View
from kubestock.gateway.kong.config import request_paths
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.segments import overlaps

_PER_CALLER = ("consumer", "credential")


def unprotected(view: View) -> Iterator[KongFinding]:
    """Find a route below a protected prefix that admits any client and does not say so."""
    prefixes = [request_paths.normalized_segments(each) for each in view.protected]
    for each in view.served:
        route, path = each.route, route_segments(each.route)
        below = any(overlaps(prefix, path) for prefix in prefixes)
        if below and not each.access.credential_kinds and not route.public:
            yield KongFinding(
                id="route-unprotected",
                message=f"route {route.name} ({route.path}) must carry Jwt or KeyAuth, because it is below a protected "
                "prefix",
                fix=f"{'enable its own' if _switched_off(route) else 'add one'}, or say public=True",
                routes=(route.name,),
            )
        if each.access.credential_kinds and route.public:
            yield KongFinding(
                id="route-public-and-protected",
                message=f"route {route.name} ({route.path}) is said to be public, and requires authentication",
                fix=_one_of_both(each),
                routes=(route.name,),
            )


def _one_of_both(served: Served) -> str:
    own = [each for each in served.route.plugins if each.enabled]
    broader = [each for each in served.plugins if each.authenticates and each not in own]
    if not broader:
        return "leave out one of the two"
    names = " and ".join(type(each).__name__ for each in broader)
    off = ", and enabled=False on this route leaves that in force" if _switched_off(served.route) else ""
    where = f"{names} is on its service or on all requests{off}"
    return f"{where}: put {names} on the routes that need it, or leave public out"


def _switched_off(route: Route) -> bool:
    return any(each.authenticates and not each.enabled for each in route.plugins)


def useless_authentication(view: View) -> Iterator[KongFinding]:
    """Find authentication that no caller passes, that admits too many, or that a limit makes harmful."""
    for each in view.served:
        for rule, message, fix in (*_shared(each), *_groups(view, each), *_holders(view, each), *_exposed(each)):
            yield KongFinding(id=rule, message=message, fix=fix, routes=(each.route.name,))


Problem = tuple[str, str, str]


def _shared(served: Served) -> Iterator[Problem]:
    name = served.route.name
    preflights = any(each.traits.answers_preflights for each in served.plugins)
    shared = any(each.authenticates and each.traits.shared_consumer for each in served.plugins)
    for each in served.plugins:
        if preflights and each.authenticates and each.setting("run_on_preflight"):
            yield (
                "preflight-refused",
                f"run_on_preflight must be False on {name}: preflights carry no credential",
                "leave it out",
            )
        by = each.traits.counts_by
        if by and shared and (each.setting(by) or "consumer") in _PER_CALLER:
            yield (
                "limit-shared",
                f"{by} of {each.kong_name} on {name} must be 'ip' where Jwt authenticates: all tokens of an issuer are "
                "one consumer, so one person's use would limit all people",
                f"set {by}='ip'",
            )


def _groups(view: View, served: Served) -> Iterator[Problem]:
    name = served.route.name
    for each in [each for each in served.plugins if each.traits.requires_identity]:
        known = {group for consumer in view.consumers for group in consumer.groups}
        if unknown := sorted(set(each.groups) - known):
            yield (
                "group-unknown",
                f"{each.kong_name} of {name} must name groups that a consumer has, got {', '.join(unknown)}",
                f"correct the name, or add {unknown} to the groups of a consumer",
            )
        if not served.access.credential_kinds:
            yield (
                "identity-missing",
                f"{each.kong_name} of {name} needs Jwt or KeyAuth, which authenticate the caller",
                f"add one, or leave {each.kong_name} out",
            )


def _holders(view: View, served: Served) -> Iterator[Problem]:
    name = served.route.name
    decides = any(each.traits.requires_identity for each in served.plugins)
    for each in served.plugins:
        kind = each.authenticates
        if kind is None or not kind.endswith(("_credentials", "_secrets")):
            continue
        holders = [consumer for consumer in view.consumers if kind in consumer.credential_kinds]
        if not holders:
            yield (
                "consumer-missing",
                f"{each.kong_name} of {name} needs a consumer with a credential of its kind, or every request gets 401",
                "add one; a Consumer holds api_keys for KeyAuth and issuers for Jwt",
            )
        if len(holders) > 1 and not decides:
            yield (
                "acl-missing",
                f"{each.kong_name} of {name} needs Acl: each of its {len(holders)} consumers would enter",
                "add Acl(allow=[…])",
            )


def _exposed(served: Served) -> Iterator[Problem]:
    route = served.route
    if not served.access.credential_kinds:
        return
    if "http" in route.protocols:
        yield (
            "credential-unencrypted",
            f"protocols of route {route.name} must not hold http, because it requires authentication, and a token or "
            "key would cross the network unencrypted",
            "leave protocols out, and http is redirected to https",
        )
    first = max(each.traits.priority for each in served.plugins if each.authenticates)
    for each in served.plugins:
        if each.traits.priority > first and (each.answers or each.traits.calls_backend):
            yield (
                "answers-before-authentication",
                f"{each.kong_name} of {route.name} answers before authentication, so that any client gets its answer",
                "put it on a route of its own that says public=True",
            )
    yield from _open_options(served)


def _open_options(served: Served) -> Iterator[Problem]:
    """Find what makes a real call of OPTIONS, which passes authentication without a credential for preflights."""
    route = served.route
    authenticating = [each for each in served.plugins if each.authenticates]
    takes_options = route.methods is None or "OPTIONS" in route.methods
    decides = any(each.traits.requires_identity for each in served.plugins)
    if not takes_options or decides or not all(each.allows_preflights for each in authenticating):
        return
    for each in served.plugins:
        rewrites = each.request_rewrite.method not in (None, "OPTIONS")
        if rewrites or each.traits.calls_backend:
            what = f"http_method of {each.kong_name}" if rewrites else each.kong_name
            yield (
                "options-open",
                f"{what} must not be on {route.name}, where OPTIONS needs no credential: it makes a real call of any "
                "client's OPTIONS",
                "add Acl(allow=…), or name methods without OPTIONS",
            )
