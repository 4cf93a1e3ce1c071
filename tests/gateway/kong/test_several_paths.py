"""A route with several paths is one entity in Kong's file, and every rule applies to each path."""

import cdk8s
import pytest
from kong_bypass_routes import HEALTH, SHOP, configuration, protected, route, service
from kong_gateways import CORS, backend, gateway

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.analysis.finding import require_no_findings
from kubestock.gateway.kong.analysis.routing import conflicts
from kubestock.gateway.kong.config.file import GatewayConfig
from kubestock.gateway.kong.config.routes import Route

BOTH = ("/api/orders", "/api/order")


def several(name: str = "orders", *paths: str, exact: bool = False, methods: list[str] | None = None) -> Route:
    path, *others = paths or BOTH
    return Route(name=name, path=path, other_paths=others, hosts=[SHOP], exact=exact, methods=methods)


def test_kongs_file_has_one_route_with_all_paths() -> None:
    assert several().to_kong()["paths"] == ["~/api/orders(/|$)", "~/api/order(/|$)"]
    assert several(exact=True).to_kong()["paths"] == ["~/api/orders$", "~/api/order$"]
    assert several().to_kong()["regex_priority"] == 204


def test_rejects_paths_with_different_numbers_of_segments() -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"the same number of segments .* got /api/orders and /orders; make a separate route",
    ):
        several("orders", "/api/orders", "/orders")


def test_rejects_a_duplicated_path_and_one_that_no_request_can_have() -> None:
    with pytest.raises(ConfigurationError, match="each of paths must be unique, got '/api/orders' more than once"):
        several("orders", "/api/orders", "/api/orders")
    with pytest.raises(ConfigurationError, match="path must begin with '/'"):
        several("orders", "/api/orders", "/api//order")


def test_rejects_another_route_for_any_of_the_paths() -> None:
    with pytest.raises(ConfigurationError, match="could not distinguish them"):
        require_no_findings(conflicts([several(), several("other", "/api/order")]))
    with pytest.raises(
        ConfigurationError, match=r"route wide \(/api/order\) must not receive requests for the narrower route deep"
    ):
        require_no_findings(conflicts([several("wide", *BOTH, methods=["GET"]), several("deep", "/api/order/7")]))
    require_no_findings(conflicts([several(), several("deep", "/api/order/7")]))


def test_a_route_covers_another_one_if_it_covers_all_its_paths() -> None:
    assert several().covers(several("deep", "/api/order/7", "/api/orders/7"))
    assert not several().covers(several("deep", "/api/order/7", "/api/users/7"))
    assert not several("one", "/api/orders").covers(several())


def test_every_path_is_checked_for_protection() -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"route orders \(/api/order\) must have Jwt, KeyAuth or another",
    ):
        GatewayConfig(
            services=[service("orders", several("orders", "/open/orders", "/api/order"))], protected_prefixes=["/api"]
        )


def test_a_bypass_by_one_of_several_paths_is_found() -> None:
    public = Route(name="public", path="/open", other_paths=["/orders"], hosts=[SHOP], public=True)

    with pytest.raises(
        ConfigurationError, match=r"route public \(/open\) must not allow anonymous access: it reaches all paths"
    ):
        configuration(service("orders", protected(), public))


def test_paths_of_one_route_do_not_bypass_each_other() -> None:
    both = Route(
        name="protected", path=BOTH[0], other_paths=BOTH[1:], hosts=[SHOP], plugins=protected().plugins, methods=["GET"]
    )

    assert configuration(service("orders", both, route("public", "/health", HEALTH, methods=["POST"]))).routes


def test_preflights_for_every_path_match_the_route(chart: cdk8s.Chart) -> None:
    made = gateway(chart, CORS)
    made.route(BOTH[0], to=backend(chart), other_paths=BOTH[1:], methods=["GET"], name="first")
    made.route(BOTH[0], to=backend(chart, "more"), methods=["POST"], name="more")
    made.route(BOTH[1], to=backend(chart, "last"), methods=["PUT"], name="last")
    answering = [each for each in made.config.routes if "OPTIONS" in (each.methods or ())]

    assert {path for each in answering for path in each.paths} == set(BOTH)
