"""A view of a whole configuration: which plugins act on which request, who is allowed, and what the pods get."""

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
    """One path of a route, with the plugins that act on its requests in order, the allowed clients, and its reach.

    Plugins of consumers are not included. `reach` is None if the gateway answers every request itself.
    """

    service: KongService
    route: Route
    plugins: tuple[Plugin, ...]
    access: Access
    reach: Reach | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginScope:
    """The plugins of one scope, and the broader plugins that they override if they have the same name."""

    kind: Scope
    name: str
    plugins: Sequence[Plugin]
    broader: Sequence[Plugin] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedScopePlugin:
    """A plugin on a consumer together with a route or a service, which overrides all others of its name.

    Args:
        consumer: the consumer.
        kind: whether `owner` is a route or a service.
        owner: the name of the route or service.
        plugin: the plugin.
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
    """What is known about the gateway that reads a configuration. None means unknown.

    Args:
        egress: the hosts and protocols to which the network policy allows Kong to connect.
        loaded: the plugins that Kong loads in addition to the bundled ones.
        sources: the names of the Secrets from which the file is rendered.
        places: where the routes are declared, by their names.
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
        services: the services with their routes.
        consumers: the consumers.
        plugins: the global plugins.
        combined: the plugins on a consumer together with a route or service, which only other files have.
        protected: path prefixes below which every route must require authentication or be public.
        secret_keys: the keys of Secrets in the file, in the order of the file.
        context: what is known about the gateway that reads it.
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
        """Every path of every route, with the plugins that act on its requests."""
        return tuple(self._served())

    @cached_property
    def scopes(self) -> tuple[PluginScope, ...]:
        """Every scope. The first one is global."""
        return tuple(self._scopes())

    @cached_property
    def all_plugins(self) -> tuple[Plugin, ...]:
        """The plugins of every scope, including disabled ones."""
        return tuple(plugin for scope in self.scopes for plugin in scope.plugins)

    @cached_property
    def enabled_plugins(self) -> tuple[Plugin, ...]:
        """The enabled plugins of every scope."""
        return tuple(each for each in self.all_plugins if each.enabled)

    @cached_property
    def authentication_priority(self) -> float:
        """The priority of the first plugin that authenticates, or infinity if there is none."""
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
    """Return the plugins that run, in order. Of several with the same name, that of the first scope runs."""
    chosen: dict[str, Plugin] = {}
    for each in chain.from_iterable(scopes):
        if each.enabled:
            chosen.setdefault(each.kong_name, each)
    return tuple(sorted(chosen.values(), key=lambda each: -each.traits.priority))
