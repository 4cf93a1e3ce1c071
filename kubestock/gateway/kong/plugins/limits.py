"""Limits on requests: body size, client addresses, user agents, and routes without a service."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http, patterns
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.traits import NOT_ON_CONSUMERS, Traits


class RequestSizeLimiting(Plugin):
    """Limits the size of request bodies. Larger ones get 413.

    Kong's file gets Lua in a PostFunction instead of Kong's plugin, which reads a body without Content-Length before
    other plugins see the request. If nginx rejects such a body, the response would have no security headers, and the
    request would not be logged and counted.

    Args:
        allowed_payload_size: the largest size, in `size_unit`. Defaults to Kong's 128.
        size_unit: Defaults to megabytes.
        require_content_length: answer 411 if the request has neither Content-Length nor a chunked body. Defaults to
            False.

    Raises:
        ConfigurationError: if the size is less than 1.

    See https://developer.konghq.com/plugins/request-size-limiting/
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
        """Check that the size is at least 1."""
        if self.allowed_payload_size < 1:
            raise ConfigurationError(f"allowed_payload_size must be at least 1, got {self.allowed_payload_size}")

    @property
    def bytes(self) -> int:
        """The size in bytes."""
        return self.allowed_payload_size * {"bytes": 1, "kilobytes": 1024, "megabytes": 1024 * 1024}[self.size_unit]


class IpRestriction(Plugin):
    """Allows only client addresses in `allow`, or all except those in `deny`. Others get 403.

    Behind a load balancer the client address is that of the load balancer, unless the runtime has a `ClientAddress`.

    Args:
        allow: the addresses or networks (CIDRs) that are allowed.
        deny: the addresses or networks that are denied.
        status: the status code for denied requests, from 400 to 599. Defaults to Kong's 403.
        message: the message for denied requests. Defaults to Kong's.

    Raises:
        ConfigurationError: if there is no network or an invalid one, or the status code is out of range.

    See https://developer.konghq.com/plugins/ip-restriction/
    """

    name: ClassVar[str] = "ip-restriction"
    traits: ClassVar[Traits] = Traits(priority=990, writes=("response.status",))

    allow: Sequence[str] | None = None
    deny: Sequence[str] | None = None
    status: int | None = None
    message: str | None = None

    def check(self) -> None:
        """Check that there are networks, and that they are valid."""
        if not self.allow and not self.deny:
            raise ConfigurationError("allow or deny must contain a network such as 10.0.0.0/16, got none")
        http.check_networks("allow", self.allow or ())
        http.check_networks("deny", self.deny or ())
        http.check_not_empty("message of ip-restriction", self.message)
        if self.status is not None:
            http.check_range("status of ip-restriction", self.status, 400, 599)


class BotDetection(Plugin):
    """Answers 403 to requests with the User-Agent of a known bot, or with one that matches `deny` and not `allow`.

    Args:
        allow: regular expressions of user agents that are allowed. Defaults to none.
        deny: regular expressions of user agents that are denied, in addition to the bots that Kong knows. Defaults to
            none.

    Raises:
        ConfigurationError: if a pattern is not a valid regular expression.

    See https://developer.konghq.com/plugins/bot-detection/
    """

    name: ClassVar[str] = "bot-detection"
    traits: ClassVar[Traits] = Traits(
        priority=2500, scopes=NOT_ON_CONSUMERS, reads=("request.headers",), writes=("response.status",)
    )

    allow: Sequence[str] = ()
    deny: Sequence[str] = ()

    def check(self) -> None:
        """Check that the patterns are regular expressions."""
        for pattern in (*self.allow, *self.deny):
            patterns.regular_expression("each of allow and deny of bot-detection", pattern)


class RequestTermination(Plugin):
    """Answers requests in Kong, so that the service does not get them.

    Args:
        status_code: the status code of the response, from 200 to 599. Defaults to 503.
        message: the message of the response, which Kong writes as JSON. Defaults to none.
        content_type: the Content-Type of `body`. Defaults to none.
        body: the body of the response, instead of a message. Defaults to none.
        echo: answer with the request itself, for debugging. Defaults to False.
        trigger: answer only requests with this header or query argument. Defaults to none: all requests.

    Raises:
        ConfigurationError: if the status code is out of range, or the message, the body and `echo` are combined.

    See https://developer.konghq.com/plugins/request-termination/
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
        """Check the status code, and that there is at most one source of the response."""
        http.check_range("status_code", self.status_code, 200, 599)
        http.check_not_empty("message of request-termination", self.message)
        http.check_not_empty("body of request-termination", self.body)
        if self.content_type is not None:
            http.header_value("content_type of request-termination", self.content_type)
        if self.trigger is not None:
            http.kong_header("trigger of request-termination", self.trigger)
        if self.message is not None and (self.body is not None or self.content_type is not None):
            raise ConfigurationError("message must not be given together with body or content_type; remove one of them")
        if self.content_type is not None and self.body is None:
            raise ConfigurationError(
                "content_type must be given together with body; add a body, or remove content_type"
            )
        if self.echo and (self.message is not None or self.body is not None):
            raise ConfigurationError(
                "echo must not be given together with message or body, because it answers with the request; "
                "remove one of them"
            )

    @property
    def answers(self) -> bool:
        """Whether it answers every request."""
        return self.trigger is None
