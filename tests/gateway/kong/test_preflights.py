"""A browser's preflight carries no header of the request that follows, and must still match a route."""

import cdk8s
import pytest
from kong_gateways import CORS, backend, gateway

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.backends import RouteOptions
from kubestock.gateway.kong.config.file import GatewayConfig
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.config.upstreams import Target, Upstream
from kubestock.gateway.kong.plugins.base import Plugin

CHANNEL = RouteOptions(headers={"X-Channel": ["web"]})
LOST = r"must not match only requests with X-Channel, .*first add a route for /api/orders without headers"


@pytest.mark.parametrize("methods", [None, ["GET"], ["GET", "OPTIONS"]])
def test_rejects_a_route_with_headers_whose_preflights_match_no_route(
    chart: cdk8s.Chart, methods: list[str] | None
) -> None:
    made, orders = gateway(chart, CORS), backend(chart)
    made.route("/api/orders", to=orders, methods=methods, options=CHANNEL)

    with pytest.raises(ConfigurationError, match=LOST):
        chart.to_json()


@pytest.mark.parametrize("path", ["/api/orders", "/"])
def test_a_route_without_headers_answers_the_preflights_of_one_with_headers(chart: cdk8s.Chart, path: str) -> None:
    made, orders = gateway(chart, CORS), backend(chart)
    made.route(path, to=orders, methods=["OPTIONS"], name="preflights")
    made.route("/api/orders", to=orders, methods=["GET"], options=CHANNEL, name="read")

    assert [each.methods for each in made.config.routes if each.name == "read"] == [("GET",)]


def config(*routes: Route, plugins: tuple[Plugin, ...] = ()) -> GatewayConfig:
    upstream = Upstream(name="orders.upstream", targets=[Target(target="orders.shop:80")])
    return GatewayConfig(services=[KongService(name="orders", upstream=upstream, routes=routes)], plugins=plugins)


def route(
    name: str,
    *plugins: Plugin,
    path: str = "/api/orders",
    methods: list[str] | None = None,
    headers: dict[str, list[str]] | None = None,
    exact: bool = False,
) -> Route:
    hosts = ["shop.example.com"]
    return Route(name=name, path=path, exact=exact, hosts=hosts, methods=methods, headers=headers, plugins=plugins)


@pytest.mark.parametrize(
    "other",
    [
        route("other", methods=["OPTIONS"], headers={"X-Other": ["1"]}),
        route("other", CORS, methods=["OPTIONS"], exact=True),
        route("other", CORS, methods=["OPTIONS"], path="/api/ordersfoo"),
        route("other", methods=["POST"]),
    ],
    ids=["headers", "exact", "lookalike", "method"],
)
def test_rejects_preflights_that_another_route_answers_only_in_part(other: Route) -> None:
    with pytest.raises(ConfigurationError, match="methods of route read must contain OPTIONS"):
        config(route("read", CORS, methods=["GET"]), other)


def test_rejects_preflights_that_a_route_without_cors_answers() -> None:
    read, near, far = route("read", CORS, methods=["GET"]), route("near", path="/api"), route("far", CORS, path="/")

    assert config(read, far).routes
    with pytest.raises(ConfigurationError, match="methods of route read must contain OPTIONS"):
        config(read, near, far)
