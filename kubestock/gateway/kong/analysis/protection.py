"""Who may enter by a route, and where somebody must be asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.analysis.effective import Effective
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.plugins.authentication import Acl, Jwt, KeyAuth
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.cross_origin import Cors
from kubestock.gateway.kong.plugins.limits import RateLimiting
from kubestock.gateway.kong.plugins.transformation import RequestTransformer

_CALLS_SOMETHING = frozenset(
    {"ai-proxy", "ai-request-transformer", "ai-response-transformer", "aws-lambda", "azure-functions"}
)
"""Plugins that call something themselves, whatever the method of the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is asked of a caller, and which consumers then enter; where nothing is asked, everybody does."""

    asked: frozenset[type[Plugin]]
    callers: frozenset[str]

    def suffices_for(self, other: "Entry") -> bool:
        """Whether whoever enters here could enter there, too."""
        return other.asked <= self.asked and self.callers <= other.callers


def entry(plugins: Sequence[Plugin], consumers: Sequence[Consumer]) -> Entry:
    """Return who enters where these plugins run."""
    asked: set[type[Plugin]] = {type(each) for each in plugins if isinstance(each, Jwt | KeyAuth)}
    known = [each for each in consumers if (Jwt in asked and each.issuers) or (KeyAuth in asked and each.api_keys)]
    for acl in plugins:
        if isinstance(acl, Acl):
            known = [each for each in known if _admitted(acl, each)]
    return Entry(asked=frozenset(asked), callers=frozenset(each.username for each in known))


def _admitted(acl: Acl, consumer: Consumer) -> bool:
    if acl.allow is not None:
        return bool(set(acl.allow) & set(consumer.groups))
    return not set(acl.deny or ()) & set(consumer.groups)


def refuse_unprotected(served: Sequence[Effective], prefixes: Sequence[str]) -> None:
    """Refuse a route below a protected prefix that lets everybody in and does not say so.

    Raises:
        ConfigurationError: naming the route and the mend.
    """
    for each in served:
        route = each.route
        path = http.segments_read(route.path)
        below = any(path[: len(each)] == each for each in map(http.segments_read, prefixes))
        asked = entry(each.plugins, ()).asked
        if below and not asked and not route.public:
            raise ConfigurationError(
                f"route {route.name} ({route.path}) must carry Jwt or KeyAuth, because it is below a protected "
                f"prefix; {'enable its own' if _switched_off(route) else 'add one'}, or say public=True"
            )
        if asked and route.public:
            raise ConfigurationError(
                f"route {route.name} ({route.path}) is said to be public, and asks who calls; {_one_of_both(each)}"
            )


def _one_of_both(served: Effective) -> str:
    own = [each for each in served.route.plugins if each.enabled]
    wider = [each for each in served.plugins if isinstance(each, Jwt | KeyAuth) and each not in own]
    if not wider:
        return "leave out one of both"
    names = " and ".join(type(each).__name__ for each in wider)
    off = ", and enabled=False on this route leaves that in force" if _switched_off(served.route) else ""
    where = f"{names} is on its service or on all requests{off}"
    return f"{where}: put {names} on the routes that need it, or leave public out"


def _switched_off(route: Route) -> bool:
    return any(isinstance(each, Jwt | KeyAuth) and not each.enabled for each in route.plugins)


def refuse_useless_authentication(served: Sequence[Effective], consumers: Sequence[Consumer]) -> None:
    """Refuse authentication that nobody passes, that lets in too many, or that a limit makes harmful.

    Raises:
        ConfigurationError: naming the route and the mend.
    """
    for each in served:
        _check_plugins(each, consumers)
        _check_holders(each, consumers)
        _check_options(each)
        _check_protocols(each)


def _check_plugins(served: Effective, consumers: Sequence[Consumer]) -> None:
    kinds, name = {type(each) for each in served.plugins}, served.route.name
    for each in served.plugins:
        if Cors in kinds and isinstance(each, Jwt | KeyAuth) and each.run_on_preflight:
            raise ConfigurationError(f"run_on_preflight must be False on {name}: preflights carry no credential")
        if isinstance(each, RateLimiting) and Jwt in kinds and each.limit_by in ("consumer", "credential"):
            raise ConfigurationError(
                f"limit_by of {name} must be 'ip' where Jwt decides who calls: all tokens of an issuer are one "
                "consumer, so one person's flood would limit everybody"
            )
        if isinstance(each, Acl):
            known = {group for consumer in consumers for group in consumer.groups}
            if unknown := sorted(set(each.allow or each.deny or ()) - known):
                raise ConfigurationError(f"acl of {name} names groups without a consumer: {', '.join(unknown)}")


def _check_holders(served: Effective, consumers: Sequence[Consumer]) -> None:
    kinds, name = {type(each) for each in served.plugins}, served.route.name
    if Acl in kinds and not kinds & {Jwt, KeyAuth}:
        raise ConfigurationError(f"acl of {name} needs Jwt or KeyAuth to say who calls")
    for kind, holders in (
        (Jwt, [each for each in consumers if each.issuers]),
        (KeyAuth, [each for each in consumers if each.api_keys]),
    ):
        if kind in kinds and not holders:
            raise ConfigurationError(f"{kind.name} of {name} needs a consumer with a credential of its kind")
        if kind in kinds and len(holders) > 1 and Acl not in kinds:
            raise ConfigurationError(f"{kind.name} of {name} needs Acl: every one of its consumers would enter")


def _check_options(served: Effective) -> None:
    """Refuse what makes a real call of OPTIONS, which passes authentication without a credential for preflights."""
    route, asking = served.route, [each for each in served.plugins if isinstance(each, Jwt | KeyAuth)]
    open_to_options = asking and not any(each.run_on_preflight for each in asking)
    takes_options = route.methods is None or "OPTIONS" in route.methods
    if not open_to_options or not takes_options or any(isinstance(each, Acl) for each in served.plugins):
        return
    for each in served.plugins:
        rewrites = isinstance(each, RequestTransformer) and each.http_method not in (None, "OPTIONS")
        if rewrites or each.kong_name in _CALLS_SOMETHING:
            what = f"http_method of {each.kong_name}" if rewrites else each.kong_name
            raise ConfigurationError(
                f"{what} must not be on {route.name}, where OPTIONS needs no credential: it makes a real call of "
                "anybody's OPTIONS; add Acl(allow=…), or name methods without OPTIONS"
            )


def _check_protocols(served: Effective) -> None:
    route = served.route
    if "http" in route.protocols and entry(served.plugins, ()).asked:
        raise ConfigurationError(
            f"protocols of route {route.name} must not hold http, because it asks who calls, and a token or key would "
            "cross the network in clear; leave protocols out, and http is redirected to https"
        )
