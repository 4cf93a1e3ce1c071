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
    """An upstream and the routes to it, with the timeouts and retries of the connections.

    Args:
        name: the name in metrics and logs.
        upstream: the upstream with the targets.
        routes: the routes to the service.
        pods: the pods behind the targets, so that the rules detect several routes to the same pods. Not a field of
            Kong. Defaults to none: the rules then compare the hosts of the targets.
        blocked_paths: paths of the pods that get 404 because they are meant for operators, such as /metrics. A route
            with `exact=True` and `strip_path=False` whose own path is one of them still reaches it. Not a field of
            Kong. Defaults to none.
        port: the port if a target has none; here each target has its own. Defaults to 80.
        protocol: the protocol that the pods speak. Defaults to http.
        retries: how many more times Kong tries to connect after a connection fails. Defaults to Kong's 5.
        connect_timeout: the time to open a connection, in milliseconds. Defaults to Kong's 60000.
        write_timeout: the longest time between two writes, in milliseconds. Defaults to Kong's 60000.
        read_timeout: the longest time between two reads, in milliseconds. Defaults to Kong's 60000.
        plugins: the plugins for every route to the service. Defaults to none.

    Raises:
        ConfigurationError: if the name or a blocked path is invalid, or a number is outside the range that Kong
            accepts.

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
        """The segments that Kong puts in front of the path for the pods."""
        return ()

    def check(self) -> None:
        """Check the names, the blocked paths, and that the numbers are within Kong's ranges."""
        names.dns_subdomain("name of the service", self.name)
        names.port_number("port", self.port)
        for path in self.blocked_paths:
            request_paths.served_path(f"each blocked path of {self.name}", path)
        http.check_range("retries", self.retries, 0, 32767)
        for each in (self.connect_timeout, self.write_timeout, self.read_timeout):
            http.check_range("each timeout", each, 1, 2147483646)

    def to_kong(self) -> dict[str, Any]:
        """Return the service as in Kong's file."""
        fields = {name: value for name, value in to_kong_fields(self).items() if name in _KONG_FIELDS}
        routes = [each.to_kong() for each in self.routes]
        plugins = [each.to_kong() for each in self.plugins]
        return drop_empty(
            {"name": self.name, "host": self.upstream.name, **fields, "routes": routes, "plugins": plugins}
        )
