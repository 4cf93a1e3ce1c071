"""Plugins on consumers: those that Kong's schemas reject, and those that would undo what a route does."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from kong_bypass_routes import HEALTH, PEOPLE, route, service

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.file import GatewayConfig
from kubestock.gateway.kong.plugins import known
from kubestock.gateway.kong.plugins.authentication import Jwt
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.custom import CustomPlugin
from kubestock.gateway.kong.plugins.limits import RequestTermination
from kubestock.gateway.kong.plugins.request_transformation import (
    RequestEntries,
    RequestReplacements,
    RequestTransformer,
)
from kubestock.gateway.kong.plugins.untyped import TRAITS

TENANT = RequestTransformer(add=RequestEntries(headers=["X-Tenant:shop"]))
CLOSED = RequestTermination(status_code=503)
OPEN_AGAIN = RequestTermination(trigger="X-Never")

SCHEMAS = Path(__file__).parents[4] / "shared" / "kong-schemas" / "plugins"


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason=f"Kong's schemas are not at {SCHEMAS}")
def test_plugins_that_kong_rejects_on_a_consumer_are_rejected() -> None:
    read, forbidden = set(), set()
    for path in SCHEMAS.glob("*.json"):
        read.add(path.stem)
        fields = {name: spec for each in json.loads(path.read_text())["fields"] for name, spec in each.items()}
        if "consumer" in fields and "eq" in fields["consumer"]:
            forbidden.add(path.stem)

    assert len(forbidden) >= 9
    traits = {**TRAITS, **{name: each.traits for name, each in known.classes().items()}}
    never_run = {"correlation-id"}  # Kong accepts it on a consumer, but does not know the consumer yet when it runs
    assert forbidden | never_run == {name for name in read if "consumer" not in traits[name].scopes}


def made(
    own: Plugin,
    on_route: tuple[Plugin, ...] = (),
    on_service: tuple[Plugin, ...] = (),
    global_plugins: tuple[Plugin, ...] = (),
) -> GatewayConfig:
    orders = service("orders", route("orders", "/api/orders", *on_route), plugins=on_service)
    return GatewayConfig(services=[orders], consumers=[replace(PEOPLE, plugins=[own])], plugins=global_plugins)


@pytest.mark.parametrize(
    ("own", "on_route", "on_service", "global_plugins"),
    [
        (TENANT, (Jwt(), HEALTH), (), ()),
        (TENANT, (Jwt(),), (HEALTH,), ()),
        (TENANT, (), (), (Jwt(), HEALTH)),
        (OPEN_AGAIN, (Jwt(), CLOSED), (), ()),
        (OPEN_AGAIN, (CustomPlugin(plugin="ldap-auth", connects_to=["ldap.example.com"]),), (CLOSED,), ()),
    ],
    ids=["on-route", "on-service", "global", "terminated-route", "terminated-service"],
)
def test_rejects_a_consumer_plugin_that_undoes_what_a_route_does(
    own: Plugin, on_route: tuple[Plugin, ...], on_service: tuple[Plugin, ...], global_plugins: tuple[Plugin, ...]
) -> None:
    with pytest.raises(
        ConfigurationError,
        match=f"plugin {own.kong_name} must not be on consumer people, because it would override the one "
        r"for route orders \(/api/orders\) and undo what it does; put it on the routes that need it",
    ):
        made(own, on_route, on_service, global_plugins)


@pytest.mark.parametrize(
    ("own", "on_route"),
    [
        (TENANT, (Jwt(),)),
        (TENANT, (HEALTH,)),
        (TENANT, (Jwt(), CLOSED)),
        (TENANT, (Jwt(), replace(HEALTH, enabled=False))),
        (replace(TENANT, enabled=False), (Jwt(), HEALTH)),
    ],
    ids=["no-plugin", "no-authentication", "another-plugin", "disabled-on-route", "disabled-itself"],
)
def test_accepts_a_consumer_plugin_that_overrides_nothing_important(own: Plugin, on_route: tuple[Plugin, ...]) -> None:
    assert made(own, on_route).routes


@pytest.mark.parametrize(
    "own", [RequestTransformer(replace=RequestReplacements(uri="/admin")), RequestTransformer(http_method="DELETE")]
)
def test_rejects_a_consumer_plugin_that_rewrites_requests(own: RequestTransformer) -> None:
    with pytest.raises(
        ConfigurationError, match=r"of consumer people must not change uri or http_method, .* on a route"
    ):
        made(own, (Jwt(),))
    assert made(replace(own, enabled=False), (Jwt(),)).routes
    assert made(TENANT, (Jwt(),)).routes
