"""How the public reaches an environment, as one value."""

from collections.abc import Mapping
from dataclasses import field

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.gateway import PROXY
from kubestock.gateway.kong.plugins.cross_origin import Method
from kubestock.gateway.kong.plugins.security_headers import SecurityHeaders
from kubestock.gateway.kong.plugins.validation import JsonBody
from kubestock.gateway.kong.runtime import Runtime
from kubestock.product.front_settings import LogEndpoint
from kubestock.values import names
from kubestock.values.numbers import whole
from kubestock.values.value import Value
from kubestock.workload.autoscaling import Autoscaler
from kubestock.workload.service import Service

API, INTERNAL = "/api", "/internal"
"""Below which the gateway answers whatever no route is for, once it knows who calls; all else is the frontend's."""


class ApiRoute(Value):
    """A path of the API, for people: a token of the identity provider is asked for.

    Args:
        path: below /api.
        other_paths: below /api and as deep, that lead to the same.
        service: the name of the workload, to which the rest of the path is sent.
        methods: that it answers; OPTIONS joins them for preflights.
        answered: a path below `path` that the service answers a GET of, for the smoke test. Defaults to `path` itself.
    """

    path: str
    other_paths: tuple[str, ...] = ()
    service: str
    methods: tuple[Method, ...]
    answered: str = ""


class MachineRoute(Value):
    """A path for programs elsewhere: an API key is asked for.

    Args:
        path: below /internal.
        service: the name of the workload, to which the rest of the path is sent.
        methods: that it answers.
        callers: whose keys may enter; each one is a key of the Secret `credentials`.
    """

    path: str
    service: str
    methods: tuple[Method, ...]
    callers: tuple[str, ...]


class PublicRoute(Value):
    """A path of the API that asks nobody who calls.

    Args:
        path: below /api.
        other_paths: below /api and as deep, that lead to the same.
        service: the name of the workload.
        uri: what the workload is asked for.
    """

    path: str
    other_paths: tuple[str, ...] = ()
    service: str
    uri: str


class Edge(Value):
    """The gateway of an environment.

    Args:
        host: the public name.
        issuer_public_key: PEM, with which the identity provider's tokens are verified.
        audiences: one of which a token must name in `aud`. Defaults to none: tokens that the identity provider signed
            for its other applications enter, too.
        api: paths for people.
        machines: paths for programs.
        public: paths below /api that need no token.
        health: a path below /api that the gateway answers 200 itself, for anybody: it says that Kong serves, and no
            more. Defaults to none.
        bodies: what each service takes, with the method and the path that it is asked for. They hold on every path that
            leads to it. Defaults to none: every body is let through.
        requests_per_minute: of one client to one service, over all its paths and in each pod of the gateway.
        log: where requests are logged.
        tls_secret: with the certificate. Defaults to none: TLS then ends at a load balancer in front, which
            `runtime.client_address` names.
        credentials: the Secret with the API keys, which becomes the configuration.
        proxy: the Service that the public dials.
        runtime: Kong's program.
        scaling: of the gateway.
        security_headers: on every answer.
        largest_body: of any request, in bytes. Defaults to 1 MiB.
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
    scaling: Autoscaler = Autoscaler(minimum=2, maximum=6)
    security_headers: SecurityHeaders = SecurityHeaders()
    largest_body: int = 1024 * 1024

    @property
    def callers(self) -> tuple[str, ...]:
        """The programs that have a key, sorted."""
        return tuple(sorted({caller for each in self.machines for caller in each.callers}))

    @property
    def routed(self) -> tuple[str, ...]:
        """The services that have a path here, each as often as it has one."""
        routes: tuple[ApiRoute | MachineRoute | PublicRoute, ...] = (*self.api, *self.machines, *self.public)
        return tuple(each.service for each in routes)

    def check(self) -> None:
        names.host_name("host", self.host)
        whole("largest_body", self.largest_body, minimum=1)
        for service, limit in self.requests_per_minute.items():
            whole(f"requests_per_minute of {service}", limit, minimum=1)
        routes: tuple[ApiRoute | PublicRoute, ...] = (*self.api, *self.public)
        below = [path for each in routes for path in (each.path, *each.other_paths)]
        for path in [*below, *([] if self.health is None else [self.health])]:
            if not path.startswith(f"{API}/"):
                raise ConfigurationError(f"path of an API route must be below {API}, got {path!r}")
        if unknown := sorted(set(self.bodies) - set(self.routed)):
            raise ConfigurationError(f"bodies must be of services that have a path here, got {', '.join(unknown)}")
        for each in self.api:
            if each.answered and not each.answered.startswith("/"):
                raise ConfigurationError(f"answered of {each.path} must begin with '/', got {each.answered!r}")
        for machine in self.machines:
            if not machine.path.startswith(f"{INTERNAL}/"):
                raise ConfigurationError(f"path of a machine route must be below {INTERNAL}, got {machine.path!r}")
            if not machine.callers:
                raise ConfigurationError(f"callers of {machine.path} must name who may enter")
