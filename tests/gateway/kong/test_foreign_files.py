"""The rules read Kong files that this library did not write."""

import copy
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cdk8s
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from kong_bypass_routes import ADMINS, HEALTH, MACHINES, PEOPLE, service
from kong_full_configuration import full_configuration
from kong_gateways import CREDENTIALS, fullest
from support import find, pick, production

from kubestock.gateway.kong.analysis.foreign import findings_of_file, findings_of_manifest
from kubestock.gateway.kong.analysis.foreign.paths import KongPath, read
from kubestock.gateway.kong.config.file import Configuration
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.plugins.authentication import Acl, Jwt, KeyAuth

KEY = (Path(__file__).parents[3] / "examples" / "identity_provider.pub.pem").read_text()
PROTECTED: dict[str, Any] = {
    "_format_version": "3.0",
    "services": [
        {
            "name": "orders",
            "url": "http://orders.shop.svc:8080",
            "routes": [
                {
                    "name": "orders",
                    "hosts": ["shop.example.com"],
                    "paths": ["/api/orders"],
                    "protocols": ["https"],
                    "strip_path": False,
                    "plugins": [
                        {
                            "name": "jwt",
                            "config": {
                                "claims_to_verify": ["exp"],
                                "uri_param_names": [],
                                "run_on_preflight": False,
                            },
                        }
                    ],
                }
            ],
        }
    ],
    "consumers": [
        {
            "username": "people",
            "jwt_secrets": [{"key": "https://id.example.com", "algorithm": "RS256", "rsa_public_key": KEY}],
        }
    ],
}
Broken = Callable[[dict[str, Any]], None]


def errors(document: dict[str, Any]) -> list[str]:
    return [each.id for each in findings_of_file(document) if each.severity == "error"]


def filled(text: str) -> Any:
    vaulted = re.sub(r'\{\{ index \. "([^"]+)" \| toJson \}\}', r'"{vault://env/\1}"', text)
    return yaml.safe_load(vaulted.replace('{{ "{{" }}', "{{"))


def test_an_emitted_file_has_no_findings(chart: cdk8s.Chart) -> None:
    fullest(chart)
    sealed = pick(production(), "SealedSecret", "gateway-consumers")["spec"]["template"]["data"]["kong.yml"]
    ours = find(chart, "SealedSecret", CREDENTIALS)["spec"]["template"]["data"]["kong.yml"]

    assert [str(each) for each in findings_of_file(filled(sealed))] == []
    assert [str(each) for each in findings_of_file(filled(ours))] == []
    assert [str(each) for each in findings_of_file(filled(full_configuration().template()))] == []


def test_a_correct_file_has_no_findings() -> None:
    assert findings_of_file(PROTECTED) == []


def another_route(**fields: Any) -> Broken:
    def broken(document: dict[str, Any]) -> None:
        given = {"name": "other", "hosts": ["shop.example.com"], "paths": ["/open"], "protocols": ["https"]}
        document["services"][0]["routes"].append({**given, **fields})

    return broken


def plugin(name: str, config: dict[str, Any] | None = None, **fields: Any) -> Broken:
    def broken(document: dict[str, Any]) -> None:
        document.setdefault("plugins", []).append({"name": name, "config": config or {}, **fields})

    return broken


def jwt(**config: Any) -> Broken:
    def broken(document: dict[str, Any]) -> None:
        document["services"][0]["routes"][0]["plugins"][0]["config"].update(config)

    return broken


def without(kind: str) -> Broken:
    def broken(document: dict[str, Any]) -> None:
        del document[kind]

    return broken


def keys(document: dict[str, Any]) -> None:
    document["consumers"].append({"username": "reports", "keyauth_credentials": [{"key": "canary"}]})


def top_level(document: dict[str, Any]) -> None:
    (service,) = document["services"]
    document["routes"] = [{**each, "service": {"name": "orders"}} for each in service.pop("routes")]
    document["routes"].append(
        {"name": "other", "service": "orders", "hosts": ["shop.example.com"], "paths": ["/"], "protocols": ["https"]}
    )


@pytest.mark.parametrize(
    ("broken", "rules"),
    [
        (another_route(), ["route-bypass"]),
        (another_route(paths=["/api/orders"]), ["route-ambiguous", "route-bypass"]),
        (another_route(paths=[r"~/api/orders(/|$)"], strip_path=False), ["route-bypass"]),
        (another_route(hosts=None, paths=["/"]), ["route-bypass"]),
        (another_route(hosts=["*.example.com"], paths=["/"]), ["route-bypass"]),
        (top_level, ["route-bypass"]),
        (jwt(claims_to_verify=None), ["plugin-setting"]),
        (jwt(uri_param_names=["jwt"]), ["plugin-setting"]),
        (jwt(anonymous="guest"), ["plugin-setting"]),
        (jwt(header_names="authorization"), ["plugin-setting"]),
        (jwt(header_nams=["authorization"]), ["plugin-setting"]),
        (without("consumers"), ["consumer-missing"]),
        (keys, ["credential-in-plain-text"]),
        (plugin("rate-limiting", {"minute": 5}, service="orders"), ["limit-shared"]),
        (plugin("acl", {"allow": ["staff"]}, route="orders"), ["group-unknown"]),
        (plugin("file-log", {"path": "/dev/stdout"}), ["plugin-setting"]),
        (plugin("cors", {"origins": ["*"], "credentials": True}), ["plugin-setting"]),
        (plugin("loggly", {"key": "canary"}), ["plugin-setting"]),
        (plugin("cors", {"origins": ["https://a.example.com"]}, consumer="people"), ["plugin-scope"]),
        (plugin("rate-limiting", {"minute": 5, "policy": "redis", "redis": {"host": "r", "password": "canary"}}), None),
        (lambda document: document.update(services="orders"), ["file-malformed"]),
    ],
)
def test_finds_what_fails_open_in_another_file(broken: Broken, rules: list[str] | None) -> None:
    document = copy.deepcopy(PROTECTED)
    broken(document)
    found = findings_of_file(document)

    assert errors(document) == (rules or ["plugin-setting", "limit-shared"])
    assert "canary" not in "".join(map(str, found))
    assert errors(PROTECTED) == []


def test_an_uncertain_finding_is_a_warning() -> None:
    unknown = copy.deepcopy(PROTECTED)
    plugin("openid-connect")(unknown)
    guessed = copy.deepcopy(PROTECTED)
    another_route(paths=[r"~/open/(?<id>\d+)$"])(guessed)
    unencrypted = copy.deepcopy(PROTECTED)
    del unencrypted["services"][0]["routes"][0]["protocols"]

    assert [(each.id, each.severity) for each in findings_of_file(unknown)] == [("plugin-unknown", "warning")]
    assert [(each.id, each.severity) for each in findings_of_file(guessed)] == [("route-bypass", "warning")]
    assert [(each.id, each.severity) for each in findings_of_file(unencrypted)] == [
        ("credential-unencrypted", "warning")
    ]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/api/", KongPath("/api", exact=False, expression=False, approximate=False)),
        (r"~/api/v1\.0(/|$)", KongPath("/api/v1.0", exact=False, expression=True, approximate=False)),
        ("~/robots$", KongPath("/robots", exact=True, expression=True, approximate=False)),
        ("~^/api/.*", KongPath("/api", exact=False, expression=True, approximate=False)),
        (r"~/orders/(?<id>\d+)/items$", KongPath("/orders", exact=False, expression=True, approximate=True)),
        ("~/(a|b)", KongPath("/", exact=False, expression=True, approximate=True)),
        ("~/ab?c", KongPath("/", exact=False, expression=True, approximate=True)),
    ],
)
def test_a_path_is_read_up_to_the_first_unknown_part_of_its_expression(text: str, path: KongPath) -> None:
    assert read(text) == path


def test_reading_a_file_does_not_start_node() -> None:
    program = (
        "import kubestock.gateway.kong.analysis.foreign as it; it.findings_of_file({'plugins': [{'name': 'cors'}]})"
    )
    told = f"{program}\nimport sys; print('loaded:', *{{'cdk8s', 'constructs', 'jsii'}} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)

    assert ran.stdout == "loaded:\n"


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(each for key, item in inner for each in places(item, (*path, key)))]


EVERYTHING = filled(full_configuration().template())
JUNK = st.sampled_from(
    [None, 7, -1, 1.5, True, "", "x", "~(", "{vault://env/x}", [], [7], [None], ["~["], {}, {"x": 1}]
)


@given(st.sampled_from(places(EVERYTHING)[1:]), JUNK)
@settings(max_examples=300)
def test_a_file_of_any_shape_is_read_without_an_exception(path: tuple[Any, ...], junk: Any) -> None:
    document = copy.deepcopy(EVERYTHING)
    inside = document
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = junk

    assert all(str(each) for each in findings_of_file(document))


ROUTES = st.lists(
    st.builds(
        Route,
        name=st.just("x"),
        path=st.sampled_from(["/", "/api", "/api/orders", "/api/ordersfoo", "/api.v1", "/API"]),
        hosts=st.lists(st.sampled_from(["a.example.com", "b.example.com", "*.example.com"]), min_size=1, unique=True),
        methods=st.none() | st.lists(st.sampled_from(["GET", "POST"]), min_size=1, unique=True),
        headers=st.none() | st.just({"X-A": ["one"]}),
        exact=st.booleans(),
        strip_path=st.booleans(),
        plugins=st.sampled_from([(), (Jwt(),), (Jwt(), Acl(allow=["people"])), (KeyAuth(),), (HEALTH,)]),
    ),
    min_size=1,
    max_size=4,
)


@given(ROUTES)
@settings(max_examples=200)
def test_findings_of_an_emitted_file_are_those_of_its_configuration(routes: list[Route]) -> None:
    named = [replace(each, name=f"route-{number}") for number, each in enumerate(routes)]
    said = [replace(each, public=not any(plugin.authenticates for plugin in each.plugins)) for each in named]
    machines = replace(MACHINES, groups=["people"])
    made = Configuration(services=[service("orders", *said)], consumers=[PEOPLE, ADMINS, machines])
    native = {(each.id, each.routes, each.message) for each in made.findings()}
    foreign = {(each.id, each.routes, each.message) for each in findings_of_file(filled(made.template()))}

    assert foreign == native


def config_map(text: str) -> dict[str, Any]:
    return {"kind": "ConfigMap", "data": {"kong.yml": text, "README": "of _format_version and others"}}


def test_finds_kong_files_in_manifests(chart: cdk8s.Chart) -> None:
    fullest(chart)
    sealed = find(chart, "SealedSecret", CREDENTIALS)
    open_file = copy.deepcopy(PROTECTED)
    another_route()(open_file)
    found = findings_of_manifest(config_map(yaml.safe_dump(open_file)))

    assert findings_of_manifest(sealed) == {"kong.yml": []}
    assert {key: [each.id for each in found[key]] for key in found} == {"kong.yml": ["route-bypass"]}
    assert findings_of_manifest(find(chart, "Deployment", "edge")) == {}
    assert findings_of_manifest({"kind": "ConfigMap", "data": None}) == {}
    assert findings_of_manifest({"kind": "SealedSecret", "spec": []}) == {}


@pytest.mark.parametrize(
    "text", ["_format_version: [", "_format_version: '3.0'\n---\n{}\n", "[1,\n_format_version: 3]"]
)
def test_a_malformed_file_is_a_finding(text: str) -> None:
    (finding,) = findings_of_manifest(config_map(text))["kong.yml"]

    assert finding.id == "file-malformed"
    assert (finding.message.count("; "), finding.fix) == (0, "correct the file")
