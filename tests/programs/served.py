"""The fake programs as servers on this machine, and Kong in front of them where there is one."""

import base64
import http.client
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import yaml
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from programs import running
from programs.express import Asked

PATIENCE = 60
ONLY_IN_A_CLUSTER = ("http-log", "rate-limiting")


def kong_program() -> str | None:
    """The program that KONG_BIN names, or the `kong` of the PATH."""
    return os.environ.get("KONG_BIN") or shutil.which("kong")


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def program(service: str) -> Iterator[int]:
    """Serve a fake program, which reads its caller off the token and does not verify it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

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
            seen = ",".join(sorted(each for each in headers if each.startswith("x-")))
            self.send_response(reply.status)
            for name, value in {**reply.headers, "X-Program": service, "X-Seen": seen}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.text)))
            self.end_headers()
            self.wfile.write(reply.text.encode())

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815  # the names of http.server

        def log_message(self, *_: Any) -> None:
            """Say nothing: pytest shows what differs."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
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


@dataclass(frozen=True)
class Issuer:
    """An identity provider of this run alone."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    @property
    def public(self) -> str:
        kind = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.key.public_key().public_bytes(serialization.Encoding.PEM, kind).decode()

    def token(self, claims: Mapping[str, Any]) -> str:
        parts = [{"alg": "RS256", "typ": "JWT"}, {"exp": int(time.time()) + 600, **claims}]
        text = ".".join(_encoded(json.dumps(each).encode()) for each in parts)
        return f"{text}.{_encoded(self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def here(document: Any, ports: Mapping[str, int], issuer: Issuer) -> Any:
    """The emitted file with what only a cluster has taken out: pods, probes of them, the log, and counting."""
    for owner in (
        document,
        *document["services"],
        *(route for each in document["services"] for route in each["routes"]),
    ):
        owner["plugins"] = [each for each in owner.get("plugins", []) if each["name"] not in ONLY_IN_A_CLUSTER]
    for upstream in document["upstreams"]:
        upstream.pop("healthchecks", None)
        upstream["targets"] = [{"target": f"127.0.0.1:{ports[upstream['name'].partition('.')[0]]}"}]
    for consumer in document["consumers"]:
        for secret in consumer.get("jwt_secrets", []):
            secret["rsa_public_key"] = issuer.public
    return document


@contextmanager
def kong(document: Any, variables: Mapping[str, str | None], folder: Path) -> Iterator[int]:
    """Run Kong with the emitted file and variables, behind a proxy that ends TLS."""
    program_, port, status = kong_program(), free_port(), free_port()
    assert program_ is not None
    file = folder / "kong.yml"
    file.write_text(yaml.safe_dump(document), "utf-8")
    kept = {name: value for name, value in variables.items() if value and "SSL" not in name and "LIMIT_REQ" not in name}
    environment = {
        **os.environ,
        **kept,
        "KONG_PREFIX": str(folder / "prefix"),
        "KONG_DECLARATIVE_CONFIG": str(file),
        "KONG_PROXY_LISTEN": f"127.0.0.1:{port}",
        "KONG_STATUS_LISTEN": f"127.0.0.1:{status}",
        "KONG_TRUSTED_IPS": "127.0.0.1",
        "KONG_PROXY_ERROR_LOG": str(folder / "error.log"),
        "KONG_STATUS_ERROR_LOG": str(folder / "error.log"),
        "KONG_NGINX_WORKER_PROCESSES": "1",
    }
    environment.pop("KONG_PORT_MAPS", None)
    if os.geteuid() == 0:
        # nginx would drop to an account that cannot enter the prefix, and its workers would then never be ready.
        environment["KONG_NGINX_USER"] = "root root"
    subprocess.run([program_, "start"], env=environment, check=True, capture_output=True)
    try:
        _wait(port)
        yield port
    finally:
        subprocess.run([program_, "stop"], env=environment, check=False, capture_output=True)


def _wait(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError(f"nothing listens on {port} after {PATIENCE} s")


@contextmanager
def everything(document: Any, variables: Mapping[str, str | None], folder: Path, issuer: Issuer) -> Iterator[int]:
    """Run the programs, and Kong in front of them."""
    with ExitStack() as stack:
        names = {each["name"].partition(".")[0] for each in document["upstreams"]}
        ports = {name: stack.enter_context(program(name)) for name in sorted(names)}
        yield stack.enter_context(kong(here(document, ports, issuer), variables, folder))


def ask(port: int, method: str, path: str, headers: Mapping[str, str], body: str) -> tuple[int, dict[str, str]]:
    """Ask as a browser does through a proxy that ends TLS."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    sent = {"Host": "kubestock.dpiyumal.me", "X-Forwarded-Proto": "https", **headers}
    try:
        connection.request(method, path, body.encode() or None, sent)
        answer = connection.getresponse()
        answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()
