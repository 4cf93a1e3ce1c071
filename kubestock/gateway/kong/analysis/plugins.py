"""Rules across plugins: which of them never run, and what one overrides of another."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from kubestock.gateway.kong.analysis.finding import KongFinding
from kubestock.gateway.kong.analysis.view import PluginScope, Served, View
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.custom import CustomPlugin
from kubestock.gateway.kong.plugins.functions import PreFunction
from kubestock.gateway.kong.plugins.log_fields import REMOVED
from kubestock.gateway.kong.plugins.traits import Phase
from kubestock.gateway.kong.plugins.untyped import TRAITS

_REDACTED_BY_KONG = frozenset({"authorization", "proxy-authorization"})


def misplaced(view: View) -> Iterator[KongFinding]:
    """Find plugins that Kong would refuse or never run where they stand."""
    for scope in view.scopes:
        yield from _duplicated(scope)
        for plugin in scope.plugins:
            yield from _early(view, scope, plugin)
            yield from _unloaded(view, scope, plugin)
            if scope.kind not in plugin.traits.scopes:
                because = ": it runs before Kong knows who calls, and so never" if scope.kind == "consumer" else ""
                yield KongFinding(
                    id="plugin-scope",
                    message=f"plugin {plugin.kong_name} must not be on {scope.name}{because}",
                    fix="put it on a route, a service or all requests",
                )
    yield from _duplicated_instances(view)


def _duplicated(scope: PluginScope) -> Iterator[KongFinding]:
    for name, count in Counter(each.kong_name for each in scope.plugins).items():
        if count > 1:
            yield KongFinding(
                id="plugin-duplicated", message=f"plugin {name} is duplicated on {scope.name}", fix="merge the two"
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
                    fix="rename one",
                )
            seen.add(name)


def _early(view: View, scope: PluginScope, plugin: Plugin) -> Iterator[KongFinding]:
    if set(plugin.traits.phases) <= _too_early(view, scope, plugin):
        yield KongFinding(
            id="plugin-phase",
            message=f"plugin {plugin.kong_name} on {scope.name} must act in a phase after Kong knows the "
            f"{'caller' if scope.kind == 'consumer' else 'route'}, got {', '.join(plugin.traits.phases)} alone",
            fix="put it on all requests",
        )
    if scope.kind != "global":
        for setting in plugin.settings_before_routing:
            yield KongFinding(
                id="plugin-phase",
                message=f"{setting} of {plugin.kong_name} must be left out on {scope.name}: Kong runs that phase "
                "before it knows the route",
                fix="use access, or put it on all requests",
            )
    if isinstance(plugin, PreFunction) and plugin.enabled and plugin.protocols is not None:
        yield KongFinding(
            id="guard-limited",
            message="protocols of pre-function must be left out: the gateway removes headers and closes paths in it "
            f"for every request, got {', '.join(plugin.protocols)}",
            fix="compare kong.request.get_scheme() in its Lua",
        )


def _too_early(view: View, scope: PluginScope, plugin: Plugin) -> set[Phase]:
    """Return the phases in which Kong does not know yet what a scope is about, so that plugins there do not run."""
    if scope.kind == "global":
        return set()
    before = scope.kind == "consumer" and plugin.traits.priority > view.authentication_priority
    return {"certificate", "rewrite", "access"} if before else {"certificate", "rewrite"}


def _unloaded(view: View, scope: PluginScope, plugin: Plugin) -> Iterator[KongFinding]:
    loaded = view.context.loaded
    own = isinstance(plugin, CustomPlugin) and plugin.kong_name not in TRAITS
    if own and loaded is not None and plugin.kong_name not in loaded:
        yield KongFinding(
            id="plugin-not-loaded",
            message=f"plugin {plugin.kong_name} on {scope.name} must be loaded by Kong, or Kong refuses the file",
            fix=f"give runtime=Runtime(image=…, plugins=[{plugin.kong_name!r}]) with an image that has it",
        )


def overridden(view: View) -> Iterator[KongFinding]:
    """Find plugins that override a broader one of the same name without doing what that does."""
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


def of_consumers(view: View) -> Iterator[KongFinding]:
    """Find plugins of a consumer that undo, for that caller, what a route fixes or answers itself."""
    for username, plugin, acted_on in _acting_for_consumers(view):
        if not plugin.enabled:
            continue
        if any(plugin.request_rewrite):
            yield KongFinding(
                id="consumer-rewrites",
                message=f"{plugin.kong_name} of consumer {username} must not change uri or http_method: this caller "
                "would then ask the pods for what no route of theirs leads to",
                fix="put it on a route",
            )
        if plugin.traits.decides_upstream_request:
            yield from (_undone(username, plugin, each) for each in acted_on if _undoes(plugin, each))


def _acting_for_consumers(view: View) -> Iterator[tuple[str, Plugin, Sequence[Served]]]:
    for consumer in view.consumers:
        yield from ((consumer.username, plugin, view.served) for plugin in consumer.plugins)
    for each in view.combined:
        yield each.consumer, each.plugin, [served for served in view.served if each.is_on(served)]


def _undoes(plugin: Plugin, served: Served) -> bool:
    names = [each.kong_name for each in served.plugins]
    return plugin.kong_name in names and any(each.traits.authenticates for each in served.plugins)


def _undone(username: str, plugin: Plugin, served: Served) -> KongFinding:
    return KongFinding(
        id="consumer-overrides",
        message=f"plugin {plugin.kong_name} must not be on consumer {username}: it would override the one that runs "
        f"for route {served.route.name} ({served.route.path}), and undo what that does",
        fix="put it on the routes that need it",
        routes=(served.route.name,),
    )


def indistinct(view: View) -> Iterator[KongFinding]:
    """Find what is kept for each consumer where one consumer stands for many callers."""
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
                        message=f"{by} of {plugin.kong_name} on {served.route.name} must hold {', '.join(missing)}, "
                        "where the token is: all tokens of an issuer are one consumer, so one person would get the "
                        "answers to another",
                        fix="add it, or leave the cache out",
                        routes=(served.route.name,),
                    )


def unredacted(view: View) -> Iterator[KongFinding]:
    """Find logs that would hold the credentials of a request."""
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
                    message=f"{log.kong_name} would write {header!r} in plain text",
                    fix=f"use redactions({header!r})",
                )


def _not_redacting(log: Plugin, headers: Collection[str]) -> Iterator[KongFinding]:
    if headers and log.traits.logs_headers:
        yield KongFinding(
            id="credential-logged",
            message=f"{log.kong_name} reads the headers of requests in the log phase, and has no setting that leaves "
            f"{', '.join(sorted(headers))} out",
            fix="name that setting in redacts_by of its traits, or write no headers and leave them out of reads",
        )


def unreachable(view: View) -> Iterator[KongFinding]:
    """Find plugins that connect to a host to which the network policy does not let Kong connect."""
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
