"""Two routes that both ask who calls: which of them is a way around the other."""

import pytest
from kong_doors import protected, route, service, together

from kubestock.errors import ConfigurationError
from kubestock.gateway.plugins.authentication import Acl, Jwt, KeyAuth
from kubestock.gateway.routes import Route


def admin(path: str = "/api/admin", methods: list[str] | None = None, *, keep: bool = False) -> Route:
    return route("admin", path, Jwt(), Acl(allow=["admins"]), methods=methods, keep=keep)


@pytest.mark.parametrize(
    ("inner", "outer", "what"),
    [
        (admin(methods=["GET"]), protected("/api"), "leads methods other than GET for /api/admin to the same pods"),
        (admin(methods=["GET"], keep=True), protected("/api", ["GET", "PUT"], keep=True), "leads PUT for /api/admin"),
        (admin(), protected("/api"), "can ask the same pods for everything"),
        (admin("/api"), protected("/api/orders"), "can ask the same pods for everything"),
        (admin(keep=True), protected("/api/admin", headers={"X": ["1"]}, keep=True), "leads requests with X for"),
        (
            admin(keep=True),
            route("machines", "/api", KeyAuth(), Acl(allow=["machines"])),
            "can ask the same pods for everything",
        ),
    ],
)
def test_refuses_a_route_that_lets_other_callers_in_where_one_path_holds_the_other(
    inner: Route, outer: Route, what: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"lets in callers that route admin.*{what}"):
        together(service("orders", inner, outer))


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
def test_accepts_other_callers_where_the_pods_are_asked_for_other_things_or_by_a_door_of_its_own(
    inner: Route, outer: Route
) -> None:
    assert together(service("orders", inner, outer)).routes
