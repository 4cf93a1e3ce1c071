"""Paths, hosts, methods, protocols and headers that no request can have are rejected."""

from collections.abc import Sequence
from typing import Any

import pytest

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http, request_paths
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.config.timeouts import split_by_timeout
from kubestock.gateway.kong.config.upstreams import Target, Upstream

HOSTS = ["shop.example.com"]


def route(path: str = "/api", *, hosts: Sequence[str] = HOSTS, **fields: Any) -> Route:
    return Route(name="orders", path=path, hosts=hosts, **fields)


@pytest.mark.parametrize(
    ("path", "fix"),
    [
        ("/api/../internal", "/internal"),
        ("/../..", "/"),
        ("/.", "/"),
        ("//", "/"),
        ("/api//orders", "/api/orders"),
        ("/api/", "/api"),
        ("api", "/api"),
        ("/%61pi/%7Eme", "/api/~me"),
        ("", "/"),
    ],
)
def test_rejects_a_path_that_is_not_normalized_and_shows_the_normalized_one(path: str, fix: str) -> None:
    with pytest.raises(ConfigurationError, match=f"Kong normalizes a request before it matches, got .*; write '{fix}'"):
        route(path)
    assert route(fix).path == fix


@pytest.mark.parametrize("path", ["/a%2Fb", "/a b", "/a?b", "/(", "/a\n", "/é"])
def test_rejects_a_path_with_other_characters_without_a_wrong_fix(path: str) -> None:
    with pytest.raises(ConfigurationError, match="path must begin with '/'") as refused:
        route(path)
    assert "write" not in str(refused.value)


@pytest.mark.parametrize(
    ("hosts", "message"),
    [
        (["10.0.0.1"], "each of hosts must be a host name and not an IP address, got '10.0.0.1'"),
        (
            ["shop.example.com", "shop.example.com"],
            "each of hosts must be unique, got 'shop.example.com'",
        ),
        (["https://shop.example.com"], "each of hosts"),
        ([], "must contain at least one host, got none"),
    ],
)
def test_rejects_hosts_that_no_request_can_have(hosts: list[str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        route(hosts=hosts)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"methods": ["GET", "GET"]}, "each of methods must be unique, got 'GET' more than once"),
        ({"methods": []}, "methods of route orders must be some of GET, HEAD"),
        ({"protocols": []}, "protocols of route orders must contain https, http or both, got none"),
        ({"protocols": ["https", "https"]}, "each of protocols must be unique"),
        (
            {"headers": {"X-A": ["~*^ab"]}},
            "literal values for X-A, got one that begins with '~.', which Kong reads as a regular",
        ),
        ({"headers": {"X-A": ["1"], "x_a": ["2"]}}, "each of headers must be unique, got 'x-a' more than once"),
        ({"headers": {"Host": ["x"]}}, "must not contain Host"),
        ({"headers": {"X-A": []}}, "must have at least one value for X-A"),
    ],
)
def test_rejects_values_that_kong_reads_differently_or_not_at_all(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        route(**fields)


def test_an_exact_path_matches_no_path_below_it_and_wins_over_prefixes() -> None:
    exact = route("/api/orders", exact=True).to_kong()

    assert exact["paths"] == ["~/api/orders$"]
    assert route("/", exact=True).to_kong()["paths"] == ["~/$"]
    assert exact["regex_priority"] > route("/api/orders").to_kong()["regex_priority"]
    assert exact["regex_priority"] < route("/api/orders/new").to_kong()["regex_priority"]


def test_kongs_file_contains_only_fields_of_kong() -> None:
    upstream = Upstream(name="orders.upstream", targets=[Target(target="orders.shop:80")])
    service = KongService(name="orders", upstream=upstream, routes=[route(exact=True, public=True)]).to_kong()

    assert not {"pods", "upstream"} & service.keys()
    assert not {"exact", "public", "path"} & service["routes"][0].keys()


def test_rejects_a_service_without_a_port() -> None:
    upstream = Upstream(name="orders.upstream", targets=[Target(target="orders.shop:80")])

    with pytest.raises(ConfigurationError, match="port must be a port from 1 to 65535, got 0"):
        KongService(name="orders", upstream=upstream, routes=[], port=0)


@pytest.mark.parametrize(
    "origin",
    [
        "https://shop.example.com\n",
        "https://Shop.example.com",
        "https://shop.example.com:99999",
        "https://shop.example.com:0",
        "https://shop.example.com:443",
        "https://shop.example.com/",
        "https://shop.example.com?",
        "https://10.0.0.1",
        "https://shop",
        "http://shop.example.com",
        "HTTPS://shop.example.com",
    ],
)
def test_rejects_an_origin_that_no_browser_sends(origin: str) -> None:
    with pytest.raises(ConfigurationError, match="origin"):
        http.origin("each origin", origin)


def test_rejects_an_origin_with_a_user_without_showing_the_password() -> None:
    with pytest.raises(ConfigurationError, match=r"without a path and a user.*got an origin with a user") as refused:
        http.origin("each origin", "https://me:hunter2@shop.example.com")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("origin", ["https://shop.example.com", "https://shop.example.com:8443"])
def test_accepts_an_origin_in_the_form_that_a_browser_sends(origin: str) -> None:
    assert http.origin("each origin", origin) == origin


@pytest.mark.parametrize(
    "uri",
    [
        *(
            "/api/admin",
            "/API/Admin",
            "/%61pi/admin",
            "/%2561pi/admin",
            "/api%2Fadmin",
            "/api%2fadmin/",
            "//api//admin",
        ),
        *("/open/../api/admin", "/open/%2e%2e/api/./admin", "/open/..;v=1/api/admin", "/api;v=1/admin", "/api\\admin"),
        *("/api/admin?x=1", "/api/admin?to=/open/../..", "/api/admin#top", "/../api/admin"),
    ],
)
def test_equivalent_paths_have_the_same_segments(uri: str) -> None:
    assert request_paths.normalized_segments(uri) == ("api", "admin")


@pytest.mark.parametrize("uri", ["/api/adminx", "/api", "/api/admin/x", "/admin/api", "/api-admin", "/api/admin%3Fx"])
def test_different_paths_have_different_segments(uri: str) -> None:
    assert request_paths.normalized_segments(uri) not in (("api", "admin"), ())


def test_a_route_with_its_own_timeout_has_a_separate_service_to_the_same_pods() -> None:
    upstream = Upstream(name="orders.upstream", targets=[Target(target="orders.shop:80")])
    events = Route(name="events", path="/events", hosts=HOSTS, read_timeout=3600000)
    made = KongService(name="orders", upstream=upstream, routes=[route(), events], retries=2)
    plain, long = (each.to_kong() for each in split_by_timeout(made))

    assert [each["name"] for each in plain["routes"]] == ["orders"]
    assert [each["name"] for each in long["routes"]] == ["events"]
    assert (long["name"], long["read_timeout"]) == ("orders.3600000", 3600000)
    assert (long["host"], long["retries"]) == (plain["host"], plain["retries"])
    assert "read_timeout" not in long["routes"][0]


@pytest.mark.parametrize("timeout", [0, -1, 2147483647])
def test_rejects_a_timeout_that_kong_does_not_accept(timeout: int) -> None:
    with pytest.raises(ConfigurationError, match="read_timeout must be from 1 to 2147483646"):
        route(read_timeout=timeout)
