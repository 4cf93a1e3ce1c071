"""The generated Lua runs in LuaJIT against stand-ins for Kong, its JSON decoder and its validator."""

import json
from typing import Any

import jsonschema
import pytest
from lupa import luajit21

from kubestock.errors import ConfigurationError
from kubestock.gateway import lua
from kubestock.gateway.plugins.validation import JsonBody

SCHEMA = {
    "type": "object",
    "required": ["sku", "quantity"],
    "properties": {"sku": {"type": "string", "pattern": "^[A-Z]{2}]=]$|^AB$"}, "quantity": {"type": "integer"}},
}
VALID = json.dumps({"sku": "AB", "quantity": 3})
JSON = "application/json; charset=utf-8"
STAND_INS = """
local decode, check = ...
local request = {}
local answered = {}
kong = {
  request = {
    get_method = function() return request.method end,
    get_header = function(name) return request.headers[name] end,
    get_raw_body = function(limit)
      if #request.body > limit then return nil, "too large" end
      return request.body
    end,
  },
  response = {
    exit = function(status, body)
      answered = { status = status, message = body.message }
      error("exit")
    end,
  },
}
local modules = {
  ["cjson.safe"] = { decode = function(text)
    local value = decode(text)
    if value == nil then return nil, "not JSON" end
    return value
  end },
  ["resty.ljsonschema"] = { generate_validator = function(schema)
    return function(body) local reason = check(schema, body); return reason == nil, reason end
  end },
}
require = function(name) return assert(modules[name], name) end
return function(source, method, headers, body)
  request = { method = method, headers = headers, body = body }
  answered = {}
  pcall(assert(loadstring(source)))
  return answered.status, answered.message
end
"""


class Boxed:
    """A decoded document, which Lua passes on and does not look into."""

    def __init__(self, value: Any) -> None:
        self.value = value


def decode(text: str) -> Boxed | None:
    try:
        return Boxed(json.loads(text))
    except ValueError:
        return None


def check(schema: Boxed, body: Boxed) -> str | None:
    try:
        jsonschema.validate(body.value, schema.value)
    except jsonschema.ValidationError as error:
        return str(error.message)
    return None


def answer(
    body: str, *, method: str = "POST", content_type: str | None = JSON, length: str | None = None, max_body: int = 1000
) -> tuple[int | None, str | None]:
    """Return the status and message of a refusal, or None where the request goes on."""
    runtime = luajit21.LuaRuntime(unpack_returned_tuples=True)
    run = runtime.execute(STAND_INS, decode, check)
    headers = {"Content-Type": content_type, "Content-Length": length}
    table = runtime.table_from({name: value for name, value in headers.items() if value is not None})
    (source,) = JsonBody(schema=SCHEMA, max_body=max_body).to_plugin().access
    result = run(source, method, table, body)
    return result if isinstance(result, tuple) else (result, None)


def test_a_valid_body_goes_on() -> None:
    assert answer(VALID)[0] is None


def test_another_method_is_not_looked_at() -> None:
    assert answer("no JSON", method="GET", content_type=None)[0] is None


@pytest.mark.parametrize("content_type", ["text/plain", "application/jsonx", "application/x-www-form-urlencoded", None])
def test_another_content_type_is_415(content_type: str | None) -> None:
    assert answer(VALID, content_type=content_type)[0] == 415


@pytest.mark.parametrize("content_type", ["application/json", "APPLICATION/JSON", " application/json;charset=utf-8"])
def test_json_is_known_however_it_is_written(content_type: str) -> None:
    assert answer(VALID, content_type=content_type)[0] is None


def test_a_body_above_the_limit_is_413_by_its_length_and_by_its_content() -> None:
    assert answer(VALID, length="1001")[0] == 413
    assert answer(VALID + " " * 1000)[0] == 413
    assert answer(VALID, length=str(len(VALID)))[0] is None


@pytest.mark.parametrize("body", ["", "{", "sku=AB", '{"sku": "AB",}'])
def test_what_is_not_json_is_400(body: str) -> None:
    assert answer(body) == (400, "The body must be JSON")


@pytest.mark.parametrize(
    "body",
    ["[]", "null", "{}", '{"sku": "AB"}', '{"sku": "ab", "quantity": 1}', '{"sku": "AB", "quantity": "1"}'],
)
def test_a_body_that_the_schema_does_not_admit_is_400(body: str) -> None:
    status, message = answer(body)

    assert status == 400
    assert str(message).startswith("The body is not valid")


@pytest.mark.parametrize("text", ["]]", "]=]", "]==]]=]", "]", "]=", 'a "b" {{ c }}', "back\\slash\nline", "é東"])
def test_a_json_literal_is_the_document_again_in_lua(text: str) -> None:
    runtime = luajit21.LuaRuntime()

    for document in (text, [text], {text: [text]}):
        assert json.loads(runtime.eval(lua.json_literal(document))) == document


def test_refuses_a_schema_that_json_cannot_hold() -> None:
    with pytest.raises(ConfigurationError, match="must be a JSON document"):
        JsonBody(schema={"const": float("nan")})
