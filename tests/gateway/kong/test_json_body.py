"""Runs the generated Lua in LuaJIT with fakes for Kong, its JSON decoder and its validator."""

import json
from typing import Any

import pytest
from kong_lua import Lua
from lupa import luajit21

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.lua import compiler
from kubestock.gateway.kong.plugins.validation import JsonBodies, JsonBody

SCHEMA = {
    "type": "object",
    "required": ["sku", "quantity"],
    "properties": {
        "sku": {"type": "string", "pattern": "^[A-Z]{2}]=]$|^AB$"},
        "quantity": {"type": "integer"},
        "notes": {"type": "array", "maxItems": 2, "items": {"type": "string"}},
        "price": {"type": "number", "minimum": 0},
        "options": {"type": "object"},
        "parent": {"type": ["null", "string"]},
    },
}
VALID = json.dumps({"sku": "AB", "quantity": 3})
JSON = "application/json; charset=utf-8"


class Kong:
    """One pod, with the Lua of one plugin."""

    def __init__(self, body: JsonBody | JsonBodies) -> None:
        self.lua = Lua()
        (self.source,) = body.to_plugin().access

    def answer(
        self,
        body: str,
        *,
        method: str = "POST",
        path: str = "/",
        content_type: str | None = JSON,
        length: str | None = None,
    ) -> tuple[int | None, str | None, int]:
        headers = {"Content-Type": content_type, "Content-Length": length}
        given = {name: value for name, value in headers.items() if value is not None}
        ran = self.lua.run(self.source, method=method, uri=path, headers=given, body=body)
        return ran.status, ran.message, ran.made


def answer(body: str, *, max_body: int = 1000, **request: Any) -> tuple[int | None, str | None]:
    """Return the status and message of a rejection, or None if the request is accepted."""
    return Kong(JsonBody(schema=SCHEMA, max_body=max_body)).answer(body, **request)[:2]


def test_a_valid_body_is_accepted() -> None:
    assert answer(VALID)[0] is None


def test_another_method_is_not_validated() -> None:
    assert answer("no JSON", method="GET", content_type=None)[0] is None


@pytest.mark.parametrize("content_type", ["text/plain", "application/jsonx", "application/x-www-form-urlencoded", None])
def test_another_content_type_gets_415(content_type: str | None) -> None:
    assert answer(VALID, content_type=content_type)[0] == 415


@pytest.mark.parametrize("content_type", ["application/json", "APPLICATION/JSON", " application/json;charset=utf-8"])
def test_the_content_type_of_json_is_recognized_in_every_spelling(content_type: str) -> None:
    assert answer(VALID, content_type=content_type)[0] is None


def test_a_body_above_the_limit_gets_413_by_content_length_and_by_content() -> None:
    assert answer(VALID, length="1001")[0] == 413
    assert answer(VALID + " " * 1000)[0] == 413
    assert answer(VALID, length=str(len(VALID)))[0] is None


def test_a_body_without_content_length_gets_413_above_the_limit() -> None:
    assert answer(VALID, max_body=len(VALID))[0] is None
    assert answer(VALID, max_body=len(VALID) - 1)[0] == 413


@pytest.mark.parametrize(
    ("field", "status"),
    [
        ({"notes": []}, None),
        ({"notes": ["a", "b"]}, None),
        ({"notes": ["a", "b", "c"]}, 400),
        ({"notes": [1]}, 400),
        ({"notes": {}}, 400),
        ({"options": {}}, None),
        ({"options": []}, 400),
        ({"parent": None}, None),
    ],
)
def test_empty_arrays_and_objects_are_distinguished(field: dict[str, Any], status: int | None) -> None:
    assert answer(json.dumps({"sku": "AB", "quantity": 3, **field}))[0] == status


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_is_not_json_gets_400(number: str) -> None:
    assert answer(f'{{"sku": "AB", "quantity": 3, "price": {number}}}') == (
        400,
        "The body must be JSON, at most 100 levels deep",
    )


def test_a_line_feed_after_a_matching_text_gets_400() -> None:
    status, message = answer(json.dumps({"sku": "AB\n", "quantity": 3}))

    assert status == 400
    assert message is not None
    assert "failed to match pattern" in message


def test_the_validator_is_built_once_for_all_requests() -> None:
    kong = Kong(JsonBody(schema=SCHEMA))
    answers = [kong.answer(body) for body in ("{}", VALID, "{}", VALID)]

    assert [status for status, _, _ in answers] == [400, None, 400, None]
    assert [made for _, _, made in answers] == [1, 1, 1, 1]


@pytest.mark.parametrize("body", ["", "{", "sku=AB", '{"sku": "AB",}'])
def test_a_body_that_is_not_json_gets_400(body: str) -> None:
    assert answer(body) == (400, "The body must be JSON, at most 100 levels deep")


@pytest.mark.parametrize(
    "body",
    ["[]", "null", "{}", '{"sku": "AB"}', '{"sku": "ab", "quantity": 1}', '{"sku": "AB", "quantity": "1"}'],
)
def test_an_invalid_body_gets_400(body: str) -> None:
    status, message = answer(body)

    assert status == 400
    assert str(message).startswith("The body is not valid")


@pytest.mark.parametrize("text", ["]]", "]=]", "]==]]=]", "]", "]=", 'a "b" {{ c }}', "back\\slash\nline", "é東"])
def test_a_json_literal_is_the_same_document_in_lua(text: str) -> None:
    runtime = luajit21.LuaRuntime()

    for document in (text, [text], {text: [text]}):
        assert json.loads(runtime.eval(compiler.json_literal(document))) == document


def test_rejects_a_schema_that_is_not_json() -> None:
    with pytest.raises(ConfigurationError, match="must be a JSON document"):
        JsonBody(schema={"enum": [float("nan")]})


@pytest.mark.parametrize("opening", ["[", '{"options":'])
def test_a_body_with_more_than_100_levels_gets_400(opening: str) -> None:
    closing = {"[": "]"}.get(opening, "}")
    schema = JsonBody(schema={})
    deep, deeper = (f"{opening * levels}{'{}' if closing == '}' else '[]'}{closing * levels}" for levels in (99, 100))

    assert Kong(schema).answer(deep)[0] is None
    assert Kong(schema).answer(deeper)[:2] == (400, "The body must be JSON, at most 100 levels deep")


@pytest.mark.parametrize("keyword", ["pattern", "not"])
def test_a_text_for_which_pcre_stops_gets_400(keyword: str) -> None:
    pattern = {"pattern": "^a*a*b$"}
    schema = JsonBody(schema={"items": pattern if keyword == "pattern" else {"not": pattern}})
    status, message, _ = Kong(schema).answer(json.dumps(["a" * 20000]))

    assert (status, message) == (400, "A text of the body is too long for a pattern that it must match")
