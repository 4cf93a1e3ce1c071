"""What is right field by field, and fails open or never works as a whole."""

from collections.abc import Iterable, Sequence
from itertools import chain

from kubestock.errors import ConfigurationError
from kubestock.gateway.bypasses import refuse_bypasses
from kubestock.gateway.consumers import Consumer
from kubestock.gateway.plugin_rules import refuse_plugins
from kubestock.gateway.plugins.authentication import Acl, Jwt, KeyAuth
from kubestock.gateway.plugins.base import Plugin
from kubestock.gateway.plugins.cross_origin import Cors
from kubestock.gateway.plugins.limits import RateLimiting
from kubestock.gateway.routes import Route, Service

NEVER_OF_A_CONSUMER = frozenset(
    {
        "acl",
        "basic-auth",
        "bot-detection",
        "cors",
        "hmac-auth",
        "jwt",
        "key-auth",
        "ldap-auth",
        "oauth2",
        "post-function",
        "pre-function",
        "session",
    }
)
"""Plugins whose schemas forbid the scope of a consumer."""

Configured = tuple[Route, tuple[Plugin, ...]]


def refuse_combinations(
    services: Sequence[Service], consumers: Sequence[Consumer], everywhere: Sequence[Plugin]
) -> None:
    """Refuse a whole configuration that Kong would accept and serve wrongly."""
    routes = [route for service in services for route in service.routes]
    _once("service name", (each.name for each in services))
    _once("route name", (each.name for each in routes))
    _upstreams_agree(services)
    _once("consumer", (each.username for each in consumers))
    _once("API key", (each.key for consumer in consumers for each in consumer.api_keys))
    _once("JWT issuer", (each.key for consumer in consumers for each in consumer.issuers))
    refuse_plugins(services, consumers, everywhere)
    for consumer in consumers:
        _for_consumers(consumer)
    owners = [service for service in services for _ in service.routes]
    effective = [
        (route, _in_force(route.plugins, service.plugins, everywhere))
        for service in services
        for route in service.routes
    ]
    refuse_bypasses([(service, *each) for service, each in zip(owners, effective, strict=True)])
    _preflights(effective)
    for route, plugins in effective:
        _authentication(route, plugins, consumers)


def _once(what: str, values: Iterable[str]) -> None:
    seen = list(values)
    if repeated := sorted({each for each in seen if seen.count(each) > 1}):
        raise ConfigurationError(
            f"each {what} must be there once, got {', '.join(repeated)} again; rename or remove it"
        )


def _upstreams_agree(services: Sequence[Service]) -> None:
    known = {each.upstream.name: each.upstream for each in services}
    for each in services:
        if known[each.upstream.name] != each.upstream:
            raise ConfigurationError(f"upstream {each.upstream.name} is described in two ways; rename one of them")


def _in_force(*scopes: Sequence[Plugin]) -> tuple[Plugin, ...]:
    """Return the plugins that run: of each name the most specific one, if it is enabled."""
    chosen: dict[str, Plugin] = {}
    for each in chain.from_iterable(scopes):
        if each.enabled:
            chosen.setdefault(each.kong_name, each)
    return tuple(chosen.values())


def _for_consumers(consumer: Consumer) -> None:
    for each in consumer.plugins:
        if each.kong_name in NEVER_OF_A_CONSUMER:
            raise ConfigurationError(
                f"plugin {each.kong_name} must not be on consumer {consumer.username}: it runs before Kong knows who "
                "calls; put it on a route, a service or all requests"
            )


def _preflights(effective: Sequence[Configured]) -> None:
    for route, plugins in effective:
        if not any(isinstance(each, Cors) for each in plugins) or route.methods is None or "OPTIONS" in route.methods:
            continue
        answered = any(
            other.path == route.path
            and set(route.hosts) <= set(other.hosts)
            and (other.methods is None or "OPTIONS" in other.methods)
            and any(isinstance(each, Cors) for each in others)
            for other, others in effective
        )
        if not answered:
            raise ConfigurationError(
                f"methods of route {route.name} must list OPTIONS, because CORS applies: "
                "a browser's preflight would find no route"
            )


def _authentication(route: Route, plugins: Sequence[Plugin], consumers: Sequence[Consumer]) -> None:
    kinds = {type(each) for each in plugins}
    cors = Cors in kinds
    for each in plugins:
        if cors and isinstance(each, Jwt | KeyAuth) and each.run_on_preflight:
            raise ConfigurationError(f"run_on_preflight must be False on {route.name}: preflights carry no credential")
        if isinstance(each, RateLimiting) and Jwt in kinds and each.limit_by in ("consumer", "credential"):
            raise ConfigurationError(
                f"limit_by of {route.name} must be 'ip' where Jwt decides who calls: all tokens of an issuer are one "
                "consumer, so one person's flood would limit everybody"
            )
        if isinstance(each, Acl):
            known = {group for consumer in consumers for group in consumer.groups}
            if unknown := sorted(set(each.allow or each.deny or ()) - known):
                raise ConfigurationError(f"acl of {route.name} names groups without a consumer: {', '.join(unknown)}")
    if Acl in kinds and not kinds & {Jwt, KeyAuth}:
        raise ConfigurationError(f"acl of {route.name} needs Jwt or KeyAuth to say who calls")
    for kind, holders in (
        (Jwt, [each for each in consumers if each.issuers]),
        (KeyAuth, [each for each in consumers if each.api_keys]),
    ):
        if kind in kinds and not holders:
            raise ConfigurationError(f"{kind.name} of {route.name} needs a consumer with a credential of its kind")
        if kind in kinds and len(holders) > 1 and Acl not in kinds:
            raise ConfigurationError(f"{kind.name} of {route.name} needs Acl: every one of its consumers would enter")


def refuse_unprotected(services: Sequence[Service], everywhere: Sequence[Plugin], prefixes: Sequence[str]) -> None:
    """Refuse a route below a protected prefix that lets everybody in and does not say so."""
    for service in services:
        for route in service.routes:
            below = any(route.path == each or route.path.startswith(f"{each.rstrip('/')}/") for each in prefixes)
            plugins = _in_force(route.plugins, service.plugins, everywhere)
            asked = any(isinstance(each, Jwt | KeyAuth) for each in plugins)
            if below and not asked and not route.public:
                raise ConfigurationError(
                    f"route {route.name} ({route.path}) must carry Jwt or KeyAuth, because it is below a protected "
                    "prefix; add one, or say public=True"
                )
            if asked and route.public:
                raise ConfigurationError(
                    f"route {route.name} ({route.path}) is said to be public, and asks who calls; leave out one of both"
                )
