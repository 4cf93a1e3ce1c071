"""The routes and the gateway of an environment, as one value."""

from collections.abc import Mapping
from dataclasses import field

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.gateway import PROXY
from kubestock.gateway.kong.plugins.cross_origin import Method
from kubestock.gateway.kong.plugins.security_headers import SecurityHeaders
from kubestock.gateway.kong.plugins.validation import JsonBody
from kubestock.gateway.kong.runtime import Runtime
from kubestock.product.gateway_settings import LogEndpoint
from kubestock.values import names
from kubestock.values.numbers import whole
from kubestock.values.value import Value
from kubestock.workload.autoscaling import Autoscaler
from kubestock.workload.service import Service

API, INTERNAL = "/api", "/internal"
"""The prefix below which the gateway answers paths without a route, after authentication; the frontend has the rest."""


class ApiRoute(Value):
    """A path of the API for users: it requires a token of the identity provider.

    Args:
        path: the path, below /api.
        other_paths: additional paths below /api with as many segments, which lead to the same service.
        service: the name of the workload, which receives the rest of the path.
        methods: the allowed methods; OPTIONS is added for preflight requests.
        smoke_test_path: a path below `path` for which the service answers a GET with 200, for the smoke test. Defaults
            to `path` itself.
    """

    path: str
    other_paths: tuple[str, ...] = ()
    service: str
    methods: tuple[Method, ...]
    smoke_test_path: str = ""


class MachineRoute(Value):
    """A path for programs outside the product: it requires an API key.

    Args:
        path: the path, below /internal.
        service: the name of the workload, which receives the rest of the path.
        methods: the allowed methods.
        callers: the programs whose API keys are accepted; each is a key of the Secret `credentials`.
    """

    path: str
    service: str
    methods: tuple[Method, ...]
    callers: tuple[str, ...]


class PublicRoute(Value):
    """A path of the API that requires no authentication.

    Args:
        path: the path, below /api.
        other_paths: additional paths below /api with as many segments, which lead to the same service.
        service: the name of the workload.
        uri: the path that the workload receives.
    """

    path: str
    other_paths: tuple[str, ...] = ()
    service: str
    uri: str


class Edge(Value):
    """The gateway of an environment.

    Args:
        host: the public host name.
        issuer_public_key: the public key in PEM format, with which Kong verifies the tokens of the identity provider.
        audiences: the audiences of which a token must have one in `aud`. Defaults to none: Kong then also accepts
            tokens that the identity provider signed for its other applications.
        api: paths for users.
        machines: paths for programs.
        public: paths below /api that require no token.
        health: a path below /api for which the gateway itself answers 200 to any client: it shows only that Kong works.
            Defaults to none.
        bodies: the JSON Schemas of each service's requests, by method and path. They apply to every route to the
            service. Defaults to none: every body is accepted.
        requests_per_minute: the requests that one client may send to one service, over all its paths and for each pod
            of the gateway.
        log: where the gateway logs requests.
        tls_secret: the name of the Secret with the certificate. Defaults to none: TLS then ends at a load balancer in
            front of the gateway, which `runtime.client_address` names.
        credentials: the name of the Secret with the API keys, which also stores Kong's configuration.
        proxy: the Service that clients connect to.
        runtime: the image and the settings of Kong itself.
        scaling: the number of gateway pods.
        security_headers: the security headers of every response.
        max_body: the largest body of any request, in bytes. Defaults to 1 MiB.
    """

    host: str
    issuer_public_key: str
    api: tuple[ApiRoute, ...]
    audiences: tuple[str, ...] = ()
    machines: tuple[MachineRoute, ...] = ()
    public: tuple[PublicRoute, ...] = ()
    health: str | None = None
    bodies: Mapping[str, tuple[JsonBody, ...]] = field(default_factory=dict)
    requests_per_minute: Mapping[str, int] = field(default_factory=dict)
    log: LogEndpoint
    tls_secret: str | None = None
    credentials: str = "gateway-consumers"
    proxy: Service = PROXY
    runtime: Runtime = Runtime()
    scaling: Autoscaler = Autoscaler(min_replicas=2, max_replicas=6)
    security_headers: SecurityHeaders = SecurityHeaders()
    max_body: int = 1024 * 1024

    @property
    def callers(self) -> tuple[str, ...]:
        """The programs that have an API key, sorted."""
        return tuple(sorted({caller for each in self.machines for caller in each.callers}))

    @property
    def routed(self) -> tuple[str, ...]:
        """The services that have a path, once for each path."""
        routes: tuple[ApiRoute | MachineRoute | PublicRoute, ...] = (*self.api, *self.machines, *self.public)
        return tuple(each.service for each in routes)

    def check(self) -> None:
        names.host_name("host", self.host)
        whole("max_body", self.max_body, minimum=1)
        for service, limit in self.requests_per_minute.items():
            whole(f"requests_per_minute of {service}", limit, minimum=1)
        routes: tuple[ApiRoute | PublicRoute, ...] = (*self.api, *self.public)
        below = [path for each in routes for path in (each.path, *each.other_paths)]
        for path in [*below, *([] if self.health is None else [self.health])]:
            if not path.startswith(f"{API}/"):
                raise ConfigurationError(f"path of an API route must be below {API}, got {path!r}")
        if unknown := sorted(set(self.bodies) - set(self.routed)):
            raise ConfigurationError(f"bodies must be of services with a path, got {', '.join(unknown)}")
        for each in self.api:
            if each.smoke_test_path and not each.smoke_test_path.startswith("/"):
                raise ConfigurationError(
                    f"smoke_test_path of {each.path} must begin with '/', got {each.smoke_test_path!r}"
                )
        for machine in self.machines:
            if not machine.path.startswith(f"{INTERNAL}/"):
                raise ConfigurationError(f"path of a machine route must be below {INTERNAL}, got {machine.path!r}")
            if not machine.callers:
                raise ConfigurationError(f"callers of {machine.path} must not be empty; name the allowed programs")
