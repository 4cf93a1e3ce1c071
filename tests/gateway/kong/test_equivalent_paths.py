"""Paths that Kong distinguishes and some programs do not are treated as equal."""

import re

import pytest
from kong_bypass_routes import ADMINS, PEOPLE, SHOP, configuration, protected, route, service

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.file import GatewayConfig
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.plugins.authentication import Acl, Jwt
from kubestock.gateway.kong.plugins.request_transformation import RequestReplacements, RequestTransformer


def fixed(name: str, uri: str) -> Route:
    return route(name, "/open", RequestTransformer(replace=RequestReplacements(uri=uri)))


def admin(path: str, *, exact: bool = False) -> Route:
    return route("admin", path, Jwt(), Acl(allow=["admins"]), keep=True, exact=exact)


@pytest.mark.parametrize(
    ("inner", "outer", "what"),
    [
        (
            protected("/api", keep=True),
            route("public", "/API", keep=True),
            "/api and all paths below it of the pods, which route protected (/api) protects (pods that ignore case",
        ),
        (
            admin("/api/admin", exact=True),
            route("public", "/api/Admin", keep=True, exact=True),
            "/api/admin of the pods, which route admin (/api/admin) protects (pods that ignore case",
        ),
        (protected("/api", keep=True), fixed("open", "/%61pi/x"), "/api/x"),
        (admin("/admin"), fixed("open", "/open/../admin"), "/admin"),
        (admin("/admin", exact=True), fixed("open", "/open/%2e%2e%2fAdmin;v=1/"), "/admin"),
    ],
    ids=["case", "case-of-an-exact-one", "an-escape", "dot-segments", "all-of-it"],
)
def test_rejects_a_public_route_to_a_path_that_a_program_may_treat_as_protected(
    inner: Route, outer: Route, what: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"must not allow anonymous access: it reaches {re.escape(what)}"):
        configuration(service("orders", inner, outer))


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        (admin("/api"), protected("/API", keep=True)),
        (admin("/API/admin"), protected("/api", keep=True)),
    ],
)
def test_rejects_a_route_for_other_clients_to_an_equivalent_path(inner: Route, outer: Route) -> None:
    with pytest.raises(ConfigurationError, match=r"must not allow clients that route admin .*pods that ignore case"):
        configuration(service("orders", inner, outer))


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        (protected("/api", keep=True), route("public", "/Apis", keep=True)),
        (protected("/api", keep=True), fixed("public", "/open/../health")),
        (protected("/api", keep=True), fixed("public", "/api/health")),
        (admin("/Admin"), protected("/api", keep=True)),
        (admin("/api/Admin"), protected("/api", keep=True)),
    ],
)
def test_accepts_a_different_path_or_an_explicit_part(inner: Route, outer: Route) -> None:
    assert configuration(service("orders", inner, outer)).routes


@pytest.mark.parametrize(("prefix", "path"), [("/api", "/API/orders"), ("/Api", "/api"), ("/", "/orders")])
def test_rejects_a_route_without_authentication_below_an_equivalent_prefix(prefix: str, path: str) -> None:
    opened = Route(name="open", path=path, hosts=[SHOP])

    with pytest.raises(ConfigurationError, match=r"route open \(.*\) must have Jwt, KeyAuth or another"):
        GatewayConfig(services=[service("orders", opened)], protected_prefixes=[prefix])


def test_accepts_a_route_without_authentication_next_to_a_protected_prefix() -> None:
    opened = Route(name="open", path="/apis", hosts=[SHOP])

    assert GatewayConfig(
        services=[service("orders", opened)], consumers=[PEOPLE, ADMINS], protected_prefixes=["/api"]
    ).routes
