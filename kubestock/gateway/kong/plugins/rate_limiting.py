"""Limits on the number of requests, counted in each pod or in a Redis."""

import itertools
from dataclasses import field
from typing import ClassVar, Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http, request_paths
from kubestock.gateway.kong.plugins import hosts
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.traits import Traits
from kubestock.values.references import SecretKey
from kubestock.values.value import Value

_WINDOWS = ("second", "minute", "hour", "day", "month", "year")


_A_DAY = 86400


class Redis(Value):
    """The Redis that counts for all pods; `timeout` is in milliseconds.

    Args:
        password: a key of the Secret that the configuration is rendered from; it never stands in clear.
    """

    always_written: ClassVar[tuple[str, ...]] = ("ssl", "ssl_verify")

    host: str | None = None
    port: int = 6379
    timeout: int = 2000
    username: str | None = None
    password: SecretKey | None = None
    database: int = 0
    ssl: bool = False
    ssl_verify: bool = False
    server_name: str | None = None

    def check(self) -> None:
        """Refuse a host that is none, and a port, timeout or database out of range."""
        if self.host is not None:
            hosts.destination("host of Redis", self.host)
        if self.server_name is not None:
            hosts.server_name("server_name of Redis", self.server_name)
        http.check_not_empty("username of Redis", self.username)
        http.check_range("port of Redis", self.port, 1, 65535)
        http.check_range("timeout of Redis", self.timeout, 1, 2147483646)
        http.check_range("database of Redis", self.database, 0, 65535)


class RateLimiting(Plugin):
    """At most so many requests in each window, for each client; above it 429 with Retry-After.

    `policy="local"` counts in each pod, so N pods allow N times the limit; `policy="redis"` is exact.
    Requests that authentication refused (401) and paths without a route (404) are not counted: nginx's own
    limiter has to hold those.

    Args:
        limit_by: what a client is. "consumer" falls back to the address when nobody is authenticated.
        fault_tolerant: let requests through while Redis is down.
        sync_rate: seconds between two synchronisations with Redis; -1 counts in Redis at once.

    Raises:
        ConfigurationError: without a window; when a wider window allows less than a narrower one; for an
            `error_code` that is no error; for `policy="cluster"`, which a Kong without a database refuses; for
            `limit_by="header"`, because a client that chooses the header chooses its limit; for "redis" without
            a host.
    """

    name: ClassVar[str] = "rate-limiting"
    traits: ClassVar[Traits] = Traits(
        priority=910,
        host_settings={"redis.host": "TCP"},
        credential_settings=("redis.password",),
        counts_by="limit_by",
        writes=("response.status", "response.headers"),
    )
    always_written: ClassVar[tuple[str, ...]] = ("limit_by", "policy", "fault_tolerant")

    second: int | None = None
    minute: int | None = None
    hour: int | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    limit_by: Literal["consumer", "credential", "ip", "service", "header", "path"] = "consumer"
    header_name: str | None = None
    path: str | None = None
    policy: Literal["local", "redis"] = "local"
    fault_tolerant: bool = True
    redis: Redis = field(default_factory=Redis)
    hide_client_headers: bool = False
    error_code: int = 429
    error_message: str = "API rate limit exceeded"
    sync_rate: float = -1

    def check(self) -> None:
        """Refuse limits that Kong accepts and that do not limit."""
        self._check_windows()
        if self.limit_by == "header" or self.header_name is not None:
            raise ConfigurationError(
                "limit_by must not be 'header' and header_name must be left out: a client that chooses the header "
                "chooses its limit; use limit_by='credential', or 'ip' for callers without one"
            )
        if (self.limit_by == "path") != (self.path is not None):
            raise ConfigurationError("path must be given with limit_by='path', and only then")
        if self.path is not None:
            request_paths.target_path("path", self.path)
        http.check_not_empty("error_message", self.error_message)
        if (self.policy == "redis") != (self.redis.host is not None):
            raise ConfigurationError("redis must name a host with policy='redis', and only then")
        http.check_range("error_code", self.error_code, 400, 599)
        if self.sync_rate != -1:
            if self.policy != "redis":
                raise ConfigurationError(
                    f"sync_rate must be left out with policy='local', which synchronises nothing, got {self.sync_rate}"
                )
            http.check_range("sync_rate, unless it is -1,", self.sync_rate, 0.02, _A_DAY)

    def _check_windows(self) -> None:
        given = [(name, getattr(self, name)) for name in _WINDOWS if getattr(self, name) is not None]
        if not given:
            raise ConfigurationError(f"one of {', '.join(_WINDOWS)} must be given, or there is no limit")
        for name, limit in given:
            if limit < 1:
                raise ConfigurationError(f"{name} must be at least 1 request, got {limit}")
        for (narrow, few), (wide, many) in itertools.pairwise(given):
            if many < few:
                raise ConfigurationError(
                    f"{wide} must allow at least what {narrow} allows ({few:g}), got {many:g}; "
                    f"raise it or lower {narrow}"
                )
