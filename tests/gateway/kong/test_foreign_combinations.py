"""In other Kong files a plugin may be on a consumer together with a route or a service."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from test_foreign_files import PROTECTED, errors

REWRITES = {"name": "request-transformer", "config": {"replace": {"uri": "/admin"}}}
TERMINATES = {"name": "request-termination", "config": {"status_code": 404}}
LIMITS = {"name": "rate-limiting", "config": {"minute": 5, "policy": "local", "limit_by": "ip"}}
BROKEN = {"name": "rate-limiting", "config": {"policy": "local"}}
ON_ROUTE = {"consumer": "people", "route": "orders"}
ON_SERVICE = {"consumer": {"username": "people"}, "service": {"name": "orders"}}
Placed = Callable[[dict[str, Any], dict[str, Any]], None]


def top(owners: dict[str, Any]) -> Placed:
    return lambda document, plugin: document.setdefault("plugins", []).append({**plugin, **owners})


def in_the_route(document: dict[str, Any], plugin: dict[str, Any]) -> None:
    document["services"][0]["routes"][0]["plugins"].append({**plugin, "consumer": "people"})


def in_the_service(document: dict[str, Any], plugin: dict[str, Any]) -> None:
    document["services"][0]["plugins"] = [{**plugin, "consumer": "people"}]


def in_the_consumer(document: dict[str, Any], plugin: dict[str, Any]) -> None:
    document["consumers"][0]["plugins"] = [{**plugin, "route": "orders"}]


PLACES = [top(ON_ROUTE), top(ON_SERVICE), in_the_route, in_the_service, in_the_consumer]
EVERYWHERE = pytest.mark.parametrize(
    "place", PLACES, ids=["top-route", "top-service", "in-the-route", "in-the-service", "in-the-consumer"]
)


def with_plugin(place: Placed, plugin: dict[str, Any]) -> dict[str, Any]:
    document = copy.deepcopy(PROTECTED)
    place(document, plugin)
    return document


@EVERYWHERE
def test_finds_what_a_combined_plugin_does_to_requests(place: Placed) -> None:
    assert errors(with_plugin(place, REWRITES)) == ["consumer-rewrites"]
    assert errors(with_plugin(place, BROKEN)) == ["plugin-setting"]


@EVERYWHERE
def test_a_combined_plugin_acts_only_for_its_consumer(place: Placed) -> None:
    document = with_plugin(place, TERMINATES)
    opened = {"name": "open", "hosts": ["shop.example.com"], "paths": ["/open"], "protocols": ["https"]}
    document["services"][0]["routes"].append(opened)

    assert errors(document) == ["route-bypass"]


@EVERYWHERE
def test_a_combined_plugin_may_have_the_name_of_another_plugin(place: Placed) -> None:
    document = with_plugin(place, LIMITS)
    document["services"][0]["routes"][0]["plugins"].append(LIMITS)
    document["consumers"][0].setdefault("plugins", []).append(LIMITS)

    assert errors(document) == []


@EVERYWHERE
def test_finds_a_combined_plugin_that_undoes_what_its_route_does(place: Placed) -> None:
    document = with_plugin(place, {**TERMINATES, "config": {"status_code": 204}})
    document["services"][0]["routes"][0]["plugins"].append(TERMINATES)

    assert "consumer-overrides" in errors(document)
