"""Client addresses, redirects and floods on a real Kong behind a load balancer."""

from collections.abc import Iterator

import pytest
from programs.kong_echo import HOST, EchoingKong, echoing, needs_kong, route

from kubestock.gateway.kong.client_address import ClientAddress
from kubestock.gateway.kong.plugins.functions import PreFunction
from kubestock.gateway.kong.plugins.observability import CorrelationId
from kubestock.gateway.kong.plugins.security_headers import SecurityHeaders
from kubestock.gateway.kong.runtime import FloodLimit, Runtime

PLUGINS = [SecurityHeaders().to_plugin(), CorrelationId(header_name="X-Request-ID", echo_downstream=True)]
ROUTES = [route("/orders"), route("/own", PreFunction(access=["kong.service.request.set_header('X-Own', 'ran')"]))]
FORGED = {
    "X-Forwarded-Host": "evil.example.net",
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Proto": "https",
    "X-Real-IP": "192.0.2.2",
    "X-Forwarded-Prefix": "/evil",
}

pytestmark = needs_kong


@pytest.fixture(scope="module")
def kong(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EchoingKong]:
    runtime = Runtime(
        client_address=ClientAddress(trusted_proxies=("127.0.0.1",), reencrypts=True),
        flood_limit=FloodLimit(per_second=5, burst=10),
    )
    with echoing(tmp_path_factory.mktemp("kong"), ROUTES, plugins=PLUGINS, runtime=runtime) as running:
        yield running


@pytest.fixture(scope="module")
def by_proxy_protocol(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EchoingKong]:
    address = ClientAddress(trusted_proxies=("127.0.0.1",), header="proxy_protocol")
    runtime, folder = Runtime(client_address=address), tmp_path_factory.mktemp("kong")
    with echoing(folder, ROUTES, plugins=PLUGINS, runtime=runtime, listen="proxy_protocol") as running:
        yield running


@pytest.mark.parametrize("path", ["/orders", "/own"])
def test_services_get_the_client_address_in_x_real_ip_and_x_forwarded_for(kong: EchoingKong, path: str) -> None:
    response = kong.send("GET", path, headers={"X-Forwarded-For": "192.0.2.1, 198.51.100.9"})

    assert response.seen("X-Real-IP") == ["198.51.100.9"]
    assert response.seen("X-Forwarded-For") == ["198.51.100.9"]
    assert response.seen("X-Forwarded-Proto") == ["https"]


@pytest.mark.parametrize("path", ["/orders", "/own"])
def test_a_client_cannot_choose_the_host_of_a_redirect(kong: EchoingKong, path: str) -> None:
    response = kong.send("GET", f"{path}?page=2", scheme="http", headers={"X-Forwarded-Host": "evil.example.net"})

    assert (response.status, response.headers["location"]) == (308, f"https://{HOST}{path}?page=2")


@pytest.mark.parametrize("path", ["/orders", "/own"])
def test_services_get_the_requested_host_in_x_forwarded_host(kong: EchoingKong, path: str) -> None:
    assert kong.send("GET", path, headers={"X-Forwarded-Host": "evil.example.net"}).seen("X-Forwarded-Host") == [HOST]


def by_balancer(kong: EchoingKong, headers: dict[str, str]) -> str:
    given = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = "PROXY TCP4 198.51.100.7 127.0.0.1 4000 80\r\nGET /orders HTTP/1.1\r\n"
    return kong.send_bytes(f"{head}Host: {HOST}\r\n{given}Connection: close\r\n\r\n".encode()).decode()


def test_with_the_proxy_protocol_forwarded_headers_of_the_client_are_ignored(by_proxy_protocol: EchoingKong) -> None:
    for headers in ({}, FORGED):
        answer = by_balancer(by_proxy_protocol, headers)

        assert answer.startswith("HTTP/1.1 308")
        assert f"Location: https://{HOST}/orders" in answer


def test_a_flood_gets_json_with_retry_after(kong: EchoingKong) -> None:
    response = next(each for _ in range(60) if (each := kong.send("GET", "/orders")).status != 200)

    assert response.status == 429
    assert response.headers["retry-after"] == "1"
    assert response.headers["content-type"].startswith("application/json")
    assert response.headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize("given", ["a" * 129, "a" * 5000, "a b", "<script>", "a\tb", "é"])
def test_an_invalid_identifier_is_replaced(by_proxy_protocol: EchoingKong, given: str) -> None:
    answer = by_balancer(by_proxy_protocol, {"X-Request-ID": given})
    identifiers = [line.partition(": ")[2] for line in answer.split("\r\n") if line.lower().startswith("x-request-id")]

    assert all(given not in each for each in identifiers)


def test_a_valid_identifier_of_a_client_is_kept(kong: EchoingKong) -> None:
    for given in ("4bf92f3577b34da6", "Root=1-67891233-abcdef012345678912345678", "a" * 128, "x@y/z+w"):
        response = kong.send("GET", "/own", headers={"X-Request-ID": given, "X-Real-IP": "198.51.100.10"})

        assert response.status in (200, 429)
        assert response.status == 429 or response.headers["x-request-id"] == given
