"""Kong itself in front of a program that answers with what it was asked."""

import http.client
import json
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import yaml
from programs.kong_process import kong_program, started
from programs.served import serving

from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.file import Configuration
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.config.upstreams import Target, Upstream
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.runtime import Runtime
from kubestock.gateway.kong.tls import TlsAtGateway
from kubestock.values.references import SecretRef

HOST = "shop.example.com"
PATIENCE = 30
needs_kong = pytest.mark.skipif(kong_program() is None, reason="there is no Kong here: name the program in KONG_BIN")
TLS = TlsAtGateway(secret=SecretRef(name="shop-tls"))


@dataclass(frozen=True)
class Told:
    """An answer; `asked` is what the program was asked for, or None where it was not."""

    status: int
    headers: Mapping[str, str]
    text: str
    asked: Mapping[str, Any] | None

    def seen(self, name: str) -> list[str]:
        """Return the values of a header that the program saw."""
        return [value for each, value in (self.asked or {}).get("headers", []) if each.lower() == name.lower()]


@dataclass
class EchoingKong:
    """A Kong and its ports."""

    port: int
    status: int
    folder: Path
    entries: list[str] = field(default_factory=list)

    def send(
        self,
        method: str = "GET",
        path: str = "/",
        *,
        headers: Mapping[str, str] | None = None,
        body: str | None = None,
        host: str = HOST,
        scheme: str = "https",
    ) -> Told:
        """Send one request on a connection of its own, as a proxy does that ends TLS."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {"Host": host, "X-Forwarded-Proto": scheme, **(headers or {})})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        echoed = json.loads(text) if answer.getheader("X-Echo") else None
        return Told(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text, echoed)

    def send_bytes(self, sent: bytes, *, wait: float = 5) -> bytes:
        """Send bytes that no client library would send, and return what comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as connection:
            connection.sendall(sent)
            received = b""
            try:
                while more := connection.recv(65536):
                    received += more
            except TimeoutError:
                pass
        return received

    def metrics(self) -> str:
        """Return what the status port tells Prometheus."""
        connection = http.client.HTTPConnection("127.0.0.1", self.status, timeout=PATIENCE)
        try:
            connection.request("GET", "/metrics")
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def logged(self, text: str) -> str:
        """Return the line of the log that holds the text, which comes a moment after the answer; empty if none does."""
        end = time.monotonic() + 5
        log = self.folder / "access.log"
        while time.monotonic() < end:
            found = [each for each in log.read_text("utf-8").splitlines() if text in each] if log.exists() else []
            if found:
                return found[0]
            time.sleep(0.1)
        return ""


class Echo(BaseHTTPRequestHandler):
    """A program that answers with what it was asked."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = {"method": self.command, "path": self.path, "headers": self.headers.items(), "size": len(body)}
        text = json.dumps(asked).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("X-Echo", "true")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815  # of http.server

    def log_message(self, *_: Any) -> None:
        """Say nothing: pytest shows what differs."""


def route(path: str = "/", *plugins: Plugin, **fields: Any) -> Route:
    """Return a route of the host."""
    given = {"name": path.strip("/").replace("/", "-") or "root", "hosts": [HOST]}
    return Route(**{**given, "path": path, "plugins": plugins, **fields})


@contextmanager
def echoing(
    folder: Path,
    routes: Sequence[Route],
    *,
    plugins: Sequence[Plugin] = (),
    consumers: Sequence[Consumer] = (),
    runtime: Runtime = Runtime(),
    tls: Any = TLS,
    trusted: str | None = "127.0.0.1",
    listen: str = "",
    handler: type[BaseHTTPRequestHandler] = Echo,
    **service: Any,
) -> Iterator[EchoingKong]:
    """Run Kong with these routes to the program."""
    with ExitStack() as stack:
        target = Target(target=f"localhost.shop:{stack.enter_context(serving(handler))}")
        upstream = Upstream(name="echo.upstream", targets=[target])
        config = Configuration(
            services=[KongService(name="echo", upstream=upstream, routes=routes, **service)],
            plugins=plugins,
            consumers=consumers,
        )
        document = yaml.safe_load(config.render())
        for each in document["upstreams"]:
            each["targets"] = [{"target": each["targets"][0]["target"].replace("localhost.shop", "127.0.0.1")}]
        variables = runtime.environment(tls)
        ports = stack.enter_context(started(document, variables, folder, trusted=trusted, listen=listen))
        yield EchoingKong(*ports, folder)
