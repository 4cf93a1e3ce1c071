"""Limits on traffic: how often, how large, from where, by what."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http, patterns
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.traits import NOT_OF_A_CONSUMER, Traits


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
