import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubestock.errors import ConfigurationError
from kubestock.gateway.conflicts import refuse_conflicts
from kubestock.gateway.routes import Route

HOSTS = ("a.example.com", "b.example.com")
PATHS = ("/", "/api", "/api/orders", "/api/ordersfoo", "/api/orders/1")
METHODS = ("GET", "POST")

descriptions = st.lists(
    st.tuples(
        st.sampled_from(PATHS),
        st.lists(st.sampled_from(HOSTS), min_size=1, unique=True),
        st.none() | st.lists(st.sampled_from(METHODS), min_size=1, unique=True),
    ),
    min_size=1,
    max_size=5,
)


def route(name: str, path: str, hosts: list[str] | None = None, methods: list[str] | None = None) -> Route:
    return Route(name=name, path=path, hosts=hosts or [HOSTS[0]], methods=methods)


def matching(routes: list[Route], host: str, path: str, method: str) -> list[tuple[tuple[int, int, int], Route]]:
    """Kong's choice, read off what is rendered: rule kinds first, then regular expressions, then priority."""
    found = []
    for each in routes:
        kong = each.to_kong()
        text = kong["paths"][0]
        fits = re.match(text[1:], path) if text.startswith("~") else path.startswith(text)
        if fits and host in kong["hosts"] and method in kong.get("methods", METHODS):
            found.append(((2 + ("methods" in kong), int(text.startswith("~")), kong["regex_priority"]), each))
    return sorted(found, key=lambda pair: pair[0], reverse=True)


@given(descriptions)
def test_accepted_routes_send_each_request_to_the_one_narrowest_route(
    described: list[tuple[str, list[str], list[str] | None]],
) -> None:
    routes = [route(f"route-{number}", *each) for number, each in enumerate(described)]
    answers = [matching(routes, *request) for request in product(HOSTS, PATHS, METHODS)]
    unclear = any(
        len(found) > 1
        and (found[0][0] == found[1][0] or len(found[0][1].path) < max(len(each.path) for _, each in found))
        for found in answers
    )
    try:
        refuse_conflicts(routes)
    except ConfigurationError:
        refused = True
    else:
        refused = False

    assert not unclear or refused


def test_refuses_two_routes_that_kong_could_not_tell_apart() -> None:
    with pytest.raises(ConfigurationError, match="could not tell them apart"):
        refuse_conflicts([route("one", "/api"), route("two", "/api")])


def test_refuses_a_path_that_a_wider_route_shadows() -> None:
    with pytest.raises(ConfigurationError, match=r"route public .* narrower orders"):
        refuse_conflicts([route("public", "/api", methods=["GET"]), route("orders", "/api/orders")])


def test_accepts_a_deeper_path_and_a_longer_word() -> None:
    refuse_conflicts([route("all", "/"), route("orders", "/api/orders"), route("other", "/api/ordersfoo")])
