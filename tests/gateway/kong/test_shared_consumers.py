"""If all tokens of an issuer are one consumer, nothing may be stored or counted for each consumer."""

from typing import Any

import pytest
from kong_full_configuration import PUBLIC_KEY

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.consumers import Consumer, JwtIssuer
from kubestock.gateway.kong.config.file import GatewayConfig
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.config.upstreams import Target, Upstream
from kubestock.gateway.kong.plugins.authentication import Jwt, KeyAuth
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.custom import CustomPlugin
from kubestock.values.references import SecretRef

UPSTREAM = Upstream(name="orders.upstream", targets=[Target(target="orders-pods.shop:3005")])
ISSUER = JwtIssuer(key="https://id.example.com", rsa_public_key=PUBLIC_KEY)
SCOPES = ("everywhere", "service", "route", "consumer")


def config(authentication: Plugin, scope: str, plugin: Plugin) -> GatewayConfig:
    on = {each: [plugin] if each == scope else [] for each in SCOPES}
    route = Route(name="orders", path="/api/orders", hosts=["shop.example.com"], plugins=[authentication, *on["route"]])
    service = KongService(name="shop", upstream=UPSTREAM, routes=[route], plugins=on["service"])
    known: dict[str, Any] = {"issuers": [ISSUER]}
    if isinstance(authentication, KeyAuth):
        known = {"api_keys": [SecretRef(name="kong-config")["reports"]]}
    caller = Consumer(username="user", plugins=on["consumer"], **known)
    return GatewayConfig(services=[service], consumers=[caller], plugins=on["everywhere"])


def cache(**settings: Any) -> CustomPlugin:
    return CustomPlugin(plugin="proxy-cache", settings={"strategy": "memory", **settings})


def limit(**settings: Any) -> CustomPlugin:
    return CustomPlugin(plugin="response-ratelimiting", settings={"limits": {"calls": {"minute": 9}}, **settings})


@pytest.mark.parametrize("scope", SCOPES)
def test_rejects_a_cache_that_gives_one_user_the_response_for_another(scope: str) -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"vary_headers of proxy-cache on orders must contain authorization, .* remove the cache",
    ):
        config(Jwt(), scope, cache(vary_headers=["accept"]))
    assert config(Jwt(), scope, cache(vary_headers=["Authorization"])).routes
    assert config(KeyAuth(), scope, cache()).routes


def test_rejects_a_cache_that_varies_by_only_one_place_of_the_token() -> None:
    authentication = Jwt(header_names=["authorization", "x-token"], cookie_names=["session"])

    with pytest.raises(ConfigurationError, match="must contain cookie, x-token, which carries the token"):
        config(authentication, "route", cache(vary_headers=["authorization"]))
    assert config(authentication, "route", cache(vary_headers=["authorization", "cookie", "x-token"])).routes


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("settings", [{}, {"limit_by": "consumer"}, {"limit_by": "credential"}], ids=str)
def test_rejects_a_response_limit_that_one_user_exhausts_for_all(scope: str, settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=r"limit_by of response-ratelimiting on .* must be 'ip'"):
        config(Jwt(), scope, limit(**settings))
    assert config(Jwt(), scope, limit(limit_by="ip")).routes
    assert config(KeyAuth(), scope, limit(**settings)).routes


def test_accepts_a_disabled_cache() -> None:
    off = CustomPlugin(plugin="proxy-cache", settings={"strategy": "memory"}, enabled=False)

    assert config(Jwt(), "route", off).routes
    assert config(Jwt(), "consumer", off).routes
