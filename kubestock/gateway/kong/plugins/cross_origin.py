"""Which pages of other origins may call."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http, patterns
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.traits import NOT_OF_A_CONSUMER, Traits

Method = Literal["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT"]


class Cors(Plugin):
    """The headers by which a browser lets pages of `origins` call, and the answers to its preflights.

    Unlike Kong: `methods` are those that some route of the gateway takes, and never TRACE and CONNECT, which nginx
    answers 405 and no page may send.

    Args:
        methods: that the answer to a preflight names, whatever its path. Defaults to those that some route takes.
        max_age: seconds that a browser may remember a preflight. Defaults to Kong's: not remembered.

    Raises:
        ConfigurationError: without origins (Kong then answers `*`), or if with credentials an origin is `*`,
            a pattern, or not https.
    """

    name: ClassVar[str] = "cors"
    traits: ClassVar[Traits] = Traits(
        priority=2000,
        phases=("access", "header_filter"),
        scopes=NOT_OF_A_CONSUMER,
        answers_preflights=True,
        reads=("request.method", "request.headers"),
        writes=("response.status", "response.headers"),
    )
    kong_defaults: ClassVar[Mapping[str, Any]] = {"methods": http.METHODS}
    always_written: ClassVar[tuple[str, ...]] = ("origins", "credentials", "private_network", "preflight_continue")

    origins: Sequence[str] | None = None
    headers: Sequence[str] | None = None
    exposed_headers: Sequence[str] | None = None
    methods: Sequence[Method] | None = None
    max_age: float | None = None
    credentials: bool = False
    private_network: bool = False
    preflight_continue: bool = False

    def check(self) -> None:
        """Refuse origins that let anybody's page act for a user."""
        if not self.origins:
            raise ConfigurationError("origins must be given: Kong answers '*' without; name https://your.site")
        for each in self.origins:
            patterns.origin_or_pattern("each origin", each)
            if self.credentials:
                http.origin("each origin, with credentials,", each)
        for each in (*(self.headers or ()), *(self.exposed_headers or ())):
            http.header_name("each of headers and exposed_headers", each)
