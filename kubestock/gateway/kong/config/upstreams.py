"""Where Kong sends a request: targets, and how requests are spread over them."""

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
_LIKE_AN_ADDRESS = re.compile("[0-9.]+")
Algorithm = Literal["round-robin", "least-connections", "latency", "consistent-hashing"]


@runtime_checkable
class SelectedPods(Protocol):
    """Pods, as labels of one namespace select them; `Pods` of `kubestock.kube.peers` is one."""

    @property
    def namespace(self) -> str:
        """The namespace of the pods."""

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels that select them."""


class BackendPort(Protocol):
    """A port of a workload."""

    @property
    def name(self) -> str:
        """What the workload calls it."""

    @property
    def number(self) -> int:
        """The port of the container."""


class Backend(Protocol):
    """A workload that requests can be routed to; `Microservice` is one."""

    @property
    def name(self) -> str:
        """The name of the workload."""

    @property
    def headless_host(self) -> str:
        """A name that resolves to the address of each pod."""

    def port(self, name: str | None = None) -> BackendPort:
        """Return a port by name, or the first one; an unknown name is refused."""


class Target(Value):
    """A host and a port that requests go to; a name with several addresses is as many targets.

    Args:
        target: `host:port`.
        weight: the share of the requests, beside the weights of other targets. Defaults to Kong's 100; 0 is none.

    Raises:
        ConfigurationError: for what is no host and port, and a weight out of Kong's range.

    See https://developer.konghq.com/gateway/entities/target/
    """

    target: str
    weight: int = 100

    def check(self) -> None:
        """Refuse what is not a host and a port."""
        host, colon, port = self.target.rpartition(":")
        if not colon or not _DIGITS.fullmatch(port):
            raise ConfigurationError(f"target must be host:port, got {self.target!r}")
        names.dns_subdomain("host of the target", host)
        names.port_number("port of the target", int(port))
        http.check_range("weight", self.weight, 0, 65535)


HashInput = Literal["none", "consumer", "ip", "header", "cookie", "path", "query_arg", "uri_capture"]


class Hashing(Value):
    """What of a request says which pod gets it, for `consistent-hashing`.

    Args:
        hash_on: what is hashed; `header`, `query_arg` and `uri_capture` name theirs in a field of their own.
        hash_fallback: what is hashed where a request lacks that. Defaults to none: any pod then.
        hash_on_cookie: set by Kong where a request lacks it, so that a client stays with its pod.
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
        """Refuse inputs that are not named, and a fallback that is no other."""
        if self.hash_on == "none":
            raise ConfigurationError("hash_on must say what is hashed, such as 'ip'; leave hashing out for none")
        if self.hash_on == "cookie" and self.hash_fallback != "none":
            raise ConfigurationError("hash_fallback must be left out with a cookie: Kong sets one where it lacks")
        for kind in ("header", "query_arg", "uri_capture"):
            first = self._named("hash_on", kind)
            second = self._named("hash_fallback", kind)
            if first is not None and first == second:
                raise ConfigurationError(f"hash_fallback_{kind} must be another one than hash_on_{kind}, got {second}")
        if self.hash_fallback == self.hash_on and self.hash_on in ("ip", "consumer", "path"):
            raise ConfigurationError(f"hash_fallback must be something else than hash_on, got {self.hash_on} twice")
        request_paths.target_path("hash_on_cookie_path", self.hash_on_cookie_path)
        if ("cookie" in (self.hash_on, self.hash_fallback)) != (self.hash_on_cookie is not None):
            raise ConfigurationError("hash_on_cookie must name the cookie with 'cookie', and only then")
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
    """A set of targets under one name, and how requests are spread over them.

    Args:
        name: that services refer to.
        targets: at least one.
        algorithm: how requests are spread. Defaults to Kong's round-robin.
        hashing: what says which target gets a request, with `consistent-hashing`.
        slots: places on the ring that targets share by weight. Defaults to Kong's 10000.
        healthchecks: that take a target out and back. Defaults to none.
        host_header: that the targets see. Defaults to the host of each target.

    Raises:
        ConfigurationError: without targets, with one twice, for slots out of Kong's range, and hashing without its
            algorithm.

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
        """Refuse an upstream without targets, or with one twice."""
        names.dns_subdomain("name of the upstream", self.name)
        if _LIKE_AN_ADDRESS.fullmatch(self.name):
            raise ConfigurationError(
                f"name of the upstream must have a letter, or Kong takes it for an address, got {self.name!r}"
            )
        if self.host_header is not None:
            http.host_and_port("host_header", self.host_header)
        http.check_range("slots", self.slots, 10, 65536)
        if (self.algorithm == "consistent-hashing") != (self.hashing is not None):
            raise ConfigurationError(f"hashing of {self.name} must be given with 'consistent-hashing', and only then")
        if not self.targets or len({each.target for each in self.targets}) != len(self.targets):
            raise ConfigurationError(f"targets of {self.name} must name at least one host:port, each one once")

    def to_kong(self) -> dict[str, Any]:
        """Return the upstream as it stands in Kong's file."""
        rendered = to_kong_fields(self)
        hashing = rendered.pop("hashing", {})
        return {**rendered, "targets": [to_kong_fields(each) for each in self.targets], **hashing}
