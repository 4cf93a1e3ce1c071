"""Upstreams: the targets that Kong sends requests to, and how it distributes requests over them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Literal, Protocol, runtime_checkable

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http, request_paths
from kubestock.gateway.kong.config.entities import to_kong_fields
from kubestock.gateway.kong.config.healthchecks import HealthChecks
from kubestock.values import names
from kubestock.values.value import Value

_DIGITS = re.compile("[0-9]+")
_LOOKS_LIKE_AN_ADDRESS = re.compile("[0-9.]+")
Algorithm = Literal["round-robin", "least-connections", "latency", "consistent-hashing"]


@runtime_checkable
class SelectedPods(Protocol):
    """Pods of one namespace that labels select. `Pods` of `kubestock.kube.peers` implements this protocol."""

    @property
    def namespace(self) -> str:
        """The namespace of the pods."""

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels that select the pods."""


class BackendPort(Protocol):
    """A port of a workload."""

    @property
    def name(self) -> str:
        """The name of the port."""

    @property
    def number(self) -> int:
        """The port number of the container."""


class Backend(Protocol):
    """A workload that requests can be routed to. `Microservice` implements this protocol."""

    @property
    def name(self) -> str:
        """The name of the workload."""

    @property
    def headless_host(self) -> str:
        """A host name that resolves to the addresses of all pods."""

    def port(self, name: str | None = None) -> BackendPort:
        """Return a port by its name, or the first port. An unknown name raises an error."""


class Target(Value):
    """A host and a port that Kong sends requests to. Each address of the host is a separate target.

    Args:
        target: `host:port`.
        weight: the share of the requests, relative to the weights of the other targets. Defaults to Kong's 100; 0 means
            no requests.

    Raises:
        ConfigurationError: if the target is not a host and a port, or the weight is not from 0 to 65535.

    See https://developer.konghq.com/gateway/entities/target/
    """

    target: str
    weight: int = 100

    def check(self) -> None:
        """Check the host, the port and the weight."""
        host, colon, port = self.target.rpartition(":")
        if not colon or not _DIGITS.fullmatch(port):
            raise ConfigurationError(f"target must be host:port, got {self.target!r}")
        names.dns_subdomain("host of the target", host)
        names.port_number("port of the target", int(port))
        http.check_range("weight", self.weight, 0, 65535)


HashInput = Literal["none", "consumer", "ip", "header", "cookie", "path", "query_arg", "uri_capture"]


class Hashing(Value):
    """Which part of a request determines its pod, for the algorithm `consistent-hashing`.

    Args:
        hash_on: what is hashed. `header`, `query_arg` and `uri_capture` need a name in their own field.
        hash_fallback: what is hashed if the request does not have the first one. Defaults to none: any pod.
        hash_on_header: the name of the header for `header`.
        hash_fallback_header: the name of the header for the fallback `header`.
        hash_on_cookie: the name of the cookie for `cookie`. Kong sets the cookie if a request does not have it, so that
            a client stays with its pod.
        hash_on_cookie_path: the path of that cookie. Defaults to /.
        hash_on_query_arg: the name of the query argument for `query_arg`.
        hash_fallback_query_arg: the name of the query argument for the fallback `query_arg`.
        hash_on_uri_capture: the name of the path parameter for `uri_capture`.
        hash_fallback_uri_capture: the name of the path parameter for the fallback `uri_capture`.

    Raises:
        ConfigurationError: if a name is missing, unnecessary or invalid, or the fallback is the same as the first
            input.

    See https://developer.konghq.com/gateway/entities/upstream/
    """

    hash_on: HashInput
    hash_fallback: HashInput = "none"
    hash_on_header: str | None = None
    hash_fallback_header: str | None = None
    hash_on_cookie: str | None = None
    hash_on_cookie_path: str = "/"
    hash_on_query_arg: str | None = None
    hash_fallback_query_arg: str | None = None
    hash_on_uri_capture: str | None = None
    hash_fallback_uri_capture: str | None = None

    def check(self) -> None:
        """Check that each input has its name, and that the fallback is a different input."""
        if self.hash_on == "none":
            raise ConfigurationError(
                "hash_on must not be 'none'; name what is hashed, such as 'ip', or leave hashing out"
            )
        if self.hash_on == "cookie" and self.hash_fallback != "none":
            raise ConfigurationError(
                "hash_fallback must be left out with hash_on='cookie': Kong sets the cookie if a request does "
                "not have it"
            )
        for kind in ("header", "query_arg", "uri_capture"):
            first = self._named("hash_on", kind)
            second = self._named("hash_fallback", kind)
            if first is not None and first == second:
                raise ConfigurationError(
                    f"hash_fallback_{kind} must be different from hash_on_{kind}, got {second} for both"
                )
        if self.hash_fallback == self.hash_on and self.hash_on in ("ip", "consumer", "path"):
            raise ConfigurationError(f"hash_fallback must be different from hash_on, got {self.hash_on} for both")
        request_paths.target_path("hash_on_cookie_path", self.hash_on_cookie_path)
        if ("cookie" in (self.hash_on, self.hash_fallback)) != (self.hash_on_cookie is not None):
            raise ConfigurationError("hash_on_cookie must be given with 'cookie' as an input, and only then")
        if self.hash_on_cookie is not None:
            http.header_name("hash_on_cookie", self.hash_on_cookie)

    def _named(self, side: str, kind: str) -> str | None:
        name: str | None = getattr(self, f"{side}_{kind}")
        if (getattr(self, side) == kind) != (name is not None):
            raise ConfigurationError(f"{side}_{kind} must be given with {side}='{kind}', and only then")
        http.check_not_empty(f"{side}_{kind}", name)
        if kind == "header" and name is not None:
            http.kong_header(f"{side}_{kind}", name)
        return name


class Upstream(Value):
    """A named set of targets, and how Kong distributes requests over them.

    Args:
        name: the name by which services refer to it.
        targets: the targets, at least one.
        algorithm: how requests are distributed. Defaults to Kong's round-robin.
        hashing: which part of a request determines its target, for `consistent-hashing`.
        slots: the size of the ring that the targets share by weight, from 10 to 65536. Defaults to Kong's 10000.
        healthchecks: the checks that take a target out of load balancing and return it. Defaults to none.
        host_header: the Host header that the targets get. Defaults to the host of each target.

    Raises:
        ConfigurationError: if there are no targets or duplicated ones, the slots are out of range, or `hashing` and the
            algorithm do not fit.

    See https://developer.konghq.com/gateway/entities/upstream/
    """

    name: str
    targets: Sequence[Target]
    algorithm: Algorithm = "round-robin"
    hashing: Hashing | None = None
    slots: int = 10000
    healthchecks: HealthChecks = field(default_factory=HealthChecks)
    host_header: str | None = None

    def check(self) -> None:
        """Check the name, the targets, and that hashing fits the algorithm."""
        names.dns_subdomain("name of the upstream", self.name)
        if _LOOKS_LIKE_AN_ADDRESS.fullmatch(self.name):
            raise ConfigurationError(
                f"name of the upstream must contain a letter, got {self.name!r}: Kong would treat it as an IP address"
            )
        if self.host_header is not None:
            http.host_and_port("host_header", self.host_header)
        http.check_range("slots", self.slots, 10, 65536)
        if (self.algorithm == "consistent-hashing") != (self.hashing is not None):
            raise ConfigurationError(
                f"hashing of {self.name} must be given with algorithm 'consistent-hashing', and only then"
            )
        if not self.targets or len({each.target for each in self.targets}) != len(self.targets):
            raise ConfigurationError(
                f"targets of {self.name} must be unique and contain at least one host:port, got "
                f"{[each.target for each in self.targets]}"
            )

    def to_kong(self) -> dict[str, Any]:
        """Return the upstream as in Kong's file."""
        rendered = to_kong_fields(self)
        hashing = rendered.pop("hashing", {})
        return {**rendered, "targets": [to_kong_fields(each) for each in self.targets], **hashing}
