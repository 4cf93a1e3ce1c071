"""Collects the routes that are declared on a gateway, in any order, with the lines of code that declare them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.analysis.preflights import with_preflights
from kubestock.gateway.kong.backends import RoutedBackend, ServiceOptions
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.segments import Segments
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.kube.callers import CodeLine
from kubestock.values.value import require_unique


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredRoute:
    """A route, the workload that it leads to, and the line of code that declares it."""

    route: Route
    backend: RoutedBackend
    port: str
    service_options: ServiceOptions | None
    place: CodeLine


class DeclaredRoutes:
    """The routes of a gateway. The resulting services do not depend on the order of the declarations."""

    def __init__(self) -> None:
        self._found: list[DeclaredRoute] = []
        self._names: set[str] = set()
        self._connections: dict[tuple[int, str], ServiceOptions] = {}

    @property
    def names(self) -> Collection[str]:
        """The names of the routes."""
        return self._names

    def add(self, declared: DeclaredRoute) -> None:
        """Add a route.

        Raises:
            ConfigurationError: if its name is not unique, or its `service_options` differ from those of another route
                to the same port of the workload.
        """
        if declared.service_options not in (None, self._connection(declared) or declared.service_options):
            raise ConfigurationError(
                f"service_options of {declared.backend.name!r} must be the same on all its routes, got two "
                "different values; give them on one route only, and use RouteOptions(read_timeout=…) for a "
                "route whose responses take longer"
            )
        if declared.route.name in self._names:
            require_unique("route name", [declared.route.name] * 2)
        self._found.append(declared)
        self._names.add(declared.route.name)
        if declared.service_options is not None:
            self._connections[id(declared.backend), declared.port] = declared.service_options

    def services(self, global_plugins: Sequence[Plugin]) -> list[KongService]:
        """Return the services with their routes, sorted by name.

        Args:
            global_plugins: the plugins that act on every request.
        """
        finished = self._with_preflights(global_plugins)
        grouped: dict[tuple[str, str, int], list[Route]] = {}
        declared: dict[tuple[str, str, int], DeclaredRoute] = {}
        for each in sorted(self._found, key=lambda each: (each.backend.name, each.port, each.route.name)):
            key = (each.backend.name, each.port, id(each.backend))
            grouped.setdefault(key, []).append(finished[each.route.name])
            declared.setdefault(key, each)
        return [
            (self._connection(each) or ServiceOptions()).service(each.backend, each.port, grouped[key])
            for key, each in declared.items()
        ]

    def _with_preflights(self, global_plugins: Sequence[Plugin]) -> dict[str, Route]:
        """Return the routes by name, with OPTIONS added where CORS requires it.

        For each path, one route gets OPTIONS: the one with the most paths, and of these the first by name.

        """
        finished = {each.route.name: each.route for each in self._found}
        of_path: dict[Segments, list[str]] = defaultdict(list)
        for name, route in finished.items():
            for path in route.patterns:
                of_path[path].append(name)
        for each in sorted(self._found, key=lambda each: (-len(each.route.paths), each.backend.name, each.route.name)):
            plugins = (*(self._connection(each) or ServiceOptions()).plugins, *global_plugins)
            others = [finished[name] for name in of_path[each.route.segments] if name != each.route.name]
            finished[each.route.name] = with_preflights(each.route, plugins, others)
        return finished

    @property
    def places(self) -> dict[str, str]:
        """The place in the code that declares each route, by the name of the route."""
        return {each.route.name: str(each.place) for each in self._found}

    def _connection(self, declared: DeclaredRoute) -> ServiceOptions | None:
        return self._connections.get((id(declared.backend), declared.port), declared.service_options)
