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


_DAY_SECONDS = 86400


class Redis(Value):
    """The Redis server in which all pods of Kong count together.

    Args:
        host: the host name or address of the server. Required with `policy="redis"`.
        port: Defaults to 6379.
        timeout: the timeout of a connection, in milliseconds. Defaults to 2000.
        username: Defaults to none.
        password: the password, as a key of the sealed Secret. Defaults to none.
        database: the number of the database. Defaults to 0.
        ssl: use TLS. Defaults to False.
        ssl_verify: verify the certificate of the server. Defaults to False.
        server_name: the server name for TLS. Defaults to none.

    Raises:
        ConfigurationError: if a host name is invalid, or a number is outside the range that Kong accepts.
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
        """Check the host names, and that the numbers are within Kong's ranges."""
        if self.host is not None:
            hosts.destination("host of Redis", self.host)
        if self.server_name is not None:
            hosts.server_name("server_name of Redis", self.server_name)
        http.check_not_empty("username of Redis", self.username)
        http.check_range("port of Redis", self.port, 1, 65535)
        http.check_range("timeout of Redis", self.timeout, 1, 2147483646)
        http.check_range("database of Redis", self.database, 0, 65535)


class RateLimiting(Plugin):
    """Limits the number of requests of each client in each window. Requests above it get 429 with Retry-After.

    `policy="local"` counts in each pod, so N pods allow N times the limit. `policy="redis"` counts exactly. Requests
    that fail authentication (401) and requests without a route (404) are not counted; `FloodLimit` of the runtime
    limits those.

    Args:
        second: the number of requests per second. At least one window must be given.
        minute: the number of requests per minute.
        hour: the number of requests per hour.
        day: the number of requests per day.
        month: the number of requests per month.
        year: the number of requests per year.
        limit_by: what identifies a client. "consumer" and "credential" use the address if the client is not
            authenticated. Defaults to consumer.
        header_name: must be left out, because a client that chooses the header chooses its limit.
        path: the path for `limit_by="path"`.
        policy: where requests are counted. Defaults to local.
        fault_tolerant: allow requests while Redis is not available. Defaults to True.
        redis: the Redis server for `policy="redis"`.
        hide_client_headers: do not send the RateLimit headers to clients. Defaults to False.
        error_code: the status code above the limit, from 400 to 599. Defaults to 429.
        error_message: the message above the limit.
        sync_rate: the time between two synchronizations with Redis, in seconds; -1 counts each request in Redis at
            once. Defaults to -1.

    Raises:
        ConfigurationError: if there is no window; if a longer window allows fewer requests than a shorter one; if
            `limit_by` is "header"; if `policy` is "redis" without a host, or the reverse; if a number is outside the
            range that Kong accepts.

    See https://developer.konghq.com/plugins/rate-limiting/
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
        """Check the windows, and that the limit has an effect."""
        self._check_windows()
        if self.limit_by == "header" or self.header_name is not None:
            raise ConfigurationError(
                "limit_by must not be 'header', and header_name must be left out: a client that chooses the "
                "header chooses its limit; use limit_by='credential', or 'ip' for clients without a "
                "credential"
            )
        if (self.limit_by == "path") != (self.path is not None):
            raise ConfigurationError("path must be given with limit_by='path', and only then")
        if self.path is not None:
            request_paths.target_path("path", self.path)
        http.check_not_empty("error_message", self.error_message)
        if (self.policy == "redis") != (self.redis.host is not None):
            raise ConfigurationError("redis must have a host with policy='redis', and only then")
        http.check_range("error_code", self.error_code, 400, 599)
        if self.sync_rate != -1:
            if self.policy != "redis":
                raise ConfigurationError(
                    f"sync_rate must be left out with policy='local', which does not synchronize, got {self.sync_rate}"
                )
            http.check_range("sync_rate, unless it is -1,", self.sync_rate, 0.02, _DAY_SECONDS)

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
                    f"{wide} must allow at least as many requests as {narrow} ({few:g}), got {many:g}; raise "
                    f"{wide} or lower {narrow}"
                )
