"""A whole configuration, viewed once: which plugins act on which request, who may enter, what the pods are sent."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Literal

from kubestock.gateway.kong.analysis.access import Access, access_for
from kubestock.gateway.kong.analysis.reach import Reach, reach
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.traits import Scope, Transport
from kubestock.values.references import SecretKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One path of a route, the plugins that act on its requests in their order, who may enter, and what is reached.

    Plugins of a consumer are not among them. `reach` is None where the gateway answers every request itself.
    """

    service: KongService
    route: Route
    plugins: tuple[Plugin, ...]
    access: Access
    reach: Reach | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginScope:
    """Where plugins stand, and which broader ones they override if they have the same name."""

    kind: Scope
    name: str
    plugins: Sequence[Plugin]
    broader: Sequence[Plugin] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedScopePlugin:
    """A plugin of a consumer on one route, or on the routes of one service, which comes before all others.

    Args:
        consumer: whose requests it acts on.
        kind: whether `owner` is a route or a service.
        owner: the name of that.
        plugin: what acts.
    """

    consumer: str
    kind: Literal["route", "service"]
    owner: str
    plugin: Plugin

    def is_on(self, served: Served) -> bool:
        """Whether it acts on the requests of a route."""
        return self.owner == (served.route.name if self.kind == "route" else served.service.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayContext:
    """What is known of the Kong that reads a configuration; None is what is not known.

    Args:
        egress: hosts to which the network policy lets Kong connect.
        loaded: plugins that Kong loads beside its own.
        sources: the Secrets of which the file is rendered.
        places: where routes were declared, by their names.
    """

    egress: frozenset[tuple[str, Transport]] | None = None
    loaded: frozenset[str] | None = None
    sources: frozenset[str] | None = None
    places: Mapping[str, str] = field(default_factory=dict)


UNKNOWN_CONTEXT = GatewayContext()


@dataclass(frozen=True, kw_only=True)
class View:
    """A configuration, as the rules read it.

    Args:
        services: with their routes.
        consumers: of all services.
        plugins: of all requests.
        combined: plugins of a consumer and of a route or a service at once, as files of others have.
        protected: prefixes below which every route requires authentication, unless it says that it is public.
        secret_keys: keys of Secrets that the file needs, in its order.
        context: what is known of the Kong that reads it.
    """

    services: Sequence[KongService]
    consumers: Sequence[Consumer] = ()
    plugins: Sequence[Plugin] = ()
    combined: Sequence[CombinedScopePlugin] = ()
    protected: Sequence[str] = ()
    secret_keys: Sequence[SecretKey] = ()
    context: GatewayContext = UNKNOWN_CONTEXT

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The routes of all services."""
        return tuple(route for service in self.services for route in service.routes)

    @cached_property
    def served(self) -> tuple[Served, ...]:
        """Every route, once for each of its paths, with what acts on its requests."""
        return tuple(self._served())

    @cached_property
    def scopes(self) -> tuple[PluginScope, ...]:
        """Every scope; the first one is that of all requests."""
        return tuple(self._scopes())

    @cached_property
    def all_plugins(self) -> tuple[Plugin, ...]:
        """The plugins of every scope, enabled or not."""
        return tuple(plugin for scope in self.scopes for plugin in scope.plugins)

    @cached_property
    def enabled_plugins(self) -> tuple[Plugin, ...]:
        """The plugins of every scope that are enabled."""
        return tuple(each for each in self.all_plugins if each.enabled)

    @cached_property
    def authentication_priority(self) -> float:
        """The priority of the first plugin that authenticates; infinite without one."""
        found = [each.traits.priority for each in self.enabled_plugins if each.authenticates]
        return max(found, default=math.inf)

    def _served(self) -> Iterator[Served]:
        for service in self.services:
            for route in service.routes:
                plugins = effective_plugins(route.plugins, service.plugins, self.plugins)
                entered = access_for(plugins, self.consumers)
                for each in route.split_by_path:
                    reached = reach(each, plugins, service.base)
                    yield Served(service=service, route=each, plugins=plugins, access=entered, reach=reached)

    def _scopes(self) -> Iterator[PluginScope]:
        yield PluginScope(kind="global", name="all requests", plugins=self.plugins)
        every = list(self.plugins)
        for service in self.services:
            yield PluginScope(kind="service", name=service.name, plugins=service.plugins, broader=self.plugins)
            every += service.plugins
            for route in service.routes:
                broader = (*service.plugins, *self.plugins)
                yield PluginScope(kind="route", name=route.name, plugins=route.plugins, broader=broader)
                every += route.plugins
        for consumer in self.consumers:
            name = f"consumer {consumer.username}"
            yield PluginScope(kind="consumer", name=name, plugins=consumer.plugins, broader=every)
        for each in self.combined:
            name = f"consumer {each.consumer} on {each.owner}"
            yield PluginScope(kind="consumer", name=name, plugins=(each.plugin,), broader=every)


def effective_plugins(*scopes: Sequence[Plugin]) -> tuple[Plugin, ...]:
    """Return the plugins that run, in their order: of each name that of the first scope, if it is enabled."""
    chosen: dict[str, Plugin] = {}
    for each in chain.from_iterable(scopes):
        if each.enabled:
            chosen.setdefault(each.kong_name, each)
    return tuple(sorted(chosen.values(), key=lambda each: -each.traits.priority))
