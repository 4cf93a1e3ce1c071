"""ms-identity: a service in front of the identity provider."""

from types import MappingProxyType

from kubestock.monitoring.programs import Dependency, ProgramMetrics, RequestMetrics
from kubestock.production.bodies.identity import IDENTITY
from kubestock.production.edge import ApiRoute
from kubestock.production.services.backend import Backend, Shared
from kubestock.workload.callees import ExternalService

_REQUESTS = RequestMetrics(
    total="identity_http_requests_total",
    status="status",
    seconds="identity_http_request_duration_seconds",
    slow_seconds=5,
    path="path",
    paths=("/suppliers", "/staff", "/groups", "/users/:userId"),
)
_ASGARDEO = RequestMetrics(
    total="identity_asgardeo_api_calls_total",
    status="status",
    seconds="identity_asgardeo_api_duration_seconds",
    slow_seconds=5,
    failed="5..|401|403|429|error",
)
# The program declares metrics of its calls to the provider but never counts them; a later release may. Until then, its
# own responses are used: each of its paths calls the provider, and answers 500 or 503 when the call fails.


class IdentityService(Backend):
    """ms-identity: users, groups and their rights, which the identity provider stores."""

    NAME = "ms-identity"
    PORT = 3006
    STARTUP_SECONDS = 10
    SECRETS = MappingProxyType({"asgardeo-client": ("ASGARDEO_M2M_CLIENT_ID", "ASGARDEO_M2M_CLIENT_SECRET")})
    API = ApiRoute(
        path="/api/users",
        other_paths=("/api/identity",),
        service=NAME,
        methods=("GET", "POST", "DELETE"),
        smoke_test_path="/suppliers",
    )
    BODIES = IDENTITY
    REQUESTS_PER_MINUTE = 100
    METRICS = ProgramMetrics(
        requests=_REQUESTS, dependencies=(Dependency(name="identity provider", calls=(_ASGARDEO, _REQUESTS)),)
    )

    @classmethod
    def config_of(cls, shared: Shared) -> dict[str, str]:
        """Return the location of the provider, and its groups."""
        return shared.provider.config()

    @classmethod
    def outside_of(cls, shared: Shared) -> tuple[ExternalService, ...]:
        """Return the identity provider."""
        return (ExternalService(host=shared.provider.host),)
