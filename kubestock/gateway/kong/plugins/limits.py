"""Limits on traffic: how often, how large, from where, by what."""

import itertools
from collections.abc import Sequence
from dataclasses import field
from typing import ClassVar, Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http, patterns
from kubestock.gateway.kong.plugins import hosts
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.traits import NOT_OF_A_CONSUMER, Traits
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
            http.target_path("path", self.path)
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


class RequestSizeLimiting(Plugin):
    """Bodies of at most this size; above it 413.

    `require_content_length=True` also refuses bodies that do not say their length (411).

    The file holds Lua in a PostFunction in its place: Kong's plugin reads a body that does not say its length before
    others have noticed the request, and nginx refuses a malformed one while it is read, without headers, log and count.
    """

    name: ClassVar[str] = "request-size-limiting"
    traits: ClassVar[Traits] = Traits(
        priority=951, reads=("request.headers", "request.body"), writes=("response.status",)
    )
    always_written: ClassVar[tuple[str, ...]] = ("allowed_payload_size", "size_unit")

    allowed_payload_size: int = 128
    size_unit: Literal["megabytes", "kilobytes", "bytes"] = "megabytes"
    require_content_length: bool = False

    def check(self) -> None:
        """Refuse a size of nothing."""
        if self.allowed_payload_size < 1:
            raise ConfigurationError(f"allowed_payload_size must be at least 1, got {self.allowed_payload_size}")

    @property
    def bytes(self) -> int:
        """The size in bytes."""
        return self.allowed_payload_size * {"bytes": 1, "kilobytes": 1024, "megabytes": 1024 * 1024}[self.size_unit]


class IpRestriction(Plugin):
    """Only these addresses (`allow`), or all but those (`deny`); others get 403.

    Behind a load balancer this is the balancer's address unless Kong trusts it to name the client.
    """

    name: ClassVar[str] = "ip-restriction"
    traits: ClassVar[Traits] = Traits(priority=990, writes=("response.status",))

    allow: Sequence[str] | None = None
    deny: Sequence[str] | None = None
    status: int | None = None
    message: str | None = None

    def check(self) -> None:
        """Refuse a restriction that restricts nothing, and what is no network."""
        if not self.allow and not self.deny:
            raise ConfigurationError("allow or deny must name a network")
        http.check_networks("allow", self.allow or ())
        http.check_networks("deny", self.deny or ())
        http.check_not_empty("message of ip-restriction", self.message)
        if self.status is not None:
            http.check_range("status of ip-restriction", self.status, 400, 599)


class BotDetection(Plugin):
    """Requests whose User-Agent is a known bot, or matches `deny` and not `allow`, get 403."""

    name: ClassVar[str] = "bot-detection"
    traits: ClassVar[Traits] = Traits(
        priority=2500, scopes=NOT_OF_A_CONSUMER, reads=("request.headers",), writes=("response.status",)
    )

    allow: Sequence[str] = ()
    deny: Sequence[str] = ()

    def check(self) -> None:
        """Refuse a pattern that is no regular expression."""
        for pattern in (*self.allow, *self.deny):
            patterns.regular_expression("each of allow and deny of bot-detection", pattern)


class RequestTermination(Plugin):
    """Every request is answered here, and none reaches the service.

    Args:
        trigger: answer only requests that carry this header or query argument. Defaults to all.
        echo: answer with the request itself, for debugging.
    """

    name: ClassVar[str] = "request-termination"
    traits: ClassVar[Traits] = Traits(
        priority=2,
        answers=True,
        reads=("request.headers", "request.query"),
        writes=("response.status", "response.headers", "response.body"),
    )
    always_written: ClassVar[tuple[str, ...]] = ("status_code",)

    status_code: int = 503
    message: str | None = None
    content_type: str | None = None
    body: str | None = None
    echo: bool = False
    trigger: str | None = None

    def check(self) -> None:
        """Refuse a status out of range, and a body beside a message."""
        http.check_range("status_code", self.status_code, 200, 599)
        http.check_not_empty("message of request-termination", self.message)
        http.check_not_empty("body of request-termination", self.body)
        if self.content_type is not None:
            http.header_value("content_type of request-termination", self.content_type)
        if self.trigger is not None:
            http.kong_header("trigger of request-termination", self.trigger)
        if self.message is not None and (self.body is not None or self.content_type is not None):
            raise ConfigurationError("message must not stand beside body or content_type: give one or the other")
        if self.content_type is not None and self.body is None:
            raise ConfigurationError("content_type must stand beside a body; give the body, or leave it out")
        if self.echo and (self.message is not None or self.body is not None):
            raise ConfigurationError("echo must not stand beside message or body: it answers with the request")

    @property
    def answers(self) -> bool:
        """Whether it answers every request."""
        return self.trigger is None
