"""Paths with parameters and hosts with wildcards on a real Kong."""

from collections.abc import Iterator
from typing import Any

import pytest
from programs.kong_echo import HOST, EchoingKong, echoing, needs_kong, route

from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.request_transformation import (
    RequestEntries,
    RequestReplacements,
    RequestTransformer,
)

pytestmark = needs_kong


def named(name: str) -> Plugin:
    return RequestTransformer(add=RequestEntries(headers=[f"X-Route:{name}"]))


def kept(name: str, path: str, **fields: Any) -> Route:
    return route(path, named(name), name=name, strip_path=False, **fields)


REWRITING = RequestTransformer(
    replace=RequestReplacements(uri='/parts/$(uri_captures["id"])'), add=RequestEntries(headers=["X-Route:rewritten"])
)
ROUTES = [
    kept("all", "/"),
    kept("orders", "/orders"),
    kept("order", "/orders/{id}"),
    kept("new", "/orders/new"),
    kept("items", "/orders/{id}/items"),
    kept("item", "/orders/{id}/items/{item}", exact=True),
    kept("exact", "/orders/{id}/exact", exact=True),
    kept("below-exact", "/orders/{id}/exact"),
    route("/things/{id}/parts", REWRITING, name="rewritten"),
    kept("wild", "/wild", hosts=["*.example.com"]),
    kept("wild-orders", "/orders", hosts=["*.example.com"]),
]


@pytest.fixture(scope="module")
def kong(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EchoingKong]:
    with echoing(tmp_path_factory.mktemp("kong"), ROUTES) as running:
        yield running


@pytest.mark.parametrize(
    ("path", "name", "upstream_path"),
    [
        ("/orders", "orders", "/orders"),
        ("/orders/", "orders", "/orders/"),
        ("/orders/7", "order", "/orders/7"),
        ("/orders/7/more", "order", "/orders/7/more"),
        ("/orders/new", "new", "/orders/new"),
        ("/orders/new/items", "items", "/orders/new/items"),
        ("/orders/7/items", "items", "/orders/7/items"),
        ("/orders/7/items/", "items", "/orders/7/items/"),
        ("/orders/7/items/8", "item", "/orders/7/items/8"),
        ("/orders/7/items/8/9", "items", "/orders/7/items/8/9"),
        ("/orders/7/exact", "exact", "/orders/7/exact"),
        ("/orders/7/exact/", "below-exact", "/orders/7/exact/"),
        ("/orders/7/itemsfoo", "order", "/orders/7/itemsfoo"),
        ("/orders/a%40b.c%20d%C3%A9/items", "items", "/orders/a%40b.c%20d%C3%A9/items"),
        ("/orders/%2E%2E/wild", "all", "/wild"),
        ("/orders/..%2Fadmin/items", "orders", "/orders/..%2Fadmin/items"),
        ("/orders/..%5Cadmin/items", "orders", "/orders/..%5Cadmin/items"),
        ("/orders/..%252Fadmin/items", "orders", "/orders/..%252Fadmin/items"),
        ("/orders/7;a=b/items", "orders", "/orders/7;a=b/items"),
        ("/orders/7%3Fx/items", "orders", "/orders/7%3Fx/items"),
        ("/things/7%40/parts", "rewritten", "/parts/7%40"),
    ],
)
def test_a_parameter_matches_one_segment(kong: EchoingKong, path: str, name: str, upstream_path: str) -> None:
    response = kong.send("GET", path)

    assert response.seen("X-Route") == [name]
    assert (response.asked or {})["path"] == upstream_path


@pytest.mark.parametrize(
    ("host", "path", "name"),
    [
        ("a.example.com", "/orders/7", "wild-orders"),
        ("A.B.example.com", "/wild", "wild"),
        (f"a.{HOST}", "/wild", "wild"),
        (HOST, "/orders/7", "order"),
        (HOST, "/wild", "all"),
    ],
)
def test_a_full_host_wins_over_a_wildcard_for_any_paths(kong: EchoingKong, host: str, path: str, name: str) -> None:
    assert kong.send("GET", path, host=host).seen("X-Route") == [name]


@pytest.mark.parametrize("host", ["example.com", "xexample.com", "a.example.com.evil.example.net"])
def test_a_wildcard_matches_hosts_below_its_domain(kong: EchoingKong, host: str) -> None:
    assert kong.send("GET", "/orders", host=host).status == 404
