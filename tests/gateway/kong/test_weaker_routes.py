"""Two routes that both require authentication, where one bypasses the other."""

from dataclasses import replace

import pytest
from kong_bypass_routes import SHOP, configuration, protected, route, service

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.plugins.authentication import Acl, Jwt, KeyAuth


def admin(path: str = "/api/admin", methods: list[str] | None = None, *, keep: bool = False) -> Route:
    return route("admin", path, Jwt(), Acl(allow=["admins"]), methods=methods, keep=keep)


@pytest.mark.parametrize(
    ("inner", "outer", "what"),
    [
        (admin(methods=["GET"]), protected("/api"), "sends methods other than GET for /api/admin to the same pods"),
        (admin(methods=["GET"], keep=True), protected("/api", ["GET", "PUT"], keep=True), "sends PUT for /api/admin"),
        (admin(), protected("/api"), "reaches all paths of the same pods"),
        (admin("/api"), protected("/api/orders"), "reaches all paths of the same pods"),
        (admin(keep=True), protected("/api/admin", headers={"X": ["1"]}, keep=True), "sends requests with X for"),
        (
            admin(keep=True),
            route("machines", "/api", KeyAuth(), Acl(allow=["machines"])),
            "reaches all paths of the same pods",
        ),
    ],
)
def test_rejects_a_route_for_other_clients_if_one_path_covers_the_other(inner: Route, outer: Route, what: str) -> None:
    with pytest.raises(ConfigurationError, match=f"must not allow clients that route admin.*{what}"):
        configuration(service("orders", inner, outer))


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        (admin(keep=True), protected("/api", keep=True)),
        (admin("/api", keep=True), protected("/api/orders", keep=True)),
        (admin(), protected("/people")),
        (admin(methods=["DELETE"]), protected("/api/admin", ["GET"])),
        (admin(), route("more", "/api", Jwt(), Acl(allow=["admins"]))),
    ],
)
def test_accepts_a_route_for_other_clients_to_other_paths_or_by_a_separate_path(inner: Route, outer: Route) -> None:
    assert configuration(service("orders", inner, outer)).routes


ELSEWHERE = "admin.example.com"


@pytest.mark.parametrize(
    ("inner", "outer", "what"),
    [
        (
            admin(keep=True),
            protected("/api", keep=True),
            "/api and all paths below it of the same pods .on shop.example.com, which",
        ),
        (admin(keep=True), protected("/api/admin", keep=True), "/api/admin and all paths below it"),
        (admin(), protected("/api"), "all paths of the same pods .strip_path removes the path of a route"),
        (admin("/api"), protected("/api/orders"), "all paths of the same pods .strip_path removes"),
        (
            admin(methods=["GET"], keep=True),
            protected("/", ["GET"], keep=True),
            "all paths of the same pods .on shop.example.com",
        ),
    ],
)
def test_rejects_a_route_on_another_host_for_other_clients(inner: Route, outer: Route, what: str) -> None:
    with pytest.raises(ConfigurationError, match=f"must not allow clients that route admin.*reaches {what}"):
        configuration(service("orders", replace(inner, hosts=[ELSEWHERE]), outer))


def test_accepts_a_wider_route_on_more_hosts_only_if_the_narrower_one_has_them_too() -> None:
    inner, outer = admin(keep=True), replace(protected("/api", keep=True), hosts=[SHOP, ELSEWHERE])

    with pytest.raises(
        ConfigurationError, match=r"\(on admin.example.com, .* add admin.example.com to the hosts of admin"
    ):
        configuration(service("orders", inner, outer))
    assert configuration(service("orders", replace(inner, hosts=outer.hosts), outer)).routes


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        (admin("/admin", keep=True), protected("/api", keep=True)),
        (admin("/admin"), protected("/people")),
        (admin("/api", keep=True), protected("/api/orders", keep=True)),
        (admin(), route("more", "/api", Jwt(), Acl(allow=["admins"]))),
        (admin(methods=["DELETE"], keep=True), protected("/api", ["GET"], keep=True)),
    ],
)
def test_accepts_a_route_on_another_host_by_a_separate_path_or_to_a_part(inner: Route, outer: Route) -> None:
    assert configuration(service("orders", replace(inner, hosts=[ELSEWHERE]), outer)).routes
