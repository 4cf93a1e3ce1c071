import re
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import product
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.analysis.finding import require_no_findings
from kubestock.gateway.kong.analysis.routing import conflicts
from kubestock.gateway.kong.config.routes import Route

HOSTS = ("a.example.com", "b.example.com")
PATHS = ("/", "/api", "/api/orders", "/api/ordersfoo", "/api/orders/1", "/shop/orders", "/shop/orders/1")
PATTERNS = ("/api/{name}", "/{part}/orders", "/{part}/{name}/1")
NAMED = (*HOSTS, "*.example.com")
METHODS = ("GET", "POST")
VALUES = {"X-A": ("one", "two"), "X_B": ("one",)}
SENT = [dict(zip(VALUES, values, strict=True)) for values in product(("ONE", "two", None), ("One", None))]


class Described(NamedTuple):
    paths: tuple[str, ...]
    hosts: list[str]
    methods: list[str] | None
    headers: dict[str, list[str]] | None
    exact: bool


descriptions = st.lists(
    st.builds(
        Described,
        paths=st.sampled_from([*((each,) for each in (*PATHS, *PATTERNS)), ("/api/orders", "/api/ordersfoo")]),
        hosts=st.lists(st.sampled_from(NAMED), min_size=1, unique=True),
        methods=st.none() | st.lists(st.sampled_from(METHODS), min_size=1, unique=True),
        headers=st.none()
        | st.fixed_dictionaries({"X-A": st.lists(st.sampled_from(VALUES["X-A"]), min_size=1, unique=True)})
        | st.just({"X_B": ["one"]})
        | st.just({"X-A": ["one"], "x-b": ["ONE"]}),
        exact=st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


def route(name: str, path: str, methods: list[str] | None = None) -> Route:
    return Route(name=name, path=path, hosts=[HOSTS[0]], methods=methods)


def matching(
    routes: list[Route], host: str, path: str, method: str, sent: dict[str, str | None]
) -> list[tuple[int, Route]]:
    """Return Kong's choice according to the rendered route: its router sorts by one number of 64 bits."""
    found = []
    for kong, text, each in rendered(routes):
        headers = kong.get("headers", {})
        fits = re.match(text[1:].replace("?<", "?P<"), path) if text.startswith("~") else path.startswith(text)
        named = any(fnmatch(host, each) for each in kong["hosts"])
        if fits and named and method in kong.get("methods", METHODS) and carries(headers, sent):
            kinds = 2 + ("methods" in kong) + bool(headers)
            regex = text.startswith("~")
            low = kong["regex_priority"] << 19 if regex else len(text)
            whole = not any("*" in each for each in kong["hosts"])
            found.append((kinds << 61 | whole << 60 | len(headers) << 52 | regex << 51 | low, each))
    return sorted(found, key=lambda pair: pair[0], reverse=True)


def rendered(routes: list[Route]) -> Iterator[tuple[dict[str, Any], str, Route]]:
    """Yield each route with each of its paths, as in the file and as a route."""
    for route in routes:
        kong = route.to_kong()
        yield from ((kong, text, each) for text, each in zip(kong["paths"], route.split_by_path, strict=True))


def carries(wanted: dict[str, list[str]], sent: dict[str, str | None]) -> bool:
    """Whether a request has each header with one of the values. Case is ignored, and `_` equals `-`."""
    has = {name.upper().replace("_", "-"): value for name, value in sent.items() if value is not None}
    return all(
        has.get(name.upper().replace("_", "-"), "").upper() in [value.upper() for value in values]
        for name, values in wanted.items()
    )


def covered(each: Route) -> set[str]:
    """Return which of the paths in this test the route matches."""
    written = re.sub(r"\{\w+\}", "[^/]+", each.path.rstrip("/"))
    return {path for path in PATHS if re.fullmatch(written + ("/?" if each.exact else "(/.*)?"), path)}


def narrower(other: Route, winner: Route, host: str) -> bool:
    """Whether Kong should have chosen the other route."""
    if other.has_wildcard != winner.has_wildcard:
        return winner.has_wildcard and host not in winner.hosts
    return covered(other) < covered(winner)


@given(descriptions)
@settings(max_examples=300)
def test_accepted_routes_send_each_request_to_the_one_narrowest_route(described: list[Described]) -> None:
    routes = [
        Route(
            name=f"route-{number}",
            path=each.paths[0],
            other_paths=each.paths[1:],
            hosts=each.hosts,
            methods=each.methods,
            headers=each.headers,
            exact=each.exact,
            strip_path=False,
        )
        for number, each in enumerate(described)
    ]
    answers = [(request[0], matching(routes, *request)) for request in product(HOSTS, PATHS, METHODS, SENT)]
    unclear = any(
        len(found) > 1 and (found[0][0] == found[1][0] or any(narrower(each, found[0][1], host) for _, each in found))
        for host, found in answers
    )
    try:
        require_no_findings(conflicts(routes))
    except ConfigurationError:
        refused = True
    else:
        refused = False

    assert not unclear or refused


def test_rejects_two_routes_that_kong_cannot_distinguish() -> None:
    with pytest.raises(ConfigurationError, match="could not distinguish them"):
        require_no_findings(conflicts([route("one", "/api"), route("two", "/api")]))


def test_rejects_a_route_whose_requests_go_to_a_wider_route() -> None:
    with pytest.raises(ConfigurationError, match=r"route public .* narrower route orders"):
        require_no_findings(conflicts([route("public", "/api", methods=["GET"]), route("orders", "/api/orders")]))


def test_accepts_a_deeper_path_and_a_path_with_a_longer_segment() -> None:
    require_no_findings(
        conflicts([route("all", "/"), route("orders", "/api/orders"), route("other", "/api/ordersfoo")])
    )


def test_rejects_a_prefix_route_that_receives_the_requests_of_an_exact_route() -> None:
    exact = Route(name="exact", path="/api", exact=True, hosts=[HOSTS[0]])

    require_no_findings(conflicts([exact, route("below", "/api")]))
    with pytest.raises(ConfigurationError, match=r"route below .* narrower route exact"):
        require_no_findings(conflicts([exact, route("below", "/api", ["GET"])]))


def test_accepts_routes_for_different_values_of_a_header() -> None:
    web, app = (
        Route(name=each, path="/api", hosts=[HOSTS[0]], headers={"X-Channel": [each]}) for each in ("web", "app")
    )

    require_no_findings(conflicts([web, app]))


def test_rejects_routes_whose_headers_differ_only_in_case() -> None:
    one, other = (
        Route(name=name, path="/api", hosts=[HOSTS[0]], headers=headers)
        for name, headers in (("one", {"X-A": ["web"]}), ("other", {"x_a": ["WEB"]}))
    )

    with pytest.raises(ConfigurationError, match="could not distinguish them"):
        require_no_findings(conflicts([one, other]))
