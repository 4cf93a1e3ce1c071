"""Kong itself in front of the fake programs, where there is one."""

import http.client
import ipaddress
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import yaml
from kong_requests import Answer, Request
from programs.issuer import Issuer
from programs.served import free_port, log, program

PATIENCE = 60
ADDRESSES = map(str, ipaddress.ip_network("10.0.0.0/8").hosts())
"""Each request comes from an address of its own, for limits are counted by address."""


def kong_program() -> str | None:
    """The program that KONG_BIN names, or the `kong` of the PATH."""
    return os.environ.get("KONG_BIN") or shutil.which("kong")


class RunningKong:
    """A Kong behind a proxy that ends TLS and says who the client is.

    `entries` is what it has logged; `ended` names the programs that ended an idle connection before Kong did.
    """

    def __init__(self, port: int, issuer: Issuer, entries: list[str], ended: list[str]) -> None:
        self.port, self.issuer, self.entries, self.ended = port, issuer, entries, ended

    def logged(self, text: str) -> str:
        """Return the entry of the log that holds the text, which comes a moment after the answer."""
        end = time.monotonic() + PATIENCE
        while not (found := [each for each in self.entries if text in each]):
            assert time.monotonic() < end, f"Kong has not logged {text} after {PATIENCE} s"
            time.sleep(0.1)
        return found[0]

    def send(self, request: Request, address: str | None = None) -> Answer:
        """Send it once and ignore `times`; `length` is only announced."""
        client = address or next(ADDRESSES)
        sent = {"Host": request.host, "X-Forwarded-Proto": request.scheme, "X-Real-IP": client, **request.headers}
        path = request.path
        if request.bearer is not None:
            sent["Authorization"] = f"Bearer {self.issuer.token(request.bearer)}"
        if request.query.get("jwt"):
            path = f"{path.partition('?')[0]}?jwt={self.issuer.token(request.query['jwt'][0])}"
        if request.length is not None:
            sent["Content-Length"] = str(request.length)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(request.method, path, request.body.encode() or None, sent)
            return _answer(connection.getresponse(), sent, client)
        finally:
            connection.close()

    def flood(self, request: Request, most: int, *, seconds_between: float = 0) -> Answer:
        """Send it from one address until it is answered 429, or so often; return the last answer."""
        address = next(ADDRESSES)
        for _ in range(most):
            answer = self.send(request, address)
            if answer.status == http.HTTPStatus.TOO_MANY_REQUESTS:
                break
            time.sleep(seconds_between)
        return answer


def _answer(response: http.client.HTTPResponse, sent: Mapping[str, str], client: str) -> Answer:
    text, headers = response.read().decode(), dict(response.getheaders())
    seen = set(headers.pop("X-Seen", "").split(","))
    return Answer(
        response.status,
        headers,
        headers.pop("X-Program", None),
        client,
        uri=headers.pop("X-Asked-For", ""),
        unseen=frozenset(each.lower() for each in sent if each.lower() not in seen),
        text=text,
    )


@contextmanager
def everything(
    document: Any, variables: Mapping[str, str | None], folder: Path, issuer: Issuer
) -> Iterator[RunningKong]:
    """Run the programs, and Kong in front of them."""
    entries: list[str] = []
    ended: list[str] = []
    with ExitStack() as stack:
        names = {each["name"].partition(".")[0] for each in document["upstreams"]}
        ports = {name: stack.enter_context(program(name, ended)) for name in sorted(names)}
        _point_here(document, ports, issuer, log_port=stack.enter_context(log(entries)))
        yield RunningKong(stack.enter_context(started(document, variables, folder))[0], issuer, entries, ended)


def _point_here(document: Any, ports: Mapping[str, int], issuer: Issuer, *, log_port: int) -> None:
    """Let stand-ins replace what only a cluster has: pods, their probes, the endpoint of the log, the issuer."""
    for plugin in document["plugins"]:
        if plugin["name"] == "http-log":
            plugin["config"]["http_endpoint"] = f"http://127.0.0.1:{log_port}/kong"
    for upstream in document["upstreams"]:
        upstream.pop("healthchecks", None)
        upstream["targets"] = [{"target": f"127.0.0.1:{ports[upstream['name'].partition('.')[0]]}"}]
    for consumer in document["consumers"]:
        for secret in consumer.get("jwt_secrets", []):
            secret["rsa_public_key"] = issuer.public


@contextmanager
def started(
    document: Any,
    variables: Mapping[str, str | None],
    folder: Path,
    *,
    trusted: str | None = "127.0.0.1",
    listen: str = "",
) -> Iterator[tuple[int, int]]:
    """Run Kong with a file and with the variables of a pod, and return its ports for requests and for its status.

    Args:
        document: the file.
        variables: of the pod; those of ports, folders and certificates are replaced.
        folder: for its files.
        trusted: whom it believes what stands in forwarded headers. Defaults to this machine, as a proxy in front.
        listen: what follows the address of its port, such as `proxy_protocol`.
    """
    program_, port, status = kong_program(), free_port(), free_port()
    assert program_ is not None
    file = folder / "kong.yml"
    file.write_text(yaml.safe_dump(document), "utf-8")
    kept = {name: value for name, value in variables.items() if value and "SSL" not in name}
    environment = {
        **os.environ,
        **kept,
        "KONG_PREFIX": str(folder / "prefix"),
        "KONG_DECLARATIVE_CONFIG": str(file),
        "KONG_PROXY_LISTEN": f"127.0.0.1:{port} {listen}".strip(),
        "KONG_STATUS_LISTEN": f"127.0.0.1:{status}",
        **({} if trusted is None else {"KONG_TRUSTED_IPS": trusted}),
        "KONG_PROXY_ERROR_LOG": str(folder / "error.log"),
        "KONG_STATUS_ERROR_LOG": str(folder / "error.log"),
        "KONG_NGINX_WORKER_PROCESSES": "1",
    }
    environment.pop("KONG_PORT_MAPS", None)
    if os.geteuid() == 0:
        # nginx would drop to an account that cannot enter the prefix, and its workers would then never be ready.
        environment["KONG_NGINX_USER"] = "root root"
    done = subprocess.run([program_, "start"], cwd=folder, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    try:
        _wait(status)
        yield port, status
    finally:
        subprocess.run([program_, "stop"], cwd=folder, env=environment, check=False, capture_output=True)


def _wait(port: int) -> None:
    """Until a worker answers: nginx accepts connections before that."""
    end = time.monotonic() + PATIENCE
    while not _answers(port):
        assert time.monotonic() < end, f"Kong does not answer on {port} after {PATIENCE} s"
        time.sleep(0.2)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/status/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
