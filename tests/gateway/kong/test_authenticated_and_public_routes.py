"""Routes that require authentication must not be public or allow plain http."""

from dataclasses import replace
from typing import Literal

import pytest
from kong_bypass_routes import MACHINES, PEOPLE, route, service

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.file import GatewayConfig
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.plugins.authentication import Jwt, KeyAuth
from kubestock.gateway.kong.plugins.base import Plugin


def made(
    *routes: Route,
    everywhere: tuple[Plugin, ...] = (),
    on_service: tuple[Plugin, ...] = (),
    prefixes: tuple[str, ...] = (),
) -> GatewayConfig:
    return GatewayConfig(
        services=[service("orders", *routes, plugins=on_service)],
        consumers=[PEOPLE, MACHINES],
        plugins=everywhere,
        protected_prefixes=prefixes,
    )


@pytest.mark.parametrize("protocols", [["http"], ["http", "https"]])
@pytest.mark.parametrize("plugin", [Jwt(), KeyAuth()])
def test_rejects_a_credential_over_plain_http(plugin: Plugin, protocols: list[Literal["http", "https"]]) -> None:
    message = (
        r"protocols of route orders must not contain http, .*leave protocols out; http is then redirected to https"
    )

    with pytest.raises(ConfigurationError, match=message):
        made(replace(route("orders", "/api", plugin), protocols=protocols))
    with pytest.raises(ConfigurationError, match=message):
        made(replace(route("orders", "/api"), protocols=protocols), everywhere=(plugin,))


def test_accepts_plain_http_without_authentication_and_https_with_it() -> None:
    opened = replace(route("open", "/open"), protocols=["http", "https"])

    assert made(opened).routes
    assert made(replace(opened, plugins=[Jwt(enabled=False)])).routes
    assert made(replace(route("orders", "/api", Jwt()), protocols=["https"])).routes


def test_rejects_a_public_route_with_its_own_authentication() -> None:
    with pytest.raises(
        ConfigurationError, match=r"must not have public=True, because it requires authentication; remove"
    ):
        made(route("public", "/api", Jwt()))


@pytest.mark.parametrize("scope", ["everywhere", "on_service"])
def test_rejects_a_public_route_with_inherited_authentication_and_says_where_to_move_it(scope: str) -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"requires authentication; Jwt is on its service or on all requests; put Jwt on the routes that need it",
    ):
        made(route("public", "/api"), **{scope: (Jwt(),)})  # type: ignore[arg-type]  # one of two scopes, by name


def test_rejects_disabling_inherited_authentication_on_a_route_because_it_has_no_effect() -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"requests, and enabled=False on this route does not disable it; put Jwt on the routes that need it",
    ):
        made(route("public", "/api", Jwt(enabled=False)), everywhere=(Jwt(),))


def test_rejects_a_route_with_disabled_authentication_below_a_protected_prefix() -> None:
    message = "plugin that authenticates, because it is below a protected prefix; {}, or set public=True"

    with pytest.raises(ConfigurationError, match=message.format("enable its own plugin")):
        made(route("orders", "/api", Jwt(enabled=False)), prefixes=("/api",))
    with pytest.raises(ConfigurationError, match=message.format("add one of them")):
        made(route("orders", "/api"), prefixes=("/api",))
    assert made(route("public", "/api", Jwt(enabled=False)), prefixes=("/api",)).routes
