"""Hosts, long headers, slow responses and lost connections on a real Kong."""

import re
import time
from collections.abc import Iterator

import pytest
from programs.kong_echo import HOST, Echo, EchoingKong, echoing, needs_kong, route

from kubestock.gateway.kong.plugins.observability import Prometheus
from kubestock.gateway.kong.runtime import Runtime

SLOW_SECONDS = 2

pytestmark = needs_kong


class Slow(Echo):
    """A service that waits before it responds."""

    def answer(self) -> None:
        if "slow" in self.headers.get("X-Ask", ""):
            time.sleep(SLOW_SECONDS)
        super().answer()

    do_GET = answer  # noqa: N815  # a name of http.server


@pytest.fixture(scope="module")
def kong(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EchoingKong]:
    routes = [route("/orders"), route("/events", read_timeout=10 * SLOW_SECONDS * 1000)]
    runtime, folder = Runtime(header_kilobytes=32), tmp_path_factory.mktemp("kong")
    with echoing(
        folder,
        routes,
        runtime=runtime,
        plugins=[Prometheus()],
        handler=Slow,
        read_timeout=SLOW_SECONDS * 500,
        retries=0,
    ) as running:
        yield running


@pytest.mark.parametrize("host", [HOST, HOST.upper(), f"{HOST}.", f"{HOST}:8000", f"{HOST.title()}.:8000"])
def test_a_host_matches_in_any_case_and_with_a_dot_at_its_end(kong: EchoingKong, host: str) -> None:
    response = kong.send("GET", "/orders", host=host)

    assert response.status == 200
    assert kong.send("GET", "/orders", host=host, scheme="http").headers["location"].startswith(f"https://{HOST}")


@pytest.mark.parametrize("host", [f"x{HOST}", f"{HOST}.evil.example.net", "", "."])
def test_another_host_gets_404(kong: EchoingKong, host: str) -> None:
    assert kong.send("GET", "/orders", host=host).status in (400, 404)


def test_a_cookie_may_have_the_configured_length(kong: EchoingKong) -> None:
    assert kong.send("GET", "/orders", headers={"Cookie": f"a={'x' * 20000}"}).status == 200
    assert kong.send("GET", "/orders", headers={"Cookie": f"a={'x' * 40000}"}).status == 400


def test_kong_does_not_count_redirects_and_unknown_paths(kong: EchoingKong) -> None:
    for scheme, path in (("http", "/orders"), ("https", "/unknown"), ("https", "/orders")):
        kong.send("GET", path, scheme=scheme)
    time.sleep(1)
    codes = set(re.findall(r'kong_http_requests_total{.*?code="([0-9]+)"', kong.metrics()))

    assert "200" in codes
    assert not {"308", "404"} & codes


def test_one_path_may_have_a_longer_timeout(kong: EchoingKong) -> None:
    assert kong.send("GET", "/events", headers={"X-Ask": "slow"}).status == 200
    assert kong.send("GET", "/orders", headers={"X-Ask": "slow"}).status == 504
