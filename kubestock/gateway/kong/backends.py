"""The workloads that requests are routed to, and how Kong connects to them."""

import dataclasses
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Literal, Protocol, runtime_checkable

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import request_paths
from kubestock.gateway.kong.config.healthchecks import (
    HealthChecks,
    default_healthchecks,
)
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.config.upstreams import Algorithm, Backend, Hashing, Target, Upstream
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.traits import Transport
from kubestock.kube.peers import Peer, Pods
from kubestock.values import names
from kubestock.values.references import SecretRef
from kubestock.values.value import Value


@runtime_checkable
class RoutedBackend(Backend, Protocol):
    """A workload that the gateway can route to; `Microservice` implements this protocol.

    Its network policy must allow connections from the gateway.
    """

    @property
    def pods(self) -> Pods:
        """Its pods, for use as a peer in network policies."""
        ...

    def operating_paths(self, port: str | None = None) -> tuple[str, ...]:
        """Return the paths of a port that are meant for operators, such as metrics and probes."""
        ...

    def readiness_path(self, port: str | None = None) -> str | None:
        """Return the path of the HTTP readiness probe of a port, or None if there is none."""
        ...

    def allow_from(self, peer: Peer, *, port: str | None = None) -> None:
        """Allow connections from a peer to one port."""


@runtime_checkable
class TemplatedSecret(Protocol):
    """A Secret that a controller renders from a template and sealed values. `SealedSecret` implements this protocol."""

    @property
    def ref(self) -> SecretRef:
        """A reference to the Secret, with its keys and a checksum of its source."""
        ...

    def render(self, key: str, template: Callable[[], str]) -> None:
        """Add a key whose value is rendered from a template. `template` is called when the chart is written.

        Raises:
            ConfigurationError: if the key already has a template.
        """
        ...


class Egress(Value):
    """Allows Kong itself to connect to a host other than the routed services, such as a log endpoint or a Redis.

    The egress rules of the gateway's NetworkPolicy get one more rule. Network policies see a connection after the
    address of a Service has been translated, so `peer` and `port` describe the pods or machines, not the Service in
    front of them.

    Args:
        host: the host name, written as in the plugins that connect to it.
        peer: the pods or IP ranges behind the name, for the network policy.
        port: the port of those pods or machines.
        protocol: the transport protocol. Defaults to TCP; a log over UDP needs UDP.

    Raises:
        ConfigurationError: if the port is not between 1 and 65535.

    See https://kubernetes.io/docs/concepts/services-networking/network-policies/
    """

    host: str
    peer: Peer
    port: int
    protocol: Transport = "TCP"

    def check(self) -> None:
        names.port_number("port", self.port)


class RouteOptions(Value):
    """The less common settings of a route, for `KongGateway.route`. `Route` has the same fields and checks them.

    Args:
        headers: header names with the accepted values; a request must carry one of the values of each header, in full.
            Defaults to none.
        protocols: the protocols that the route serves. Defaults to https only; requests over http are then redirected.
        https_redirect_status_code: the status code of that redirect. Defaults to 308, which keeps the method and the
            body.
        strip_path: remove the path of the route from the request path before the request is sent to the pods. Defaults
            to True.
        preserve_host: send the client's Host header to the pods. Defaults to False: the pods get their own host name.
        request_buffering: read the whole request body before sending it to the pods. Defaults to True.
        response_buffering: read the response from the pods as fast as they send it. Defaults to True.
        read_timeout: the longest time between two reads of a response, in milliseconds, for long polls, server-sent
            events and WebSockets. Defaults to the value in `ServiceOptions`.

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
        """The fields by name, to be passed to `Route`."""
        return {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}


class ServiceOptions(Value):
    """How Kong connects to a workload: load balancing, health checks, retries and timeouts.

    Kong's file gets a service and an upstream for the workload, with these settings. Timeouts are in milliseconds.

    Args:
        algorithm: how requests are distributed over the pods. Defaults to round-robin.
        hashing: which part of a request determines its pod. Must be given with `consistent-hashing`, and only then.
        protocol: the protocol that the workload speaks. Defaults to http.
        health_path: a path that Kong probes every 5 s. Two failures take a pod out of load balancing, two successes
            return it. Defaults to the path of the workload's readiness probe; without one, Kong opens a TCP connection.
        healthchecks: health checks that replace those probes. Defaults to the probes above.
        retries: how many more times Kong tries to connect after a connection fails. Defaults to Kong's 5.
        connect_timeout: the time to open a connection. Defaults to 5000: with Kong's own 60000, a client would wait for
            minutes while Kong retries.
        write_timeout: the longest time between two writes of a request. Defaults to Kong's 60000.
        read_timeout: the longest time between two reads of a response. Defaults to Kong's 60000.
        plugins: plugins for every route to the workload. Defaults to none.
        blocked_paths: paths of the workload that get 404 on every route, because they are meant for operators. Defaults
            to the paths of its metrics, of its HTTP probes and of `health_path`, except `/`, which is usually a page. A
            route with `exact=True` and `strip_path=False` whose own path is one of them still reaches it, and so does a
            RequestTransformer that sets `uri` to one of them.

    Raises:
        ConfigurationError: if `health_path` and `healthchecks` are both given, or a blocked path is invalid.

    See https://developer.konghq.com/gateway/entities/service/
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
        """Check the blocked paths, and that health checks are given in one way only."""
        for each in self.blocked_paths or ():
            request_paths.served_path("each blocked path", each)
        if self.health_path is not None and self.healthchecks is not None:
            raise ConfigurationError("health_path and healthchecks must not both be given; remove one of them")

    def service(self, backend: RoutedBackend, port: str | None, routes: Sequence[Route]) -> KongService:
        """Return Kong's service for a port of a workload.

        Its upstream resolves to each pod, so a failed health check removes one pod and not the whole service.
        """
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
            each
            for each in dict.fromkeys([*backend.operating_paths(port), *health])
            if request_paths.normalized_segments(each)
        ]


def route_name(backend: str, path: str, taken: Collection[str]) -> str:
    """Return the default name of a route: the name of the backend, a dot, and the path with hyphens.

    Raises:
        ConfigurationError: if another route already has that name.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")
    name = f"{backend}.{slug or 'root'}"
    if name in taken:
        raise ConfigurationError(
            f"the default name of the route to {path} must be unique, but another route is already called "
            f"{name!r}; give it its own name for metrics and logs: route(…, name=…)"
        )
    return name
