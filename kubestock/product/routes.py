"""A route of a product, and what a test without credentials can request from it."""

from dataclasses import dataclass

from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.segments import parameters, sample
from kubestock.product.route_access import RouteAccess
from kubestock.workload.microservice import Microservice


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRoute:
    """A route, the workload that serves it, and who may use it.

    Args:
        route: the route in Kong's configuration.
        to: the workload that serves it.
        admission: who may use it.
        smoke_test_path: a path below the route's path for which the workload answers a GET with 200, or None if
            unknown.
        uri: the path that replaces that of the request, or None if none does.
    """

    route: Route
    to: Microservice
    admission: RouteAccess
    smoke_test_path: str | None
    uri: str | None

    @property
    def gets(self) -> bool:
        """Whether it answers a GET."""
        return self.route.methods is None or "GET" in self.route.methods

    @property
    def answers(self) -> bool:
        """Whether the pods are known to answer a GET of it with 200: a readiness probe requests the same path.

        The response for a value of a parameter is unknown.
        """
        received = self.uri or self.smoke_test_path or "/"
        known = self.smoke_test_path is not None or received == self.to.readiness_path()
        return self.gets and known and not parameters(self.route.path)

    @property
    def asked_paths(self) -> list[str]:
        """The paths, each with the path below it that is answered, and with 1 instead of a parameter."""
        return [f"{sample(path).rstrip('/')}{self.smoke_test_path or ''}" or "/" for path in self.route.paths]
