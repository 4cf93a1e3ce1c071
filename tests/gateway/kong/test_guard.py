"""The request guard removes forged identity headers and blocks paths for operators."""

from dataclasses import replace

import cdk8s
import pytest
from kong_bypass_routes import PEOPLE, protected, route, service
from kong_gateways import backend, gateway
from kong_lua import Lua, LuaResult
from support import find
from workload.samples import container, microservice

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.backends import RouteOptions, ServiceOptions
from kubestock.gateway.kong.config.file import GatewayConfig
from kubestock.gateway.kong.config.guard import IDENTITY_HEADERS, with_request_guard
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.plugins.functions import PreFunction
from kubestock.workload.ports import Port
from kubestock.workload.probes import HttpGet, Probe, Probes, TcpSocket
from kubestock.workload.service import Service

OWN = "kong.response.set_header('X-Own', '1')"
BLOCKING = replace(service("orders", route("orders", "/api/orders")), blocked_paths=["/metrics", "/health/live?full=1"])


def source(*services: KongService) -> str:
    (first, *_) = with_request_guard(services, ())[1]
    assert isinstance(first, PreFunction)
    return first.access[0]


def ran(
    uri: str, *, headers: dict[str, str] | None = None, of: KongService = BLOCKING, by: str = "orders"
) -> LuaResult:
    return Lua().run(source(of), uri=uri, headers=headers, route=by, service=of.name)


@pytest.mark.parametrize(
    "uri",
    [
        *("/metrics", "/metrics/", "/METRICS", "//metrics", "/metrics?a=/b", "/%6detrics", "/%256detrics"),
        *("/metrics%2F", "/x/../metrics", "/x/%2e%2e/metrics", "/./metrics", "/metrics;a=b", "/%5Cmetrics"),
        *("/health/live", "/Health//Live/"),
    ],
)
def test_blocked_paths_get_404_in_every_spelling(uri: str) -> None:
    assert (ran(uri).status, ran(uri).message) == (404, "Not found")


@pytest.mark.parametrize(
    "uri", ["/", "/metric", "/metricsx", "/metrics/7", "/7/metrics", "/health", "/health/live/x", "/%zz"]
)
def test_other_paths_are_not_blocked(uri: str) -> None:
    assert ran(uri).status is None
    assert Lua().run(source(BLOCKING), uri="/metrics", service="other").status is None


def test_a_route_for_one_blocked_path_reaches_only_that_path() -> None:
    opening = Route(name="live", path="/metrics", exact=True, strip_path=False, hosts=["shop.example.com"], public=True)
    wider = route("wide", "/", keep=True)
    both = replace(BLOCKING, routes=[opening, wider])

    assert ran("/metrics", of=both, by="live").status is None
    assert ran("/metrics", of=both, by="wide").status == 404
    assert ran("/metrics", of=replace(both, routes=[replace(opening, exact=False)]), by="live").status == 404
    assert ran("/metrics", of=replace(both, routes=[replace(opening, strip_path=True)]), by="live").status == 404


def test_identity_headers_of_clients_are_removed_in_every_spelling() -> None:
    forged = {"X-Consumer-Username": "a", "x_consumer_id": "b", "X_Authenticated-Groups": "c", "X-Request-ID": "d"}
    cleared = {each.lower() for each in ran("/", headers=forged).cleared}

    assert {each.lower() for each in IDENTITY_HEADERS} <= cleared
    assert {"x_consumer_id", "x_authenticated-groups"} <= cleared
    assert "x-request-id" not in cleared


def test_the_request_guard_runs_before_the_lua_of_every_scope() -> None:
    own = PreFunction(access=[OWN], log=[OWN])
    routed = replace(protected(), plugins=[own, *protected().plugins])
    made = GatewayConfig(services=[service("orders", routed, plugins=(own,))], consumers=[PEOPLE], plugins=[own])
    (guarded_service,), global_plugins = with_request_guard(made.services, made.plugins)
    scopes = [global_plugins, guarded_service.plugins, guarded_service.routes[0].plugins]
    found = [each for scope in scopes for each in scope if isinstance(each, PreFunction)]

    assert [each.access for each in found] == [(source(*made.services), OWN)] * 3
    assert [each.log for each in found] == [(OWN,)] * 3
    assert made.render().count("local identity") == 3


def test_the_request_guard_replaces_a_disabled_global_function() -> None:
    off = PreFunction(access=[OWN], enabled=False)

    assert [each.enabled for each in with_request_guard([BLOCKING], [off])[1]] == [True]


def test_rejects_a_function_with_protocols() -> None:
    with pytest.raises(ConfigurationError, match=r"protocols of pre-function must be left out, .* got https; check"):
        GatewayConfig(services=[BLOCKING], plugins=[PreFunction(access=[OWN], protocols=["https"])])


def test_rejects_an_invalid_blocked_path() -> None:
    with pytest.raises(ConfigurationError, match="each blocked path must begin with '/'"):
        ServiceOptions(blocked_paths=["metrics"])
    with pytest.raises(ConfigurationError, match="each blocked path of orders must begin with '/'"):
        replace(BLOCKING, blocked_paths=["a//b"])


def test_metrics_and_probes_of_a_workload_are_blocked_by_default(chart: cdk8s.Chart) -> None:
    ports = (Port(8080, metrics_path="/metrics"), Port(9000, name="admin", metrics_path="/admin/metrics"))
    probes = Probes(
        readiness=Probe(action=HttpGet(path="/ready")),
        liveness=Probe(action=HttpGet(path="/admin/live", port="admin")),
        startup=Probe(action=TcpSocket()),
    )
    orders = microservice(
        chart,
        "orders",
        main=container(ports=ports, probes=probes),
        services=(Service(), Service(name="orders-pods", headless=True)),
    )
    made = gateway(chart)
    made.route("/api/orders", to=orders, service_options=ServiceOptions(health_path="/ping"))
    made.route("/admin", to=orders, port="admin")
    made.route("/open", to=backend(chart, "open"), service_options=ServiceOptions(blocked_paths=[]))
    made.route("/site", to=backend(chart, "site"), service_options=ServiceOptions(health_path="/"))
    blocked = {each.name: list(each.blocked_paths) for each in made.config.services}

    assert blocked["orders.8080"] == ["/metrics", "/ready", "/ping"]
    assert blocked["orders.9000"] == ["/admin/metrics", "/admin/live"]
    assert blocked["open.8080"] == []
    assert "/" not in blocked["site.8080"]


def test_a_route_can_reach_one_blocked_path(chart: cdk8s.Chart) -> None:
    made = gateway(chart)
    kept = RouteOptions(strip_path=False)
    made.route(
        "/health", to=backend(chart), exact=True, options=kept, service_options=ServiceOptions(health_path="/health")
    )

    assert '["orders.health"] = true' in find(chart, "ConfigMap", "kong-config")["data"]["kong.yml"]
