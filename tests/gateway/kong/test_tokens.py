"""Rules about tokens: keys that Kong does not find, and checks that come too late."""

from typing import Any

import pytest
from kong_bypass_routes import SHOP, service
from kong_full_configuration import PUBLIC_KEY

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.consumers import Consumer, JwtIssuer
from kubestock.gateway.kong.config.file import GatewayConfig
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.plugins.authentication import Jwt
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.custom import CustomPlugin
from kubestock.gateway.kong.plugins.functions import PostFunction

ISSUER = "https://id.example.com"
LAMBDA = CustomPlugin(plugin="aws-lambda", settings={"function_name": "f"}, connects_to=["lambda.example.com"])


def issuer(kid: str | None = None, key: str = ISSUER) -> JwtIssuer:
    return JwtIssuer(key=key, kid=kid, rsa_public_key=PUBLIC_KEY)


def config(*plugins: Plugin, issuers: list[JwtIssuer]) -> Any:
    orders = Route(name="orders", path="/api", hosts=[SHOP], methods=["GET"], plugins=plugins)
    people = Consumer(username="people", issuers=issuers, groups=["people"])
    return GatewayConfig(services=[service("orders", orders)], consumers=[people])


def test_two_keys_of_one_issuer_are_emitted_with_their_kid() -> None:
    made = config(Jwt(key_claim_name="kid"), issuers=[issuer("2024"), issuer("2025")])

    assert [each["key"] for each in made.consumers[0].to_kong()["jwt_secrets"]] == ["2024", "2025"]
    assert f'["2025"] = "{ISSUER}"' in made.render()


@pytest.mark.parametrize(
    "issuers", [[issuer(), issuer()], [issuer("2024"), issuer("2024", key="https://b.example.com")]]
)
def test_rejects_two_keys_that_kong_cannot_distinguish(issuers: list[JwtIssuer]) -> None:
    with pytest.raises(
        ConfigurationError, match=r"JWT issuer must be unique.*give each of its keys a kid=, and use Jwt"
    ):
        config(Jwt(key_claim_name="kid" if issuers[0].kid else "iss"), issuers=issuers)


@pytest.mark.parametrize(
    ("claim", "issuers", "message"),
    [
        ("iss", [issuer("2024")], "got 'iss', which does not find the key 2024 of .*; set key_claim_name='kid'"),
        (
            "kid",
            [issuer()],
            "got 'kid', which does not find https://id.example.com without a kid.*; give that issuer a kid=",
        ),
        ("iss", [issuer("2024"), issuer(key="https://b.example.com")], "does not find the key 2024"),
        (
            "kid",
            [issuer("2024"), issuer(key="https://b.example.com")],
            "does not find https://b.example.com without a kid",
        ),
    ],
)
def test_rejects_an_issuer_whose_tokens_are_never_accepted(claim: str, issuers: list[JwtIssuer], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        config(Jwt(key_claim_name=claim), issuers=issuers)


@pytest.mark.parametrize(("fields", "message"), [({"kid": ""}, "kid of https"), ({"key": ""}, "key of a JWT issuer")])
def test_rejects_an_empty_kid(fields: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        JwtIssuer(**{"key": ISSUER, "rsa_public_key": PUBLIC_KEY} | fields)


@pytest.mark.parametrize("audiences", [[""], ["shop", "shop"]])
def test_rejects_empty_or_duplicated_audiences(audiences: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="audiences"):
        Jwt(audiences=audiences)


def test_rejects_a_plugin_that_makes_a_call_before_the_audience_is_checked() -> None:
    with pytest.raises(
        ConfigurationError, match="aws-lambda of orders must not call another service before the audience of a token"
    ):
        config(Jwt(audiences=["shop"]), LAMBDA, issuers=[issuer()])

    assert config(Jwt(), LAMBDA, issuers=[issuer()])


def test_rejects_lua_with_protocols_because_it_limits_the_token_check() -> None:
    limited = PostFunction(access=["return"], protocols=["http"])

    with pytest.raises(ConfigurationError, match="protocols of post-function on orders must be left out"):
        config(Jwt(), limited, issuers=[issuer()])


def test_without_jwt_no_token_check_is_added() -> None:
    open_route = Route(name="orders", path="/api", hosts=[SHOP])

    assert "authenticated_jwt_token" not in GatewayConfig(services=[service("orders", open_route)]).render()
