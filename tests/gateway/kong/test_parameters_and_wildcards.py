"""Paths with parameters and hosts with wildcards are checked and compared."""

from collections.abc import Sequence
from typing import Any

import cdk8s
import pytest
import yaml
from kong_bypass_routes import PEOPLE, configuration, protected, service
from kong_bypass_routes import route as bypass_route
from kong_gateways import backend, gateway

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.analysis.finding import require_no_findings
from kubestock.gateway.kong.analysis.foreign import findings_of_file
from kubestock.gateway.kong.analysis.foreign.paths import read
from kubestock.gateway.kong.analysis.routing import conflicts
from kubestock.gateway.kong.backends import RouteOptions
from kubestock.gateway.kong.config.file import Configuration, GatewayConfig
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.plugins.authentication import Acl, Jwt
from kubestock.gateway.kong.plugins.cross_origin import Cors
from kubestock.gateway.kong.plugins.request_transformation import RequestReplacements, RequestTransformer

HOST, WILD = "shop.example.com", "*.shop.example.com"
BELOW = "eu.shop.example.com"
CORS = Cors(origins=[f"https://{HOST}"])


def route(name: str = "orders", path: str = "/orders", *, hosts: Sequence[str] = (HOST,), **fields: Any) -> Route:
    return Route(**{"name": name, "path": path, "hosts": hosts, "strip_path": False, **fields})


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/orders/{}", "a parameter in path must be a whole segment, and its name must be at most 32"),
        ("/orders/{id}s", "a parameter in path must be a whole segment"),
        ("/orders/x{id}", "a parameter in path must be a whole segment"),
        ("/orders/{Id}", "a parameter in path must be a whole segment"),
        ("/orders/{id", "a parameter in path must be a whole segment"),
        ("/orders/{a/b}", "a parameter in path must be a whole segment"),
        ("/orders/{7}", "a parameter in path must be a whole segment"),
        (f"/orders/{{{'a' * 33}}}", "a parameter in path must be a whole segment"),
        ("/orders/{id}/items/{id}", "each parameter in path .* must be unique, got 'id' more than once"),
        ("/orders/{id}/", "must begin with '/', not end with '/'"),
        ("/orders/../{id}", "because Kong normalizes a request"),
        ("/a" * 41, "must have at most 40 segments, because Kong cannot compare more, got 41"),
    ],
)
def test_rejects_an_invalid_parameter(path: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        route(path=path)


def test_rejects_stripping_a_path_with_parameters(chart: cdk8s.Chart) -> None:
    made, orders = gateway(chart), backend(chart)

    with pytest.raises(
        ConfigurationError, match=r"strip_path of route .* must be False, because the path /o/\{id\}/i has"
    ):
        made.route("/o/{id}/i", to=orders)
    made.route("/o/{id}/i", to=orders, options=RouteOptions(strip_path=False))
    rewritten = RequestTransformer(replace=RequestReplacements(uri='/i/$(uri_captures["id"])'))
    made.route("/p/{id}/i", to=orders, plugins=[rewritten])

    assert [each.name for each in made.routes] == ["orders.o-id-i", "orders.p-id-i"]


def test_rejects_paths_of_one_route_with_different_ranks() -> None:
    with pytest.raises(ConfigurationError, match="must have the same number of segments and of parameters"):
        route(path="/orders/{id}", other_paths=["/orders/new"])
    with pytest.raises(ConfigurationError, match="each of paths must be unique"):
        route(path="/orders/{id}", other_paths=["/orders/{order}"])

    assert len(route(path="/orders/{id}", other_paths=["/order/{id}"]).to_kong()["paths"]) == 2


@pytest.mark.parametrize(
    ("host", "message"),
    [
        ("Shop.example.com", "must be in lower case, .* got 'Shop.example.com'; write 'shop.example.com'"),
        ("*.COM.example", r"write '\*\.com\.example'"),
        ("*", "must be a full host name, with an optional '\\*\\.' in front"),
        ("*.com", "must be a full host name such as"),
        ("shop.*", "must be a full host name, with an optional"),
        ("*.*.example.com", "must be a full host name, with an optional"),
        ("a.*.example.com", "must be a full host name, with an optional"),
        ("*shop.example.com", "must be a full host name, with an optional"),
        ("*.0.0.1", "must be a host name and not an IP address"),
    ],
)
def test_rejects_invalid_wildcard_hosts(host: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        route(hosts=[host])


ACCEPTED = [
    ("a-written-segment", route("one", "/orders/{id}"), route("other", "/orders/new")),
    ("below-a-parameter", route("one", "/orders/{id}"), route("other", "/orders/new/items")),
    ("exact", route("one", "/orders/{id}"), route("other", "/orders/{order}", exact=True)),
    ("deeper", route("one", "/{a}/b"), route("other", "/a/{b}/c")),
    ("apart", route("one", "/orders/{id}/items"), route("other", "/orders/{id}/notes")),
    ("methods", route("one", "/orders/{id}", methods=["GET"]), route("other", "/orders/{order}", methods=["PUT"])),
    ("whole-host-first", route("one", "/", hosts=[BELOW]), route("other", "/orders", hosts=[WILD])),
    ("not-below", route("one", "/orders", hosts=[HOST]), route("other", "/orders", hosts=[WILD], methods=["GET"])),
    ("deeper-wildcard", route("one", "/", hosts=[WILD]), route("other", "/orders", hosts=["*.example.com"])),
]
REFUSED = [
    ("names", route("one", "/orders/{id}"), route("other", "/orders/{order}"), "could not distinguish them"),
    (
        "crossed",
        route("one", "/{a}/b"),
        route("other", "/a/{b}"),
        "to /.* and /.*, because Kong could not",
    ),
    (
        "methods-first",
        route("one", "/orders/{id}", methods=["GET"]),
        route("other", "/orders/new"),
        r"route one .* must not receive requests for the narrower route other .* restricts methods",
    ),
    (
        "crossed-methods",
        route("one", "/{a}/b", methods=["GET"]),
        route("other", "/a/{b}/c"),
        r"route one .* must not receive requests for the narrower route other",
    ),
    (
        "wildcard-first",
        route("one", "/", hosts=[BELOW]),
        route("other", "/orders", hosts=[WILD], methods=["GET"]),
        r"route other \(/orders\) must not receive requests for the narrower route one .* also restricts methods",
    ),
    (
        "whole-first",
        route("one", "/", hosts=[BELOW]),
        route("other", "/orders", hosts=[WILD, BELOW]),
        r"route one \(/\) must not receive .* because it has no wildcard host; move the wildcard host",
    ),
    (
        "two-wildcards",
        route("one", hosts=[WILD]),
        route("other", hosts=["*.example.com"]),
        "could not distinguish them",
    ),
]


@pytest.mark.parametrize(("one", "other"), [each[1:] for each in ACCEPTED], ids=[each[0] for each in ACCEPTED])
def test_accepts_routes_if_kong_prefers_the_narrower_one(one: Route, other: Route) -> None:
    require_no_findings(conflicts([one, other]))
    require_no_findings(conflicts([other, one]))


@pytest.mark.parametrize(("one", "other", "message"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED])
def test_rejects_routes_if_kong_prefers_the_wider_one_or_neither(one: Route, other: Route, message: str) -> None:
    for routes in ([one, other], [other, one]):
        with pytest.raises(ConfigurationError, match=message):
            require_no_findings(conflicts(routes))


@pytest.mark.parametrize(
    ("path", "public", "what"),
    [
        ("/orders/{id}/items", "/{any}/7/items", r"it reaches /\{…\}/7/items and all paths below it"),
        ("/orders/new", "/orders/{id}", r"it reaches /orders/\{…\}"),
    ],
)
def test_rejects_a_public_path_that_overlaps_a_protected_one(path: str, public: str, what: str) -> None:
    with pytest.raises(ConfigurationError, match=what):
        configuration(service("orders", protected(path, keep=True), bypass_route("public", public, keep=True)))


def test_accepts_a_public_part_of_a_protected_path() -> None:
    photo = bypass_route("public", "/orders/{id}/photo", keep=True, exact=True)

    assert configuration(service("orders", protected("/orders", keep=True), photo)).routes


def admins(*hosts: str) -> Route:
    return route("admin", "/api/admin", hosts=hosts, plugins=[Jwt(), Acl(allow=["admins"])])


def people(*hosts: str) -> Route:
    return route("people", "/api", hosts=hosts, plugins=[Jwt(), Acl(allow=["people"])])


def test_rejects_a_full_host_by_which_clients_bypass_a_wildcard() -> None:
    with pytest.raises(ConfigurationError, match=rf"route people .* \(on {BELOW}, which admin does not serve\)"):
        configuration(service("orders", admins(WILD), people(BELOW)))

    assert configuration(service("orders", admins(WILD), people(WILD))).routes
    assert configuration(service("orders", admins(BELOW), people(BELOW))).routes


def test_rejects_a_path_without_authentication_that_overlaps_a_protected_prefix() -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"route open \(/\{tenant\}/orders\) must have Jwt, KeyAuth or another",
    ):
        GatewayConfig(services=[service("orders", route("open", "/{tenant}/orders"))], protected_prefixes=["/api"])


def test_a_wildcard_route_answers_preflights_for_its_hosts(chart: cdk8s.Chart) -> None:
    made, orders = gateway(chart, CORS), backend(chart)
    keep = RouteOptions(strip_path=False)
    made.route("/orders/{id}", to=orders, methods=["GET"], hosts=[WILD], options=keep, name="get")
    made.route("/orders/{order}", to=orders, methods=["PUT"], hosts=[f"eu.{WILD[2:]}"], options=keep, name="put")

    assert {each.name: each.methods for each in made.routes} == {"get": ("GET", "OPTIONS"), "put": ("PUT",)}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (route(path="/orders/{id}/items").to_kong()["paths"][0], "/orders/{}/items"),
        (route(path="/orders/{id}", exact=True).to_kong()["paths"][0], "/orders/{}"),
        ("~/orders/(?<id>[^/]+)/items(/|$)", "/orders/{}/items"),
        ("~/orders/(?P<id>[^/]+)$", "/orders/{}"),
        ("~/orders/[^/]+/items", "/orders/{}/items"),
        ("~/([^/]+)/(?:[^/]+)$", "/{}/{}"),
    ],
)
def test_parameters_in_another_file_are_read(text: str, path: str) -> None:
    found = read(text)

    assert (found.path, found.exact, found.approximate) == (path, text.endswith("$"), False)


def test_a_file_with_a_too_high_priority_has_a_finding() -> None:
    far = {"name": "far", "paths": ["~/a$"], "hosts": ["a.example.com"], "protocols": ["https"], "regex_priority": 4096}
    document = {"_format_version": "3.0", "services": [{"name": "a", "url": "http://a.shop.svc", "routes": [far]}]}

    assert [each.id for each in findings_of_file(document)] == ["route-priority"]
    far["regex_priority"] = 4095
    assert findings_of_file(document) == []


def test_findings_of_an_emitted_file_with_parameters_are_those_of_its_configuration() -> None:
    crossed = service("orders", protected("/orders/{id}", keep=True), route("open", "/{any}/7", hosts=[WILD, HOST]))
    made = Configuration(services=[crossed], consumers=[PEOPLE])
    native = {(each.id, each.routes) for each in made.findings()}

    assert ("route-bypass", ("open", "protected")) in native
    assert {(each.id, each.routes) for each in findings_of_file(yaml.safe_load(made.render()))} == native
