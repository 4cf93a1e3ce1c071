"""Access logs that contain no credentials of clients."""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.plugins import credentials, hosts
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.log_fields import CUSTOM_FIELDS, redactions
from kubestock.gateway.kong.plugins.traits import Part, Traits
from kubestock.values.references import SecretKey
from kubestock.values.secrecy import is_credential, is_secret_name
from kubestock.values.value import Value

_MAX_NUMBER = 1000000
_ENDPOINT = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:[/?][!-~]*)?")
_LOGGED: tuple[Part, ...] = ("request.method", "request.path", "request.query", "request.headers", "response.headers")


class Queue(Value):
    """How log entries wait until they are sent. Delays are in seconds.

    Args:
        max_batch_size: the largest number of entries in one request. Defaults to 1.
        max_coalescing_delay: how long to wait for more entries of a batch. Defaults to 1.
        max_entries: the size of the queue. If the endpoint is unavailable for longer, the oldest entries are dropped.
            Defaults to 10000.
        max_bytes: the size of the queue in bytes. Defaults to none: no limit.
        max_retry_time: how long to retry a request. Defaults to 60.
        initial_retry_delay: the delay before the first retry. Defaults to 0.01.
        max_retry_delay: the longest delay between retries. Defaults to 60.
        concurrency_limit: how many requests run at the same time; -1 means no limit. Defaults to 1.

    Raises:
        ConfigurationError: if a number is outside the range that Kong accepts, or a batch is larger than the queue.

    See https://developer.konghq.com/gateway/entities/plugin/
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
        """Check that the numbers are within Kong's ranges, and that a batch fits in the queue."""
        http.check_range("max_batch_size", self.max_batch_size, 1, _MAX_NUMBER)
        http.check_range("max_coalescing_delay", self.max_coalescing_delay, 0, 3600)
        http.check_range("max_entries", self.max_entries, 1, _MAX_NUMBER)
        http.check_range("initial_retry_delay", self.initial_retry_delay, 0.001, _MAX_NUMBER)
        http.check_range("max_retry_delay", self.max_retry_delay, 0.001, _MAX_NUMBER)
        if self.max_batch_size > self.max_entries:
            raise ConfigurationError(
                f"max_batch_size must be at most max_entries ({self.max_entries}), got {self.max_batch_size}"
            )


class HttpLog(Plugin):
    """Sends a log entry in JSON for each request to an HTTP endpoint.

    The gateway needs an `Egress` for the endpoint. The deprecated settings `retry_count`, `queue_size` and
    `flush_timeout` are not available; use `queue`.

    Unlike Kong: `custom_fields_by_lua` is `redactions()`, because otherwise the log would contain API keys and cookies
    in plain text.

    Args:
        http_endpoint: the URL of the endpoint.
        method: Defaults to POST.
        content_type: Defaults to application/json.
        timeout: the timeout of a request to the endpoint, in milliseconds. Defaults to 10000.
        keepalive: how long an idle connection stays open, in milliseconds. Defaults to 60000.
        headers: headers of the requests to the endpoint. A credential must be a key of the sealed Secret. Defaults to
            none.
        queue: how entries wait until they are sent.
        custom_fields_by_lua: Lua for fields of the entry, beginning with `redactions()`.

    Raises:
        ConfigurationError: if the endpoint is not a valid URL or contains a credential, a header contains a credential
            in plain text, or a redaction is missing.

    See https://developer.konghq.com/plugins/http-log/
    """

    name: ClassVar[str] = "http-log"
    traits: ClassVar[Traits] = Traits(
        priority=12,
        phases=("log",),
        host_settings={"http_endpoint": "TCP"},
        redacts_by=CUSTOM_FIELDS,
        reads=_LOGGED,
    )
    kong_defaults: ClassVar[Mapping[str, Any]] = {CUSTOM_FIELDS: {}}
    always_written: ClassVar[tuple[str, ...]] = (CUSTOM_FIELDS,)

    http_endpoint: str
    method: Literal["POST", "PUT", "PATCH"] = "POST"
    content_type: Literal["application/json", "application/json; charset=utf-8"] = "application/json"
    timeout: float = 10000
    keepalive: float = 60000
    headers: Mapping[str, str | SecretKey] | None = None
    queue: Queue = field(default_factory=Queue)
    custom_fields_by_lua: Mapping[str, str] = field(default_factory=redactions)

    def check(self) -> None:
        """Check the endpoint, the headers, and that the log contains no credentials."""
        credentials.check_address_has_no_credentials("http_endpoint", self.http_endpoint)
        _check_endpoint(self.http_endpoint)
        for name, value in (self.headers or {}).items():
            http.kong_header("each of headers of http-log", name)
            if isinstance(value, str):
                http.header_value(f"{name} in headers of http-log", value)
            if name.lower() in ("host", "content-length", "content-type"):
                raise ConfigurationError(f"headers of http-log must not contain {name}, because Kong sets it")
            if isinstance(value, str) and (is_secret_name(name) or is_credential(value)):
                raise credentials.plain_text_error(f"{name} in headers of http-log")


def _check_endpoint(address: str) -> None:
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if not _ENDPOINT.fullmatch(address) or port == 0:
        raise ConfigurationError(
            "http_endpoint must be an http or https URL in printable ASCII without spaces, with an optional "
            "port from 1 to 65535"
        )
    hosts.destination("host of http_endpoint", parts.hostname or "")


class FileLog(Plugin):
    """Writes a log entry in JSON for each request to a file of the pod, such as /dev/stdout.

    Unlike Kong: `custom_fields_by_lua` is `redactions()`, because otherwise the log would contain API keys and cookies
    in plain text.

    Args:
        path: the absolute path of the file.
        reopen: open the file again for each request. Defaults to False.
        custom_fields_by_lua: Lua for fields of the entry, beginning with `redactions()`.

    Raises:
        ConfigurationError: if the path is not one that Kong accepts, or a redaction is missing.

    See https://developer.konghq.com/plugins/file-log/
    """

    name: ClassVar[str] = "file-log"
    traits: ClassVar[Traits] = Traits(priority=9, phases=("log",), redacts_by=CUSTOM_FIELDS, reads=_LOGGED)
    kong_defaults: ClassVar[Mapping[str, Any]] = {CUSTOM_FIELDS: {}}
    always_written: ClassVar[tuple[str, ...]] = (CUSTOM_FIELDS,)

    path: str
    reopen: bool = False
    custom_fields_by_lua: Mapping[str, str] = field(default_factory=redactions)

    def check(self) -> None:
        """Check the path, and that the log contains no credentials."""
        if not self.path.startswith("/") or any(each in self.path for each in "*&%\\`"):
            raise ConfigurationError(
                f"path of file-log must be absolute and contain none of * & % \\ `, got {self.path!r}"
            )


class TcpLog(Plugin):
    """Sends a log entry in JSON for each request over TCP.

    The gateway needs an `Egress` for the host.

    Unlike Kong: `custom_fields_by_lua` is `redactions()`, because otherwise the log would contain API keys and cookies
    in plain text.

    Args:
        host: the host name or address of the log server.
        port: the port of the log server.
        timeout: the timeout of a connection, in milliseconds. Defaults to 10000.
        keepalive: how long an idle connection stays open, in milliseconds. Defaults to 60000.
        tls: use TLS. Defaults to False.
        tls_sni: the server name for TLS. Defaults to none.
        custom_fields_by_lua: Lua for fields of the entry, beginning with `redactions()`.

    Raises:
        ConfigurationError: if the host or the port is invalid, `tls_sni` is given without `tls`, or a redaction is
            missing.

    See https://developer.konghq.com/plugins/tcp-log/
    """

    name: ClassVar[str] = "tcp-log"
    traits: ClassVar[Traits] = Traits(
        priority=7, phases=("log",), host_settings={"host": "TCP"}, redacts_by=CUSTOM_FIELDS, reads=_LOGGED
    )
    kong_defaults: ClassVar[Mapping[str, Any]] = {CUSTOM_FIELDS: {}}
    always_written: ClassVar[tuple[str, ...]] = (CUSTOM_FIELDS,)

    host: str
    port: int
    timeout: float = 10000
    keepalive: float = 60000
    tls: bool = False
    tls_sni: str | None = None
    custom_fields_by_lua: Mapping[str, str] = field(default_factory=redactions)

    def check(self) -> None:
        """Check the host and the port, and that the log contains no credentials."""
        hosts.destination("host of tcp-log", self.host)
        http.check_range("port", self.port, 1, 65535)
        if self.tls_sni is not None and not self.tls:
            raise ConfigurationError("tls_sni must be given together with tls=True; set tls=True, or remove tls_sni")
        if self.tls_sni is not None:
            hosts.server_name("tls_sni", self.tls_sni)
