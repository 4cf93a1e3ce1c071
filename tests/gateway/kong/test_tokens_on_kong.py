"""Tokens on a real Kong: what Kong verifies, and what Lua checks after the signature."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from programs.issuer import Issuer
from programs.kong_echo import EchoingKong, echoing, needs_kong, route

from kubestock.gateway.kong.config.consumers import Consumer, JwtIssuer
from kubestock.gateway.kong.plugins.authentication import Jwt
from kubestock.gateway.kong.plugins.functions import PostFunction

NAME = "https://id.example.com"
OLD, NEW = Issuer(NAME), Issuer(NAME)
AUDIENCES = ["shop", "admin"]
LUA = PostFunction(access=["kong.service.request.set_header('X-Own', 'ran')"])

pytestmark = needs_kong


@pytest.fixture(scope="module")
def kong(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EchoingKong]:
    routes = [
        route("/any", Jwt()),
        route("/shop", Jwt(audiences=AUDIENCES)),
        route("/lua", Jwt(audiences=AUDIENCES), LUA),
        route("/demanded", Jwt(claims_to_verify=["exp", "nbf"])),
        route("/open"),
    ]
    people = Consumer(username="people", issuers=[JwtIssuer(key=NAME, rsa_public_key=OLD.public)])
    with echoing(tmp_path_factory.mktemp("kong"), routes, consumers=[people]) as running:
        yield running


@pytest.fixture(scope="module")
def rotating(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EchoingKong]:
    keys = [JwtIssuer(key=NAME, kid=kid, rsa_public_key=each.public) for kid, each in (("old", OLD), ("new", NEW))]
    people = Consumer(username="people", issuers=keys)
    with echoing(
        tmp_path_factory.mktemp("kong"), [route("/", Jwt(key_claim_name="kid"))], consumers=[people]
    ) as running:
        yield running


def status(kong: EchoingKong, path: str, claims: Mapping[str, Any], issuer: Issuer = OLD, **header: str) -> int:
    token = issuer.signed({"exp": int(time.time()) + 600, **claims}, **header)
    return kong.send("GET", path, headers={"Authorization": f"Bearer {token}"}).status


@pytest.mark.parametrize(
    ("claims", "wanted"),
    [
        ({}, 200),
        ({"nbf": 1}, 200),
        ({"nbf": int(time.time()) + 30}, 200),
        ({"nbf": int(time.time()) + 600}, 401),
        ({"nbf": "tomorrow"}, 401),
        ({"exp": int(time.time()) + 23 * 3600}, 200),
        ({"exp": int(time.time()) + 25 * 3600}, 401),
        ({"exp": int(time.time()) + 100 * 365 * 86400}, 401),
        ({"exp": 1}, 401),
        ({"iss": "https://evil.example.com"}, 401),
    ],
)
def test_a_token_must_be_valid_now_and_for_at_most_one_day(kong: EchoingKong, claims: Any, wanted: int) -> None:
    assert status(kong, "/any", {"iss": NAME, **claims}) == wanted


@pytest.mark.parametrize(
    ("audience", "wanted"),
    [
        ("shop", 200),
        (["x", "admin"], 200),
        ("bank", 401),
        (["x"], 401),
        ([], 401),
        (None, 401),
        ({"shop": True}, 401),
        (7, 401),
    ],
)
@pytest.mark.parametrize("path", ["/shop", "/lua"])
def test_a_token_must_have_an_audience_of_the_route(kong: EchoingKong, path: str, audience: Any, wanted: int) -> None:
    assert status(kong, path, {"iss": NAME, "aud": audience}) == wanted


def test_the_response_to_a_forged_token_does_not_mention_the_audience(kong: EchoingKong) -> None:
    forged = NEW.signed({"iss": NAME, "aud": "bank", "exp": int(time.time()) + 600})
    response = kong.send("GET", "/shop", headers={"Authorization": f"Bearer {forged}"})

    assert (response.status, "audience" in response.text) == (401, False)


def test_other_lua_runs_after_the_token_check(kong: EchoingKong) -> None:
    token = OLD.signed({"iss": NAME, "aud": "shop", "exp": int(time.time()) + 600})

    assert kong.send("GET", "/lua", headers={"Authorization": f"Bearer {token}"}).seen("X-Own") == ["ran"]
    assert kong.send("OPTIONS", "/lua").seen("X-Own") == ["ran"]


def test_routes_without_jwt_are_not_affected(kong: EchoingKong) -> None:
    assert status(kong, "/open", {"aud": "bank", "nbf": 2**40}) == 200
    assert status(kong, "/demanded", {"iss": NAME}) == 401


@pytest.mark.parametrize(
    ("issuer", "kid", "name", "wanted"),
    [
        (OLD, "old", NAME, 200),
        (NEW, "new", NAME, 200),
        (OLD, "new", NAME, 401),
        (NEW, "gone", NAME, 401),
        (NEW, "new", "https://other.example.com", 401),
        (NEW, "new", None, 401),
    ],
)
def test_two_keys_of_one_issuer_are_valid_at_the_same_time(
    rotating: EchoingKong, issuer: Issuer, kid: str, name: str | None, wanted: int
) -> None:
    assert status(rotating, "/", {"iss": name}, issuer, kid=kid) == wanted


def test_a_token_without_a_kid_is_rejected(rotating: EchoingKong) -> None:
    assert status(rotating, "/", {"iss": NAME}) == 401
    assert replace(Jwt(), key_claim_name="kid").config()["key_claim_name"] == "kid"
