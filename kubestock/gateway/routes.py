"""Which requests go to which service."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway import http
from kubestock.gateway.plugins.base import Plugin
from kubestock.gateway.typed import Typed, plain, present
from kubestock.gateway.upstreams import Upstream
from kubestock.values import names

_PATH = re.compile(r"/(?:[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Typed):
    """Requests for one path and everything below it; `/api/products` does not match `/api/productsfoo`.

    Kong would read a plain path as a prefix of text, so the path is written as a regular expression that ends at a
    segment, and its depth is its `regex_priority`: the deeper path wins.

    `public` says that a route below a protected prefix is meant to let everybody in; it is no field of Kong's.

    Unlike Kong: `protocols` is ("https",), and plain HTTP is redirected with 308 where Kong answers 426.
    """

    name: str
    path: str
    hosts: Sequence[str]
    methods: Sequence[str] | None = None
    headers: Mapping[str, Sequence[str]] | None = None
    protocols: Sequence[Literal["http", "https"]] = ("https",)
    https_redirect_status_code: Literal[426, 301, 302, 307, 308] = 308
    strip_path: bool = True
    preserve_host: bool = False
    request_buffering: bool = True
    response_buffering: bool = True
    plugins: Sequence[Plugin] = ()
    public: bool = False

    def check(self) -> None:
        """Refuse paths, hosts and methods that no request has."""
        names.dns_subdomain("name of the route", self.name)
        if not _PATH.fullmatch(self.path):
            raise ConfigurationError(
                f"path must begin with '/', have no empty segment and not end with '/', got {self.path!r}"
            )
        if not self.hosts:
            raise ConfigurationError(f"hosts of route {self.name} must name a host, or it answers for every host")
        for each in self.hosts:
            names.host_name("each of hosts", each)
        if self.methods is not None and (not self.methods or not set(self.methods) <= set(http.METHODS)):
            raise ConfigurationError(f"methods must be of {', '.join(http.METHODS)}, got {list(self.methods)}")
        self._check_headers()

    def _check_headers(self) -> None:
        for name, values in (self.headers or {}).items():
            http.header_name("each name in headers", name)
            if name.lower() == "host":
                raise ConfigurationError(f"headers of route {self.name} must not hold Host; use hosts")
            if not values or not all(values):
                raise ConfigurationError(f"headers of route {self.name} must have values for {name}")

    @property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path."""
        return tuple(self.path.strip("/").split("/")) if self.path != "/" else ()

    def to_kong(self) -> dict[str, Any]:
        """Return the route as it stands in Kong's file."""
        escaped = self.path.replace(".", "\\.")
        rendered = {
            "name": self.name,
            "hosts": list(self.hosts),
            "paths": ["/" if self.path == "/" else f"~{escaped}(/|$)"],
            "regex_priority": len(self.segments),
            "methods": None if self.methods is None else list(self.methods),
            "headers": plain(self.headers),
            "protocols": list(self.protocols),
            "https_redirect_status_code": self.https_redirect_status_code,
            "strip_path": self.strip_path,
            "preserve_host": self.preserve_host,
            "request_buffering": self.request_buffering,
            "response_buffering": self.response_buffering,
            "plugins": [each.to_kong() for each in self.plugins],
        }
        return present(rendered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Typed):
    """An upstream and the routes to it; timeouts are in milliseconds."""

    name: str
    upstream: Upstream
    routes: Sequence[Route]
    port: int = 80
    protocol: Literal["http", "https"] = "http"
    retries: int = 5
    connect_timeout: int = 60000
    write_timeout: int = 60000
    read_timeout: int = 60000
    plugins: Sequence[Plugin] = ()

    def check(self) -> None:
        """Refuse numbers out of Kong's range."""
        names.dns_subdomain("name of the service", self.name)
        http.between("retries", self.retries, 0, 32767)
        for each in (self.connect_timeout, self.write_timeout, self.read_timeout):
            http.between("each timeout", each, 1, 2147483646)

    def to_kong(self) -> dict[str, Any]:
        """Return the service as it stands in Kong's file."""
        rendered = {
            "name": self.name,
            "host": self.upstream.name,
            "port": self.port,
            "protocol": self.protocol,
            "retries": self.retries,
            "connect_timeout": self.connect_timeout,
            "write_timeout": self.write_timeout,
            "read_timeout": self.read_timeout,
            "routes": [each.to_kong() for each in self.routes],
            "plugins": [each.to_kong() for each in self.plugins],
        }
        return present(rendered)
