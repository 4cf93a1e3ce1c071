"""Several bodies on one route, each with a schema for its method and path."""

from typing import Any

import pytest
from kong_lua import Lua, LuaResult

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.plugins.validation import JsonBodies, JsonBody

ANY = {"type": "object"}
JSON = {"Content-Type": "application/json"}


def named(name: str) -> dict[str, Any]:
    return {"type": "object", "required": [name], "properties": {name: {"type": "integer"}}}


BODIES = JsonBodies(
    bodies=[
        JsonBody(methods=["PUT"], path="/:id", schema=named("id")),
        JsonBody(methods=["PUT"], path="/stats", schema=named("stats")),
        JsonBody(methods=["POST"], path="/", schema=named("root")),
        JsonBody(methods=["PUT"], path="/:id/status", schema=named("status"), max_body=100),
        JsonBody(methods=["POST"], path="/:id/approve", schema=named("notes"), required=False),
        JsonBody(methods=["PATCH"], schema=named("every")),
    ],
    max_body=200,
)


def ran(method: str, path: str, body: str = "{}", headers: dict[str, str] | None = None) -> LuaResult:
    (source,) = BODIES.to_plugin().access
    return Lua().run(source, method=method, uri=path, body=body, headers=JSON if headers is None else headers)


@pytest.mark.parametrize(
    ("method", "path", "field"),
    [
        ("POST", "/", "root"),
        ("POST", "/?page=2", "root"),
        ("PUT", "/7", "id"),
        ("PUT", "/7/", "id"),
        ("PUT", "/a%2Fb", "id"),
        ("PUT", "/stats", "stats"),
        ("PUT", "/STATS/", "stats"),
        ("PUT", "/%73tats", "stats"),
        ("PUT", "/7/status", "status"),
        ("PUT", "/7//Status?x=/", "status"),
        ("POST", "/7/approve", "notes"),
        ("PATCH", "/", "every"),
        ("PATCH", "/7/any/thing", "every"),
    ],
)
def test_a_body_is_validated_against_the_schema_of_its_method_and_path(method: str, path: str, field: str) -> None:
    assert ran(method, path, f'{{"{field}": 1}}').status is None
    assert ran(method, path, f'{{"{field}": "x"}}').status == 400


@pytest.mark.parametrize(("method", "path"), [("POST", "/7"), ("PUT", "/"), ("PUT", "/7/status/8"), ("DELETE", "/7")])
def test_a_request_with_another_method_or_path_is_not_validated(method: str, path: str) -> None:
    assert ran(method, path).status is None
    assert ran(method, path, "", {}).status is None
    assert ran(method, path, "a text", {"Content-Type": "text/plain"}).status is None


def test_the_size_of_a_body_without_a_schema_is_checked() -> None:
    headers = {"Content-Type": "text/plain"}

    assert ran("POST", "/reserve", "x" * 200, headers).status is None
    assert ran("POST", "/reserve", "x" * 201, headers).status == 413
    assert ran("POST", "/reserve", "", {"Content-Length": "201"}).status == 413


def test_a_json_body_without_a_schema_must_be_json() -> None:
    assert ran("DELETE", "/7", "{").status == 400
    assert ran("DELETE", "/7", "", JSON).status is None


def test_each_body_has_its_own_limit() -> None:
    assert ran("PUT", "/7/status", '{"status": 1}' + " " * 87).status is None
    assert ran("PUT", "/7/status", '{"status": 1}' + " " * 88).status == 413


def test_an_optional_body_may_be_absent_but_not_invalid() -> None:
    assert ran("POST", "/7/approve", "", {}).status is None
    assert ran("POST", "/7/approve", '{"notes": "x"}').status == 400
    assert ran("POST", "/7/approve", "notes", {"Content-Type": "text/plain"}).status == 415
    assert ran("POST", "/", "", {}).status == 415


def test_each_validator_is_built_once() -> None:
    worker = Lua()
    (source,) = BODIES.to_plugin().access
    sent = [worker.run(source, method="PUT", uri=path, body="{}", headers=JSON) for path in ("/7", "/8", "/stats")]

    assert [each.status for each in sent] == [400, 400, 400]
    assert [each.made for each in sent] == [1, 1, 2]


@pytest.mark.parametrize("path", ["", "adjust", "/adjust/", "//", "/:", "/a b", "/:id-x", "/a/../b", "/b%2F", "/(.*)"])
def test_rejects_a_path_that_no_request_can_have(path: str) -> None:
    with pytest.raises(ConfigurationError, match="path of a body must be the path that the pods get"):
        JsonBody(schema=ANY, path=path)


@pytest.mark.parametrize(("one", "other"), [("/:id", "/:productId"), ("/stats", "/Stats"), (None, None)])
def test_rejects_two_bodies_for_the_same_request(one: str | None, other: str | None) -> None:
    bodies = [JsonBody(schema=ANY, path=one), JsonBody(schema=ANY, path=other, methods=["PUT"])]

    with pytest.raises(ConfigurationError, match="bodies must contain only one JsonBody for PUT"):
        JsonBodies(bodies=bodies)


def test_rejects_an_empty_list_of_bodies_and_a_size_of_zero() -> None:
    with pytest.raises(ConfigurationError, match="at least one JsonBody"):
        JsonBodies(bodies=[])
    with pytest.raises(ConfigurationError, match="max_body must be at least 1 byte, got 0"):
        JsonBodies(bodies=[JsonBody(schema=ANY)], max_body=0)
