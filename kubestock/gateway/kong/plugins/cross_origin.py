"""CORS: which web pages of other origins may call the services."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http, patterns
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.traits import NOT_ON_CONSUMERS, Traits

Method = Literal["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT"]


class Cors(Plugin):
    """Sends the CORS headers that allow web pages of `origins` to call the services, and answers preflights.

    Unlike Kong: `methods` defaults to the methods that the routes of the gateway accept, without TRACE and CONNECT,
    which nginx answers with 405 and no web page may send.

    Args:
        origins: the origins of the web pages, such as https://shop.example.com, or regular expressions. Required.
        headers: the request headers that pages may send. Defaults to those that a preflight asks for.
        exposed_headers: the response headers that pages may read. Defaults to none.
        methods: the methods in the response to every preflight. Defaults to those that the routes accept.
        max_age: how long a browser may cache a preflight, in seconds. Defaults to Kong's: not at all.
        credentials: whether pages may send cookies and Authorization. Defaults to False.
        private_network: whether pages of public sites may call a private network. Defaults to False.
        preflight_continue: send preflights to the service, too. Defaults to False.

    Raises:
        ConfigurationError: if there are no origins, because Kong would then allow `*`; if `credentials` is True and an
            origin is `*`, a regular expression, or not https.

    See https://developer.konghq.com/plugins/cors/
    """

    name: ClassVar[str] = "cors"
    traits: ClassVar[Traits] = Traits(
        priority=2000,
        phases=("access", "header_filter"),
        scopes=NOT_ON_CONSUMERS,
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
        """Check the origins and the names of headers."""
        if not self.origins:
            raise ConfigurationError(
                "origins must be given, such as https://shop.example.com: without origins, Kong allows '*'"
            )
        for each in self.origins:
            patterns.origin_or_pattern("each origin", each)
            if self.credentials:
                http.origin("each origin, with credentials,", each)
        for each in (*(self.headers or ()), *(self.exposed_headers or ())):
            http.header_name("each of headers and exposed_headers", each)
