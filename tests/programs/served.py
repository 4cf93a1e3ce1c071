"""The fake programs as servers on this machine."""

import base64
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from programs import running
from programs.express import Asked

IDLE_SECONDS = 5


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def log(entries: list[str]) -> Iterator[int]:
    """Serve an endpoint of logs, which keeps what it is sent."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            entries.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing: pytest shows what differs."""

    with serving(Handler) as port:
        yield port


@contextmanager
def program(service: str, ended: list[str]) -> Iterator[int]:
    """Serve a fake program, which reads its caller from the token and does not verify it.

    It ends an idle connection after five seconds, as Node.js does, and writes its name to `ended` then.
    Its answers say in X-Program, X-Asked-For, X-Seen and X-Caller which program got the request, for which URI, with
    which headers, and who Kong says is calling.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = IDLE_SECONDS

        def answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0))).decode()
            asked = Asked(
                method=self.command,
                uri=self.path,
                headers=headers,
                body=body,
                groups=groups(headers.get("authorization")),
            )
            reply = running.answer(service, asked)
            told = {
                "X-Program": service,
                "X-Asked-For": self.path,
                "X-Seen": ",".join(sorted(headers)),
                "X-Caller": headers.get("x-consumer-username", ""),
            }
            text = reply.text.encode()
            self.send_response(reply.status)
            for name, value in {**reply.headers, **told, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(text)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815  # the names of http.server

        def log_error(self, *_: Any) -> None:
            ended.append(service)

        def log_message(self, *_: Any) -> None:
            """Say nothing: pytest shows what differs."""

    with serving(Handler) as port:
        yield port


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def groups(authorization: str | None) -> tuple[str, ...] | None:
    parts = (authorization or "").removeprefix("Bearer ").split(".")
    if len(parts) != len(("header", "payload", "signature")):
        return None
    return tuple(json.loads(base64.urlsafe_b64decode(parts[1] + "==")).get("groups", ()))
