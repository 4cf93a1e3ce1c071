"""What requests are routed to, and how Kong connects to it."""

import dataclasses
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Literal, Protocol, runtime_checkable

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.config.healthchecks import (
    ActiveHealthCheck,
    ActiveHealthy,
    ActiveUnhealthy,
    HealthChecks,
    PassiveHealthCheck,
    PassiveUnhealthy,
)
from kubestock.gateway.kong.config.routes import KongService, Route
from kubestock.gateway.kong.config.upstreams import Algorithm, Backend, Hashing, Target, Upstream
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.traits import Transport
from kubestock.kube.peers import Peer, Pods
from kubestock.values import names
from kubestock.values.references import SecretRef
from kubestock.values.value import Value


@runtime_checkable
class RoutedBackend(Backend, Protocol):
    """A workload that the gateway may be let in to; `Microservice` is one."""

    @property
    def pods(self) -> Pods:
        """Its pods as the other end of a connection."""
        ...

    def operating_paths(self, port: str | None = None) -> tuple[str, ...]:
        """Paths of a port at which it is operated, such as those of metrics and probes."""
        ...

    def readiness_path(self, port: str | None = None) -> str | None:
        """The path at which a port says over HTTP that the program is ready, or None."""
        ...

    def allow_from(self, peer: Peer, *, port: str | None = None) -> None:
        """Let a peer in on one port."""


@runtime_checkable
class TemplatedSecret(Protocol):
    """A Secret that a controller fills from a template over sealed values; `SealedSecret` is one."""

    @property
    def ref(self) -> SecretRef:
        """The Secret, with its keys and a checksum of what it is made from."""
        ...

    def render(self, key: str, template: Callable[[], str]) -> None:
        """Add a templated key whose template is known when the chart is written."""
        ...


class Egress(Value):
    """Somewhere that Kong itself connects to, beside the services: a log endpoint, a Redis.

    A rule of the gateway's NetworkPolicy appears. It is about packets that have left a Service's address behind.

    Args:
        host: as plugins name it.
        peer: where that is, for the network policy.
        port: of the pods or machines behind the name; not that of a Service in front of them.
        protocol: Defaults to TCP; a log over UDP needs UDP.

    Raises:
        ConfigurationError: for a port that is none.

    See https://kubernetes.io/docs/concepts/services-networking/network-policies/
    """

    host: str
    peer: Peer
    port: int
    protocol: Transport = "TCP"

    def check(self) -> None:
        names.port_number("port", self.port)


class RouteOptions(Value):
    """What a route seldom says; the fields are those of `Route`, which checks them.

    Args:
        headers: values, each in full, one of which a request must carry. Defaults to none.
        protocols: that are answered. Defaults to https; http is then redirected.
        https_redirect_status_code: of that redirect. Defaults to 308, which keeps the method and the body.
        strip_path: the pods are asked for what follows the path of the route. Defaults to True.
        preserve_host: the pods see the client's Host header. Defaults to False: they see their own name.
        request_buffering: a body is read as a whole before the pods see it. Defaults to True.
        response_buffering: an answer is read from the pods as fast as they send it. Defaults to True.
        read_timeout: milliseconds between two reads of an answer, for long polls, server-sent events and WebSockets.
            Defaults to that of the `ServiceOptions`.

    See https://developer.konghq.com/gateway/entities/route/
    """

    headers: Mapping[str, Sequence[str]] | None = None
    protocols: Sequence[Literal["http", "https"]] = ("https",)
    https_redirect_status_code: Literal[426, 301, 302, 307, 308] = 308
    strip_path: bool = True
    preserve_host: bool = False
    request_buffering: bool = True
    response_buffering: bool = True
    read_timeout: int | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """The fields by name, for `Route`."""
        return {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}


class ServiceOptions(Value):
    """How Kong connects to a workload; timeouts are in milliseconds.

    Args:
        algorithm: how requests are spread over the pods. Defaults to round-robin.
        hashing: what says which pod gets a request, with `consistent-hashing`.
        protocol: that the workload speaks. Defaults to http.
        health_path: probed every 5 s; two failures eject a pod, two successes bring it back. Defaults to the path
            of the workload's readiness probe, and without one to a TCP connection.
        healthchecks: takes the place of those probes.
        retries: other pods that are tried when a connection fails. Defaults to Kong's 5.
        connect_timeout: Defaults to 5 s; Kong's own 60 s would hold a client for minutes over the retries.
        plugins: for every route to the workload.
        closed: paths of the workload that no route leads to: 404. Defaults to those of its metrics and its HTTP
            probes and `health_path`, but for `/`, which is a page. A route that says `exact=True` and
            `strip_path=False` opens its own path; a RequestTransformer that sets the `uri` may ask for one, too.
    """

    algorithm: Algorithm = "round-robin"
    hashing: Hashing | None = None
    protocol: Literal["http", "https"] = "http"
    health_path: str | None = None
    healthchecks: HealthChecks | None = None
    retries: int = 5
    connect_timeout: int = 5000
    write_timeout: int = 60000
    read_timeout: int = 60000
    plugins: Sequence[Plugin] = ()
    blocked_paths: Sequence[str] | None = None

    def check(self) -> None:
        """Refuse two answers to one question."""
        for each in self.blocked_paths or ():
            http.served_path("each closed path", each)
        if self.health_path is not None and self.healthchecks is not None:
            raise ConfigurationError("health_path must not stand beside healthchecks: give one of the two")

    def service(self, backend: RoutedBackend, port: str | None, routes: Sequence[Route]) -> KongService:
        """Return the service of a workload's pods: what a health check ejects is a pod, and not the service."""
        number = backend.port(port).number
        health_path = self.health_path or backend.readiness_path(port)
        name = f"{backend.name}.{number}"
        upstream = Upstream(
            name=f"{name}.upstream",
            targets=[Target(target=f"{backend.headless_host}:{number}")],
            algorithm=self.algorithm,
            hashing=self.hashing,
            healthchecks=self.healthchecks or default_healthchecks(health_path, self.protocol),
        )
        return KongService(
            name=name,
            upstream=upstream,
            routes=routes,
            pods=backend.pods,
            blocked_paths=self._blocked_paths(backend, port),
            port=number,
            protocol=self.protocol,
            retries=self.retries,
            connect_timeout=self.connect_timeout,
            write_timeout=self.write_timeout,
            read_timeout=self.read_timeout,
            plugins=self.plugins,
        )

    def _blocked_paths(self, backend: RoutedBackend, port: str | None) -> Sequence[str]:
        if self.blocked_paths is not None:
            return self.blocked_paths
        health = [] if self.health_path is None else [self.health_path]
        return [
            each for each in dict.fromkeys([*backend.operating_paths(port), *health]) if http.normalized_segments(each)
        ]


def default_healthchecks(path: str | None = None, protocol: Literal["http", "https"] = "http") -> HealthChecks:
    """Return probes every 5 s, over the protocol where there is a path, and passive checks of the connection.

    Answers of real requests eject nobody: a client that provokes errors could otherwise eject every pod.
    """
    http_failures = 0 if path is None else 2
    return HealthChecks(
        active=ActiveHealthCheck(
            type="tcp" if path is None else protocol,
            http_path=path or "/",
            timeout=2,
            healthy=ActiveHealthy(interval=5, successes=2, http_statuses=(200,)),
            unhealthy=ActiveUnhealthy(
                interval=5,
                http_statuses=(429, 500, 502, 503, 504),
                http_failures=http_failures,
                tcp_failures=2,
                timeouts=2,
            ),
        ),
        passive=PassiveHealthCheck(unhealthy=PassiveUnhealthy(tcp_failures=2, timeouts=5)),
    )


def route_name(backend: str, path: str, taken: Collection[str]) -> str:
    """Return the name of a route that is given none.

    Raises:
        ConfigurationError: if another route has it.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")
    name = f"{backend}.{slug or 'root'}"
    if name in taken:
        raise ConfigurationError(
            f"the route to {path} would be called {name!r}, as another one is; give it a name of its own, by which "
            "metrics and logs tell the two apart: route(…, name=…)"
        )
    return name
