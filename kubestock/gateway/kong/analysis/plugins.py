"""Rules across plugins: which of them never run, and what is lost if one overrides another."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from kubestock.gateway.kong.analysis.finding import KongFinding
from kubestock.gateway.kong.analysis.view import PluginScope, Served, View
from kubestock.gateway.kong.plugins import known
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.functions import PreFunction
from kubestock.gateway.kong.plugins.log_fields import REMOVED
from kubestock.gateway.kong.plugins.traits import Phase, Scope

_SCOPES: Mapping[Scope, str] = {
    "route": "a route",
    "service": "a service",
    "consumer": "a consumer",
    "global": "all requests",
}
_REDACTED_BY_KONG = frozenset({"authorization", "proxy-authorization"})


def misplaced_plugins(view: View) -> Iterator[KongFinding]:
    """Find plugins that Kong would reject or never run in their scope."""
    for scope in view.scopes:
        yield from _duplicated_plugins(scope)
        for plugin in scope.plugins:
            yield from _early(view, scope, plugin)
            yield from _unloaded(view, scope, plugin)
            if scope.kind not in plugin.traits.scopes:
                because = (
                    ", because it runs before Kong knows the consumer, and so never runs there"
                    if scope.kind == "consumer"
                    else ""
                )
                yield KongFinding(
                    id="plugin-scope",
                    message=f"plugin {plugin.kong_name} must not be on {scope.name}{because}",
                    fix=f"put it on {_places(plugin)}",
                )
    yield from _duplicated_instances(view)


def _places(plugin: Plugin) -> str:
    *others, last = [words for scope, words in _SCOPES.items() if scope in plugin.traits.scopes]
    return f"{', '.join(others)} or {last}" if others else last


def _duplicated_plugins(scope: PluginScope) -> Iterator[KongFinding]:
    for name, count in Counter(each.kong_name for each in scope.plugins).items():
        if count > 1:
            yield KongFinding(
                id="plugin-duplicated",
                message=f"plugin {name} must be unique on {scope.name}, got {count}",
                fix="merge them into one",
            )


def _duplicated_instances(view: View) -> Iterator[KongFinding]:
    seen: set[str] = set()
    for scope in view.scopes:
        for name in [each.instance_name for each in scope.plugins if each.instance_name is not None]:
            if name in seen:
                yield KongFinding(
                    id="plugin-instance-duplicated",
                    message=f"instance_name {name!r} must be unique in the whole configuration, got it again on "
                    f"{scope.name}",
                    fix="rename one of them",
                )
            seen.add(name)


def _early(view: View, scope: PluginScope, plugin: Plugin) -> Iterator[KongFinding]:
    if set(plugin.traits.phases) <= _too_early(view, scope, plugin):
        yield KongFinding(
            id="plugin-phase",
            message=f"plugin {plugin.kong_name} on {scope.name} must run in a phase in which Kong knows the "
            f"{'consumer' if scope.kind == 'consumer' else 'route'}, got only "
            f"{', '.join(plugin.traits.phases)}",
            fix="put it on all requests",
        )
    if scope.kind != "global":
        for setting in plugin.settings_before_routing:
            yield KongFinding(
                id="plugin-phase",
                message=f"{setting} of {plugin.kong_name} must be left out on {scope.name}, because Kong runs that "
                "phase before it knows the route",
                fix="use access, or put the plugin on all requests",
            )
    if isinstance(plugin, PreFunction) and plugin.enabled and plugin.protocols is not None:
        yield KongFinding(
            id="guard-limited",
            message="protocols of pre-function must be left out, because the request guard in it must run for every "
            f"request, got {', '.join(plugin.protocols)}",
            fix="check kong.request.get_scheme() in its Lua",
        )


def _too_early(view: View, scope: PluginScope, plugin: Plugin) -> set[Phase]:
    """Return the phases that run before Kong knows the route or consumer, so plugins of this scope do not run."""
    if scope.kind == "global":
        return set()
    before = scope.kind == "consumer" and plugin.traits.priority > view.authentication_priority
    return {"certificate", "rewrite", "access"} if before else {"certificate", "rewrite"}


def _unloaded(view: View, scope: PluginScope, plugin: Plugin) -> Iterator[KongFinding]:
    loaded = view.context.loaded
    if loaded is not None and plugin.kong_name not in loaded | known.bundled():
        yield KongFinding(
            id="plugin-not-loaded",
            message=f"plugin {plugin.kong_name} on {scope.name} must be loaded by Kong, or Kong rejects the file",
            fix=f"set runtime=Runtime(image=…, plugins=[{plugin.kong_name!r}]) with an image that contains it",
        )


def overridden_plugins(view: View) -> Iterator[KongFinding]:
    """Find plugins that override a broader plugin of the same name without doing what it does."""
    for scope in view.scopes:
        for plugin in [each for each in scope.plugins if each.enabled]:
            for broader in scope.broader:
                same = broader.enabled and plugin.kong_name == broader.kong_name and type(plugin) is type(broader)
                if same and (lost := plugin.override_problem(broader)):
                    what, _, fix = lost.partition("; ")
                    yield KongFinding(
                        id="plugin-overrides",
                        message=f"{plugin.kong_name} of {scope.name} overrides a broader one, {what}",
                        fix=fix,
                    )


def consumer_overrides(view: View) -> Iterator[KongFinding]:
    """Find plugins of a consumer that disable, for its requests, what a route does."""
    for username, plugin, affected in _with_affected_routes(view):
        if not plugin.enabled:
            continue
        if any(plugin.request_rewrite):
            yield KongFinding(
                id="consumer-rewrites",
                message=f"{plugin.kong_name} of consumer {username} must not change uri or http_method, because its "
                "requests would reach paths of the pods to which no route leads",
                fix="put it on a route",
            )
        if plugin.traits.decides_upstream_request:
            yield from (_undo_finding(username, plugin, each) for each in affected if _undoes(plugin, each))


def _with_affected_routes(view: View) -> Iterator[tuple[str, Plugin, Sequence[Served]]]:
    for consumer in view.consumers:
        yield from ((consumer.username, plugin, view.served) for plugin in consumer.plugins)
    for each in view.combined:
        yield each.consumer, each.plugin, [served for served in view.served if each.is_on(served)]


def _undoes(plugin: Plugin, served: Served) -> bool:
    names = [each.kong_name for each in served.plugins]
    return plugin.kong_name in names and any(each.traits.authenticates for each in served.plugins)


def _undo_finding(username: str, plugin: Plugin, served: Served) -> KongFinding:
    return KongFinding(
        id="consumer-overrides",
        message=f"plugin {plugin.kong_name} must not be on consumer {username}, because it would override the one for "
        f"route {served.route.name} ({served.route.path}) and undo what it does",
        fix="put it on the routes that need it",
        routes=(served.route.name,),
    )


def shared_caches(view: View) -> Iterator[KongFinding]:
    """Find caches that would give one user the response for another, because one consumer represents many users."""
    own = [plugin for each in view.consumers if each.issuers for plugin in each.plugins if plugin.enabled]
    for served in view.served:
        for sharing in [each for each in served.plugins if each.authenticates and each.traits.shared_consumer]:
            for plugin in (*served.plugins, *own):
                by = plugin.traits.varies_by
                if by is None:
                    continue
                given = plugin.setting(by)
                varies = {str(each).lower() for each in given} if isinstance(given, tuple) else set()
                if missing := sorted(sharing.credential_headers - varies):
                    yield KongFinding(
                        id="cache-shared",
                        message=f"{by} of {plugin.kong_name} on {served.route.name} must contain "
                        f"{', '.join(missing)}, which carries the token: all tokens of an issuer are one "
                        "consumer, so one user would get the responses for another",
                        fix="add it, or remove the cache",
                        routes=(served.route.name,),
                    )


def logged_credentials(view: View) -> Iterator[KongFinding]:
    """Find logs that would contain the credentials of requests."""
    headers = {header for each in view.enabled_plugins for header in each.credential_headers} - _REDACTED_BY_KONG
    for log in view.enabled_plugins:
        by = log.traits.redacts_by
        if by is None:
            yield from _not_redacting(log, headers)
            continue
        fields = log.setting(by)
        for header in sorted(headers):
            if not isinstance(fields, Mapping) or fields.get(f"request.headers.{header}") != REMOVED:
                yield KongFinding(
                    id="credential-logged",
                    message=f"{log.kong_name} must not write {header!r} in plain text",
                    fix=f"use redactions({header!r})",
                )


def _not_redacting(log: Plugin, headers: Collection[str]) -> Iterator[KongFinding]:
    if headers and log.traits.logs_headers:
        yield KongFinding(
            id="credential-logged",
            message=f"{log.kong_name} must have a setting that removes {', '.join(sorted(headers))} from its log, "
            "because it reads request headers in the log phase",
            fix="set redacts_by of its traits to that setting; if it does not log headers, remove "
            "request.headers from reads",
        )


def closed_egress(view: View) -> Iterator[KongFinding]:
    """Find plugins that connect to a host to which the network policy does not allow Kong to connect."""
    egress = view.context.egress
    if egress is None:
        return
    for plugin in view.all_plugins:
        for host, transport in plugin.destinations:
            if (host, transport) not in egress:
                protocol = "" if transport == "TCP" else f", protocol={transport!r}"
                yield KongFinding(
                    id="egress-closed",
                    message=f"{plugin.kong_name} connects to {host!r}, which the network policy of the gateway does "
                    "not allow",
                    fix=f"add Egress(host={host!r}, peer=…, port=…{protocol}) to egress",
                )
