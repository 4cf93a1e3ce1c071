"""Access logs, without the credentials of those who call."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.lua import compiler
from kubestock.gateway.kong.plugins import credentials, hosts
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.log_fields import check_redactions_kept
from kubestock.gateway.kong.plugins.traits import Part, Traits
from kubestock.values.references import SecretKey
from kubestock.values.secrecy import is_credential, is_secret_name
from kubestock.values.value import Value

_A_LONG_TIME = 1000000
_ENDPOINT = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:[/?][!-~]*)?")
NOTHING = "return nil"
FIELDS = "custom_fields_by_lua"
_LOGGED: tuple[Part, ...] = ("request.method", "request.path", "request.query", "request.headers", "response.headers")
_REQUEST_HEADERS = ("apikey", "x-api-key", "authorization", "cookie", "proxy-authorization", "referer")


def _without(headers: Iterable[str]) -> dict[str, str]:
    """Return the fields that take headers out of the log, with hyphens or, as some clients write them, underscores."""
    names = (name for each in headers for name in (each.lower(), each.lower().replace("-", "_")))
    return {f"request.headers.{name}": NOTHING for name in names}


_ALWAYS = {
    **_without(_REQUEST_HEADERS),
    "request.querystring": NOTHING,
    "request.uri": "return kong.request.get_path()",
    "request.url": "return kong.request.get_scheme() .. '://' .. kong.request.get_host() .. kong.request.get_path()",
    "response.headers.location": NOTHING,
    "response.headers.set-cookie": NOTHING,
    "upstream_uri": NOTHING,
}


def redactions(*headers: str) -> Mapping[str, str]:
    """Return the custom fields that keep credentials, query strings, and these headers, out of a log.

    Kong itself redacts Authorization alone: keys and cookies stand in clear, and so does a token or a login code
    in a query string, that of the page that a request came from included. The path stays. X_API_KEY goes as
    X-API-Key does.
    """
    return MappingProxyType({**_ALWAYS, **_without(headers)})


def check_fields(plugin: str, fields: Mapping[str, str]) -> None:
    """Refuse the custom fields of a log that let a credential or a query string through."""
    for name, source in fields.items():
        if not name:
            raise ConfigurationError(f"custom_fields_by_lua of {plugin} must have no empty name")
        if not isinstance(source, str):
            raise ConfigurationError(
                f"{name!r} in custom_fields_by_lua of {plugin} must be Lua, got {type(source).__name__}"
            )
        compiler.check_lua(f"{name!r} in custom_fields_by_lua of {plugin}", source)
    if missing := sorted(name for name, source in _ALWAYS.items() if fields.get(name) != source):
        raise ConfigurationError(
            f"custom_fields_by_lua of {plugin} must keep {', '.join(missing)} out of the log: "
            "begin from redactions() and add to it"
        )
    headers = {name.partition(".headers.")[2] for name, source in fields.items() if source == NOTHING}
    check_redactions_kept(plugin, fields, headers - {""})


class Queue(Value):
    """How log entries wait to be sent; delays are in seconds.

    `max_entries` bounds memory: when the endpoint is away longer, the oldest entries are dropped.
    """

    max_batch_size: int = 1
    max_coalescing_delay: float = 1
    max_entries: int = 10000
    max_bytes: int | None = None
    max_retry_time: float = 60
    initial_retry_delay: float = 0.01
    max_retry_delay: float = 60
    concurrency_limit: Literal[-1, 1] = 1

    def check(self) -> None:
        """Refuse numbers out of Kong's range, and batches larger than the queue."""
        http.check_range("max_batch_size", self.max_batch_size, 1, _A_LONG_TIME)
        http.check_range("max_coalescing_delay", self.max_coalescing_delay, 0, 3600)
        http.check_range("max_entries", self.max_entries, 1, _A_LONG_TIME)
        http.check_range("initial_retry_delay", self.initial_retry_delay, 0.001, _A_LONG_TIME)
        http.check_range("max_retry_delay", self.max_retry_delay, 0.001, _A_LONG_TIME)
        if self.max_batch_size > self.max_entries:
            raise ConfigurationError(f"max_batch_size must be at most max_entries ({self.max_entries})")


class HttpLog(Plugin):
    """Each request as JSON to an HTTP endpoint; `timeout` and `keepalive` are in milliseconds.

    Unlike Kong: `custom_fields_by_lua` holds `redactions()`, or keys and cookies would be logged in clear.
    `retry_count`, `queue_size` and `flush_timeout` are left out: Kong no longer reads the first and has
    replaced the others by `queue`.

    Args:
        headers: of the requests to the endpoint. A credential among them is a key of the Secret that the
            configuration is rendered from.

    Raises:
        ConfigurationError: if the endpoint is no address or carries a credential, a header holds one in clear,
            or a redaction is missing.
    """

    name: ClassVar[str] = "http-log"
    traits: ClassVar[Traits] = Traits(
        priority=12,
        phases=("log",),
        host_settings={"http_endpoint": "TCP"},
        redacts_by=FIELDS,
        reads=_LOGGED,
    )
    kong_defaults: ClassVar[Mapping[str, Any]] = {FIELDS: {}}
    always_written: ClassVar[tuple[str, ...]] = (FIELDS,)

    http_endpoint: str
    method: Literal["POST", "PUT", "PATCH"] = "POST"
    content_type: Literal["application/json", "application/json; charset=utf-8"] = "application/json"
    timeout: float = 10000
    keepalive: float = 60000
    headers: Mapping[str, str | SecretKey] | None = None
    queue: Queue = field(default_factory=Queue)
    custom_fields_by_lua: Mapping[str, str] = field(default_factory=redactions)

    def check(self) -> None:
        """Refuse an endpoint that Kong cannot reach, and fields that leak."""
        credentials.check_address_has_no_credentials("http_endpoint", self.http_endpoint)
        _check_endpoint(self.http_endpoint)
        for name, value in (self.headers or {}).items():
            http.kong_header("each of headers of http-log", name)
            if isinstance(value, str):
                http.header_value(f"{name} in headers of http-log", value)
            if name.lower() in ("host", "content-length", "content-type"):
                raise ConfigurationError(f"headers must not set {name}: Kong sets it")
            if isinstance(value, str) and (is_secret_name(name) or is_credential(value)):
                credentials.refuse_clear(f"{name} in headers of http-log")
        check_fields(self.name, self.custom_fields_by_lua)


def _check_endpoint(address: str) -> None:
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if not _ENDPOINT.fullmatch(address) or port == 0:
        raise ConfigurationError(
            "http_endpoint must be an http or https address of a host, with a port from 1 to 65535 or none, in "
            "printable ASCII without spaces"
        )
    hosts.destination("host of http_endpoint", parts.hostname or "")


class FileLog(Plugin):
    """Each request as JSON to a file of the pod, such as /dev/stdout.

    Unlike Kong: `custom_fields_by_lua` holds `redactions()`, or keys and cookies would be logged in clear.
    """

    name: ClassVar[str] = "file-log"
    traits: ClassVar[Traits] = Traits(priority=9, phases=("log",), redacts_by=FIELDS, reads=_LOGGED)
    kong_defaults: ClassVar[Mapping[str, Any]] = {FIELDS: {}}
    always_written: ClassVar[tuple[str, ...]] = (FIELDS,)

    path: str
    reopen: bool = False
    custom_fields_by_lua: Mapping[str, str] = field(default_factory=redactions)

    def check(self) -> None:
        """Refuse a path that Kong refuses."""
        if not self.path.startswith("/") or any(each in self.path for each in "*&%\\`"):
            raise ConfigurationError(f"path must be absolute, without any of * & % \\ `, got {self.path!r}")
        check_fields(self.name, self.custom_fields_by_lua)


class TcpLog(Plugin):
    """Each request as JSON over TCP; `timeout` and `keepalive` are in milliseconds.

    Unlike Kong: `custom_fields_by_lua` holds `redactions()`, or keys and cookies would be logged in clear.
    """

    name: ClassVar[str] = "tcp-log"
    traits: ClassVar[Traits] = Traits(
        priority=7, phases=("log",), host_settings={"host": "TCP"}, redacts_by=FIELDS, reads=_LOGGED
    )
    kong_defaults: ClassVar[Mapping[str, Any]] = {FIELDS: {}}
    always_written: ClassVar[tuple[str, ...]] = (FIELDS,)

    host: str
    port: int
    timeout: float = 10000
    keepalive: float = 60000
    tls: bool = False
    tls_sni: str | None = None
    custom_fields_by_lua: Mapping[str, str] = field(default_factory=redactions)

    def check(self) -> None:
        """Refuse a port out of range and a host that is none."""
        hosts.destination("host of tcp-log", self.host)
        http.check_range("port", self.port, 1, 65535)
        if self.tls_sni is not None and not self.tls:
            raise ConfigurationError("tls_sni must stand beside tls=True; set it, or leave tls_sni out")
        if self.tls_sni is not None:
            hosts.server_name("tls_sni", self.tls_sni)
        check_fields(self.name, self.custom_fields_by_lua)
