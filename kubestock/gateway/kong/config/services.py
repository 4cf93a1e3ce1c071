"""Services of Kong: an upstream and the routes to it."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from kubestock.gateway.kong.config import http, request_paths
from kubestock.gateway.kong.config.entities import drop_empty, to_kong_fields
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.upstreams import SelectedPods, Upstream
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.values import names
from kubestock.values.value import Value

_KONG_FIELDS = frozenset({"name", "port", "protocol", "retries", "connect_timeout", "write_timeout", "read_timeout"})
"""The fields that are written to Kong's file without a change."""


class KongService(Value):
    """An upstream and the routes to it.

    Args:
        name: in metrics and logs.
        upstream: the targets that requests go to.
        routes: which requests.
        pods: that the targets are, so that two ways to the same pods are seen as such. Defaults to none: the hosts of
            the targets then say so. No field of Kong's.
        closed: paths of the pods that operate the program, such as /metrics: whatever asks for one is answered 404,
            unless a route that does not strip its path says `exact=True` of it. Defaults to none. No field of Kong's.
        port: that Kong falls back to; each target has its own. Defaults to 80.
        protocol: that the pods speak. Defaults to http.
        retries: other targets that are tried when a connection fails. Defaults to Kong's 5.
        connect_timeout: in milliseconds. Defaults to Kong's 60000.
        write_timeout: in milliseconds between two writes. Defaults to Kong's 60000.
        read_timeout: in milliseconds between two reads. Defaults to Kong's 60000.
        plugins: for every route to it.

    Raises:
        ConfigurationError: for a name that is none, and numbers out of Kong's range.

    See https://developer.konghq.com/gateway/entities/service/
    """

    always_written: ClassVar[tuple[str, ...]] = ("port", "protocol")

    name: str
    upstream: Upstream
    routes: Sequence[Route]
    pods: SelectedPods | None = None
    blocked_paths: Sequence[str] = ()
    port: int = 80
    protocol: Literal["http", "https"] = "http"
    retries: int = 5
    connect_timeout: int = 60000
    write_timeout: int = 60000
    read_timeout: int = 60000
    plugins: Sequence[Plugin] = ()

    @property
    def base(self) -> tuple[str, ...]:
        """The segments that Kong puts before the path that the pods are asked for."""
        return ()

    def check(self) -> None:
        """Refuse numbers out of Kong's range."""
        names.dns_subdomain("name of the service", self.name)
        names.port_number("port", self.port)
        for path in self.blocked_paths:
            request_paths.served_path(f"each closed path of {self.name}", path)
        http.check_range("retries", self.retries, 0, 32767)
        for each in (self.connect_timeout, self.write_timeout, self.read_timeout):
            http.check_range("each timeout", each, 1, 2147483646)

    def to_kong(self) -> dict[str, Any]:
        """Return the service as it stands in Kong's file."""
        said = {name: value for name, value in to_kong_fields(self).items() if name in _KONG_FIELDS}
        routes = [each.to_kong() for each in self.routes]
        plugins = [each.to_kong() for each in self.plugins]
        return drop_empty({"name": self.name, "host": self.upstream.name, **said, "routes": routes, "plugins": plugins})
