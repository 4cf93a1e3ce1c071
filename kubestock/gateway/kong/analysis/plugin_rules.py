"""What of plugins only the whole configuration shows: which of them never run, and what one takes from another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.analysis.effective import effective
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.routes import Service
from kubestock.gateway.kong.plugins.authentication import Jwt, KeyAuth
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.custom import CustomPlugin
from kubestock.gateway.kong.plugins.functions import Function
from kubestock.gateway.kong.plugins.logs import NOTHING
from kubestock.gateway.kong.plugins.registry import LOGS
from kubestock.gateway.kong.plugins.transformation import RequestTransformer, ResponseTransformer

_REDACTED_BY_KONG = frozenset({"authorization", "proxy-authorization"})
_BEFORE_ROUTING = ("certificate", "rewrite")
_BEFORE_AUTHENTICATION = frozenset({"correlation-id"})


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where plugins stand, and which others they take the place of if they have the same name."""

    name: str
    plugins: Sequence[Plugin]
    wider: Sequence[Plugin] = ()


def refuse_plugins(services: Sequence[Service], consumers: Sequence[Consumer], everywhere: Sequence[Plugin]) -> None:
    """Refuse plugins that Kong would never run, that undo each other, or that log what others take as credentials.

    Raises:
        ConfigurationError: naming the plugin, where it stands, and the mend.
    """
    scopes = list(_scopes(services, consumers, everywhere))
    for scope in scopes:
        _once(scope)
    _instances_once(scopes)
    _run(scopes, consumers)
    for scope in scopes:
        for plugin in scope.plugins:
            for other in scope.wider:
                if plugin.enabled and other.enabled and plugin.kong_name == other.kong_name:
                    _keeps(scope.name, plugin, other)
    for served in effective(services, everywhere):
        callers = [each for each in consumers if each.issuers]
        own = [plugin for each in callers for plugin in each.plugins if plugin.enabled]
        for jwt in [each for each in served.plugins if isinstance(each, Jwt)]:
            for plugin in (*served.plugins, *own):
                if isinstance(plugin, CustomPlugin):
                    _tells_apart(served.route.name, plugin, jwt)
    _redacted([plugin for scope in scopes for plugin in scope.plugins if plugin.enabled])


def _scopes(
    services: Sequence[Service], consumers: Sequence[Consumer], everywhere: Sequence[Plugin]
) -> Iterator[_Scope]:
    yield _Scope("all requests", everywhere)
    every = list(everywhere)
    for service in services:
        yield _Scope(service.name, service.plugins, everywhere)
        every += service.plugins
        for route in service.routes:
            yield _Scope(route.name, route.plugins, (*service.plugins, *everywhere))
            every += route.plugins
    for consumer in consumers:
        yield _Scope(f"consumer {consumer.username}", consumer.plugins, every)


def _once(scope: _Scope) -> None:
    named = [each.kong_name for each in scope.plugins]
    for name in named:
        if named.count(name) > 1:
            raise ConfigurationError(f"plugin {name} is there twice on {scope.name}; merge the two")


def _instances_once(scopes: Sequence[_Scope]) -> None:
    seen: set[str] = set()
    for scope in scopes:
        for name in [each.instance_name for each in scope.plugins if each.instance_name is not None]:
            if name in seen:
                raise ConfigurationError(
                    f"instance_name {name!r} must be there once in the whole configuration, got it again on "
                    f"{scope.name}; rename one"
                )
            seen.add(name)


def _run(scopes: Sequence[_Scope], consumers: Sequence[Consumer]) -> None:
    for scope in scopes[1:]:
        for function in [each for each in scope.plugins if isinstance(each, Function)]:
            for phase in _BEFORE_ROUTING:
                if getattr(function, phase):
                    raise ConfigurationError(
                        f"{phase} of {function.kong_name} must be left out on {scope.name}: Kong runs that phase "
                        "before it knows the route; use access, or put it on all requests"
                    )
    for consumer in consumers:
        for plugin in consumer.plugins:
            if plugin.kong_name in _BEFORE_AUTHENTICATION:
                raise ConfigurationError(
                    f"plugin {plugin.kong_name} must not be on consumer {consumer.username}: it runs before Kong knows "
                    "who calls, and so never; put it on a route, a service or all requests"
                )


def _keeps(where: str, plugin: Plugin, wider: Plugin) -> None:
    """Refuse a plugin that takes the place of a wider one without doing what that does."""
    if isinstance(plugin, ResponseTransformer) and isinstance(wider, ResponseTransformer):
        if lost := sorted(wider.header_names - plugin.header_names):
            raise ConfigurationError(
                f"response-transformer of {where} takes the place of a wider one and must say what becomes of "
                f"{', '.join(lost)}; repeat its entries, those of SecurityHeaders(…) by its to_plugin(beside=…)"
            )
    elif isinstance(plugin, Function) and isinstance(wider, Function):
        for phase, sources in wider.sources.items():
            if tuple(plugin.sources[phase][: len(sources)]) != tuple(sources):
                raise ConfigurationError(
                    f"{phase} of {plugin.kong_name} on {where} takes the place of a wider one, whose Lua, such as that "
                    f"of JsonBody, would not run; begin its {phase} with that of the wider one"
                )


def _tells_apart(where: str, plugin: CustomPlugin, jwt: Jwt) -> None:
    """Refuse what is kept for each consumer where all tokens of an issuer are one."""
    if plugin.kong_name == "proxy-cache":
        given = plugin.settings.get("vary_headers")
        varies = {str(each).lower() for each in given} if isinstance(given, tuple) else set()
        wanted = {*jwt.header_names, *(["cookie"] if jwt.cookie_names else [])}
        if missing := sorted(each for each in wanted if each.lower() not in varies):
            raise ConfigurationError(
                f"vary_headers of proxy-cache on {where} must hold {', '.join(missing)}, where the token is: all "
                "tokens of an issuer are one consumer, so one person would get the answers to another; add it, or "
                "leave the cache out"
            )
    by = plugin.settings.get("limit_by", "consumer")
    if plugin.kong_name == "response-ratelimiting" and by in ("consumer", "credential"):
        raise ConfigurationError(
            f"limit_by of response-ratelimiting on {where} must be 'ip' where Jwt decides who calls: all tokens of an "
            "issuer are one consumer, so one person's use would limit everybody"
        )


def _redacted(plugins: Sequence[Plugin]) -> None:
    headers = set(chain.from_iterable(each.key_names for each in plugins if isinstance(each, KeyAuth)))
    headers |= set(chain.from_iterable(each.header_names for each in plugins if isinstance(each, Jwt)))
    headers |= set(
        chain.from_iterable(each.confidential_headers for each in plugins if isinstance(each, RequestTransformer))
    )
    for log in [each for each in plugins if each.kong_name in LOGS]:
        fields = log.config()["custom_fields_by_lua"]
        for header in sorted({each.lower() for each in headers} - _REDACTED_BY_KONG):
            if fields.get(f"request.headers.{header}") != NOTHING:
                raise ConfigurationError(f"{log.kong_name} would write {header!r} in clear; use redactions({header!r})")
