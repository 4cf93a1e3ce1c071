"""CORS lists the methods that the routes accept."""

from typing import Any

import yaml
from kong_bypass_routes import SHOP, route, service

from kubestock.gateway.kong.config.file import Configuration
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.cross_origin import Cors
from kubestock.gateway.kong.plugins.limits import RequestTermination

ORIGIN = f"https://{SHOP}"
CORS = Cors(origins=[ORIGIN])


def written(*routes: Route, plugins: tuple[Plugin, ...] = (), of_service: tuple[Plugin, ...] = ()) -> Any:
    config = Configuration(services=[service("orders", *routes, plugins=of_service)], plugins=plugins)
    return yaml.safe_load(config.render())


def methods(entity: Any) -> Any:
    (found,) = [each["config"].get("methods") for each in entity["plugins"] if each["name"] == "cors"]
    return found


def test_cors_lists_only_methods_that_a_route_accepts() -> None:
    routes = [route("a", "/a", methods=["POST", "GET"]), route("b", "/b", methods=["OPTIONS", "GET"])]

    assert methods(written(*routes, plugins=(CORS,))) == ["GET", "POST", "OPTIONS"]


def test_cors_on_one_scope_lists_the_methods_of_all_routes_because_another_route_may_answer_its_preflights() -> None:
    one = route("a", "/a", CORS, methods=["GET", "OPTIONS"])
    document = written(one, route("b", "/a", methods=["PUT"]), of_service=(CORS,))

    assert methods(document["services"][0]) == ["GET", "PUT", "OPTIONS"]
    assert methods(document["services"][0]["routes"][0]) == ["GET", "PUT", "OPTIONS"]


def test_cors_of_a_route_with_all_methods_lists_all_methods_that_a_page_may_send() -> None:
    found = methods(written(route("a", "/a"), plugins=(CORS,)))

    assert found == ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS"]


def test_explicit_cors_methods_are_unchanged() -> None:
    given = Cors(origins=[ORIGIN], methods=["GET"])

    assert methods(written(route("a", "/a", methods=["PUT"]), plugins=(given,))) == ["GET"]


def test_cors_ignores_methods_of_routes_that_the_gateway_answers_itself() -> None:
    nothing = route("nothing", "/api", RequestTermination(status_code=404))

    assert methods(written(nothing, route("a", "/a", methods=["PUT"]), plugins=(CORS,))) == ["PUT"]
