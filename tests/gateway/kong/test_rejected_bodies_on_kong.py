"""Bodies that nginx or Kong rejects still get headers, and are logged and counted, on a real Kong."""

from collections.abc import Iterator

import pytest
from programs.kong_echo import HOST, EchoingKong, echoing, needs_kong, route

from kubestock.gateway.kong.plugins.authentication import KeyAuth
from kubestock.gateway.kong.plugins.limits import RequestSizeLimiting
from kubestock.gateway.kong.plugins.logs import FileLog
from kubestock.gateway.kong.plugins.observability import Prometheus
from kubestock.gateway.kong.plugins.rate_limiting import RateLimiting
from kubestock.gateway.kong.plugins.security_headers import SecurityHeaders
from kubestock.gateway.kong.plugins.validation import JsonBody
from kubestock.gateway.kong.runtime import Runtime

LIMIT = RequestSizeLimiting(allowed_payload_size=1000, size_unit="bytes")
ROUTES = {
    "limited": (LIMIT,),
    "plain": (),
    "json": (JsonBody(schema={}).to_plugin(),),
    "both": (LIMIT, JsonBody(schema={}).to_plugin()),
}

pytestmark = needs_kong


@pytest.fixture(scope="module")
def kong(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EchoingKong]:
    folder = tmp_path_factory.mktemp("kong")
    routes = [
        *(route(f"/{name}", *plugins) for name, plugins in ROUTES.items()),
        route("/counted", RateLimiting(minute=3, limit_by="ip"), LIMIT),
        route("/closed", KeyAuth(), LIMIT),
    ]
    plugins = [SecurityHeaders().to_plugin(), Prometheus(), FileLog(path=str(folder / "access.log"))]
    with echoing(folder, routes, plugins=plugins, runtime=Runtime(max_body="2k")) as running:
        yield running


def sent(kong: EchoingKong, path: str, chunks: bytes, agent: str = "") -> tuple[int, str]:
    head = (
        f"POST /{path} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\nUser-Agent: {agent}\r\n"
        "Content-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    text = kong.send_bytes(head.encode() + chunks).decode()
    return int(text.split()[1]), text.partition("\r\n\r\n")[0].lower()


def chunk(size: int) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (size, b"1" * size)


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    ("chunks", "status"),
    [(b"zz\r\n", 400), (b"2\r\n{}\r\nzz\r\n", 400), (chunk(4000), 413)],
    ids=["malformed", "malformed-later", "too-large-for-nginx"],
)
def test_a_body_that_nginx_rejects_gets_security_headers_and_is_logged_and_counted(
    kong: EchoingKong, path: str, chunks: bytes, status: int
) -> None:
    agent = f"agent-{path}-{len(chunks)}"
    got, head = sent(kong, path, chunks, agent)

    assert got == status
    assert "strict-transport-security: max-age=31536000" in head
    assert "content-type: application/json" in head
    assert f'"status":{status}' in kong.logged(agent)
    assert f'route="{path}",code="{status}"' in kong.metrics()


def test_a_chunked_body_above_the_limit_gets_413(kong: EchoingKong) -> None:
    assert sent(kong, "limited", chunk(1000))[0] == 200
    assert sent(kong, "limited", chunk(1001))[0] == 413
    assert sent(kong, "closed", chunk(1001))[0] == 401


def test_a_body_that_nginx_rejects_counts_against_the_rate_limit(kong: EchoingKong) -> None:
    statuses = [sent(kong, "counted", b"zz\r\n")[0] for _ in range(3)]

    assert statuses == [400, 400, 400]
    assert sent(kong, "counted", chunk(1))[0] == 429
