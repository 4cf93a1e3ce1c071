"""What is right field by field, and fails open or never works as a whole."""

from collections.abc import Sequence

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.analysis.bypasses import refuse_bypasses
from kubestock.gateway.kong.analysis.effective import Effective, effective
from kubestock.gateway.kong.analysis.plugin_rules import refuse_plugins
from kubestock.gateway.kong.analysis.preflights import refuse_lost_preflights
from kubestock.gateway.kong.analysis.protection import refuse_unprotected, refuse_useless_authentication
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.routes import Service
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.transformation import RequestTransformer
from kubestock.values.value import require_unique

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

_SAYS_WHO_CALLS = frozenset({"jwt", "key-auth", "ldap-auth", "session"})
_DECIDES_WHAT_IS_ASKED = frozenset({"request-termination", "request-transformer"})


def refuse_combinations(
    services: Sequence[Service],
    consumers: Sequence[Consumer],
    everywhere: Sequence[Plugin],
    protected_prefixes: Sequence[str] = (),
) -> None:
    """Refuse a whole configuration that Kong would accept and serve wrongly."""
    routes = [route for service in services for route in service.routes]
    require_unique("service name", (each.name for each in services))
    require_unique("route name", (each.name for each in routes))
    _upstreams_agree(services)
    require_unique("consumer", (each.username for each in consumers))
    require_unique("credential", (each.key for consumer in consumers for each in consumer.credentials))
    require_unique("JWT issuer", (each.key for consumer in consumers for each in consumer.issuers))
    refuse_plugins(services, consumers, everywhere)
    served = effective(services, everywhere)
    for consumer in consumers:
        _for_consumers(consumer)
        _in_place_of_routes(consumer, served)
    refuse_useless_authentication(served, consumers)
    refuse_unprotected(served, protected_prefixes)
    refuse_bypasses(served, consumers)
    refuse_lost_preflights(served)


def _upstreams_agree(services: Sequence[Service]) -> None:
    known = {each.upstream.name: each.upstream for each in services}
    for each in services:
        if known[each.upstream.name] != each.upstream:
            raise ConfigurationError(f"upstream {each.upstream.name} is described in two ways; rename one of them")


def _for_consumers(consumer: Consumer) -> None:
    for each in consumer.plugins:
        if each.kong_name in NEVER_OF_A_CONSUMER:
            raise ConfigurationError(
                f"plugin {each.kong_name} must not be on consumer {consumer.username}: it runs before Kong knows who "
                "calls; put it on a route, a service or all requests"
            )
        if isinstance(each, RequestTransformer) and each.enabled and (each.replace.uri or each.http_method):
            raise ConfigurationError(
                f"request-transformer of consumer {consumer.username} must not change uri or http_method: this caller "
                "would then ask the pods for what no route of theirs leads to; put it on a route"
            )


def _in_place_of_routes(consumer: Consumer, served: Sequence[Effective]) -> None:
    """Refuse a plugin that would undo, for this caller, what a route fixes its requests to or answers itself."""
    for plugin in [each for each in consumer.plugins if each.enabled and each.kong_name in _DECIDES_WHAT_IS_ASKED]:
        for each in served:
            names = {other.kong_name for other in each.plugins}
            if plugin.kong_name in names and names & _SAYS_WHO_CALLS:
                raise ConfigurationError(
                    f"plugin {plugin.kong_name} must not be on consumer {consumer.username}: it would take the place "
                    f"of the one that runs for route {each.route.name} ({each.route.path}), and undo what that does; "
                    "put it on the routes that need it"
                )
