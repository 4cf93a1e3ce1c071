"""Rules about authentication: where it is required, and whether it works."""

from collections.abc import Iterator

from kubestock.gateway.kong.analysis.finding import KongFinding
from kubestock.gateway.kong.analysis.reach import route_segments
from kubestock.gateway.kong.analysis.view import Served, View
from kubestock.gateway.kong.config import request_paths
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.segments import overlaps
from kubestock.gateway.kong.plugins import known
from kubestock.gateway.kong.plugins.base import Plugin

_PER_CLIENT = ("consumer", "credential")


def unprotected_routes(view: View) -> Iterator[KongFinding]:
    """Find routes below a protected prefix that allow anonymous access without `public=True`."""
    prefixes = [request_paths.normalized_segments(each) for each in view.protected]
    for each in view.served:
        route, path = each.route, route_segments(each.route)
        protected = any(overlaps(prefix, path) for prefix in prefixes)
        if protected and not each.access.credential_kinds and not route.public:
            yield KongFinding(
                id="route-unprotected",
                message=f"route {route.name} ({route.path}) must have Jwt, KeyAuth or another plugin that "
                "authenticates, because it is below a protected prefix",
                fix=f"{'enable its own plugin' if _disables_own(route) else 'add one of them'}, or set public=True",
                routes=(route.name,),
            )
        if each.access.credential_kinds and route.public:
            yield KongFinding(
                id="route-public-and-protected",
                message=f"route {route.name} ({route.path}) must not have public=True, because it requires "
                "authentication",
                fix=_authentication_or_public(each),
                routes=(route.name,),
            )


def _authentication_or_public(served: Served) -> str:
    own = [each for each in served.route.plugins if each.enabled]
    broader = [each for each in served.plugins if each.authenticates and each not in own]
    if not broader:
        return "remove the authentication, or public=True"
    names = " and ".join(type(each).__name__ for each in broader)
    off = ", and enabled=False on this route does not disable it" if _disables_own(served.route) else ""
    where = f"{names} is on its service or on all requests{off}"
    return f"{where}; put {names} on the routes that need it, or remove public=True"


def _disables_own(route: Route) -> bool:
    return any(each.authenticates and not each.enabled for each in route.plugins)


def wrong_authentication(view: View) -> Iterator[KongFinding]:
    """Find authentication that no client can pass, that allows too many clients, or that makes a limit harmful."""
    for each in view.served:
        for rule, message, fix in (
            *_shared_consumers(each),
            *_groups(view, each),
            *_consumers_of(view, each),
            *_exposed_credentials(each),
        ):
            yield KongFinding(id=rule, message=message, fix=fix, routes=(each.route.name,))


Problem = tuple[str, str, str]


def _shared_consumers(served: Served) -> Iterator[Problem]:
    name = served.route.name
    preflights = any(each.traits.answers_preflights for each in served.plugins)
    shared = [each.kong_name for each in served.plugins if each.authenticates and each.traits.shared_consumer]
    for each in served.plugins:
        if preflights and each.authenticates and each.setting("run_on_preflight"):
            yield (
                "preflight-refused",
                f"run_on_preflight must be False on {name}, because preflights carry no credential",
                "leave it out",
            )
        by = each.traits.counts_by
        if by and shared and (each.setting(by) or "consumer") in _PER_CLIENT:
            yield (
                "limit-shared",
                f"{by} of {each.kong_name} on {name} must be 'ip', because {shared[0]} authenticates: all tokens of "
                "an issuer are one consumer, so one user that exceeds the limit would block all users",
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
                f"{each.kong_name} of {name} must be used together with Jwt, KeyAuth or another plugin that "
                "authenticates",
                f"add one of them, or remove {each.kong_name}",
            )
        elif (late := _authenticates_too_late(served, each)) is not None:
            yield _too_late(name, each, late)


def _authenticates_too_late(served: Served, plugin: Plugin) -> Plugin | None:
    """Return the first plugin that authenticates, if it does not run before another plugin."""
    first = min((each for each in served.plugins if each.authenticates), key=lambda each: each.traits.order)
    return None if first.traits.order < plugin.traits.order else first


def _too_late(route: str, plugin: Plugin, late: Plugin) -> Problem:
    early, found = plugin.traits, late.traits
    message = f"{plugin.kong_name} of {route} must run after {late.kong_name}, which finds the consumer"
    if early.order[0] < found.order[0]:
        phases = f"it runs in phase {early.first_phase}, and {late.kong_name} in phase {found.first_phase}"
        return "identity-late", f"{message}, but {phases}", f"do this in a later phase of {plugin.kong_name}"
    fix = (
        f"set a priority above {early.priority} for {late.kong_name}"
        if plugin.kong_name in known.bundled()
        else f"set a priority below {found.priority} for {plugin.kong_name}"
    )
    return (
        "identity-late",
        f"{message}, but its priority {early.priority} is not below {found.priority}",
        f"{fix}, in its traits and in its Lua",
    )


def _consumers_of(view: View, served: Served) -> Iterator[Problem]:
    name = served.route.name
    decides = any(each.traits.requires_identity for each in served.plugins)
    for each in served.plugins:
        kind = each.authenticates
        if kind is None or not kind.endswith(("_credentials", "_secrets")):
            continue
        consumers = [consumer for consumer in view.consumers if kind in consumer.credential_kinds]
        if not consumers:
            yield (
                "consumer-missing",
                f"{each.kong_name} of {name} must have a consumer with a credential of its kind, or every "
                "request gets 401",
                "add a Consumer; it has api_keys for KeyAuth and issuers for Jwt",
            )
        if len(consumers) > 1 and not decides:
            yield (
                "acl-missing",
                f"{each.kong_name} of {name} must be used together with Acl, or each of the {len(consumers)} "
                "consumers with such a credential is allowed",
                "add Acl(allow=[…])",
            )


def _exposed_credentials(served: Served) -> Iterator[Problem]:
    route = served.route
    if not served.access.credential_kinds:
        return
    if "http" in route.protocols:
        yield (
            "credential-unencrypted",
            f"protocols of route {route.name} must not contain http, because the route requires "
            "authentication and a token or key would be sent unencrypted",
            "leave protocols out; http is then redirected to https",
        )
    first = max(each.traits.priority for each in served.plugins if each.authenticates)
    for each in served.plugins:
        if each.traits.priority > first and (each.answers or each.traits.calls_backend):
            yield (
                "answers-before-authentication",
                f"{each.kong_name} of {route.name} must not answer before authentication, because any client "
                "would get its answer",
                "put it on a separate route with public=True",
            )
    yield from _open_options(served)


def _open_options(served: Served) -> Iterator[Problem]:
    """Find plugins that turn OPTIONS, which is allowed without a credential for preflights, into a real call."""
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
                f"{what} must not be on {route.name}, because OPTIONS requires no credential there and any "
                "client could make a real call with it",
                "add Acl(allow=…), or set methods without OPTIONS",
            )
