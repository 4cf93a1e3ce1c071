"""Runs the Lua of function plugins in LuaJIT, with fakes for Kong, its JSON decoder and its validator."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import jsonschema
from lupa import luajit21

FAKES = """
local decode, check, unescape, cleared, find, from_base64 = ...
local request, answered, made = {}, {}, 0
kong = {
  request = {
    get_method = function() return request.method end,
    get_header = function(name) return request.headers[name:lower()] end,
    get_headers = function() return request.headers end,
    -- Kong holds only a body that nginx has spooled to disk to the limit.
    get_raw_body = function(limit)
      if #request.body > 8192 and #request.body > limit then return nil, "request body file too big" end
      return request.body
    end,
  },
  router = {
    get_route = function() return { name = request.route } end,
    get_service = function() return { name = request.service } end,
  },
  response = {
    exit = function(status, body)
      answered = { status = status, message = body.message }
      error("exit")
    end,
    error = function(status, message)
      answered = { status = status, message = message }
      error("exit")
    end,
  },
  service = { request = { clear_header = function(name) cleared(name) end } },
  ctx = { shared = {} },
  client = { get_consumer = function() return request.consumer and { username = request.consumer } end,
    get_credential = function() return request.credential and { key = request.credential } end },
}
ngx = { var = {}, unescape_uri = unescape, time = os.time, decode_base64 = from_base64 }
ngx.re = { find = function(text, pattern)
  -- PCRE gives a search up after a number of steps.
  if #text > 10000 then return nil, nil, "pcre_exec() failed: -8" end
  return find(text, pattern)
end }
local array_mt, texts = {}, {}
local null = newproxy()
local function instance()
  local arrays, numbers, depth = false, true, 1000
  return {
    new = instance,
    array_mt = array_mt,
    null = null,
    decode_array_with_array_mt = function(setting) arrays = setting end,
    decode_invalid_numbers = function(setting) numbers = setting end,
    decode_max_depth = function(setting) depth = setting end,
    decode = function(text)
      local tag = function(list) return arrays and setmetatable(list, array_mt) or list end
      local value = decode(text, tag, null, numbers, depth)
      if value == nil then return nil, "not JSON" end
      if type(value) == "table" then texts[value] = text end
      return value
    end,
  }
end
local modules = {
  ["cjson.safe"] = instance(),
  ["resty.ljsonschema"] = { generate_validator = function(schema, custom)
    made = made + 1
    local is_array = function(value) return getmetatable(value) == array_mt end
    local is_null = function(value) return value == null end
    return function(body)
      local reason = check(texts[schema], body, is_array, is_null, custom.match_pattern)
      return reason == nil, reason
    end
  end },
}
require = function(name) return assert(modules[name], name) end
-- Like Kong's function plugins: the function that the chunk returns is called at once, and again for later requests.
local chunks = {}
return function(source, given)
  request, answered = given, {}
  ngx.var.upstream_uri = given.uri
  kong.ctx.shared.authenticated_jwt_token = given.token
  local function run()
    local fresh = chunks[source] == nil
    chunks[source] = chunks[source] or assert(loadstring(source))
    local result = chunks[source]()
    if fresh and type(result) == "function" then
      chunks[source] = result
      result()
    end
  end
  local ran, problem = pcall(run)
  if not ran and not answered.status then error(problem) end
  return answered.status, answered.message, made
end
"""


@dataclass(frozen=True)
class LuaResult:
    """The result for a request: a status and a message if Lua answered it, and the headers that Lua removed."""

    status: int | None
    message: str | None
    made: int
    cleared: frozenset[str]


class Lua:
    """One worker of one pod. It keeps the functions that chunks have returned."""

    def __init__(self) -> None:
        self.runtime = luajit21.LuaRuntime(unpack_returned_tuples=True)
        self.cleared: set[str] = set()
        self.call = self.runtime.execute(FAKES, self._decode, _check, unquote, self.cleared.add, _find, _from_base64)

    def run(
        self,
        source: str,
        *,
        method: str = "GET",
        uri: str = "/",
        headers: Mapping[str, str] | None = None,
        body: str = "",
        route: str = "route",
        service: str = "service",
        token: str | None = None,
        credential: str | None = None,
        consumer: str | None = None,
    ) -> LuaResult:
        """Run the Lua of one phase for a request that matches a route."""
        self.cleared.clear()
        given = {
            "method": method,
            "uri": uri,
            "body": body,
            "route": route,
            "service": service,
            "token": token,
            "credential": credential,
            "consumer": consumer,
            "headers": self.runtime.table_from({name.lower(): value for name, value in (headers or {}).items()}),
        }
        status, message, made = self.call(source, self.runtime.table_from(given))
        return LuaResult(status, message, made, frozenset(self.cleared))

    def _decode(self, text: str, tag: Any, null: Any, numbers: bool, depth: int) -> Any:
        """Decode JSON like lua-cjson, which accepts numbers that are not JSON unless it is configured otherwise."""

        def table(value: Any, above: int = 0) -> Any:
            if isinstance(value, list | dict) and above == depth:
                raise ValueError(value)
            if isinstance(value, list):
                return tag(self.runtime.table_from([table(each, above + 1) for each in value]))
            if isinstance(value, dict):
                return self.runtime.table_from({key: table(each, above + 1) for key, each in value.items()})
            return null if value is None else value

        def reject(constant: str) -> None:
            raise ValueError(constant)

        try:
            return table(json.loads(text, parse_constant=None if numbers else reject))
        except ValueError:
            return None


def _from_base64(text: str) -> str:
    return base64.b64decode(text).decode()


def _find(text: str, pattern: str) -> int | None:
    found = re.search(pattern, text)
    return found.start() + 1 if found else None


def _check(schema: str, body: Any, is_array: Any, is_null: Any, match: Any) -> str | None:
    """Validate like lua-resty-ljsonschema: a table is an array only by its metatable."""

    def pattern(_: Any, wanted: str, text: Any, __: Any) -> Iterator[jsonschema.ValidationError]:
        if isinstance(text, str) and not match(text, wanted):
            yield jsonschema.ValidationError(f"failed to match pattern {wanted}")

    def value(of: Any) -> Any:
        if luajit21.lua_type(of) != "table":
            return None if is_null(of) else of
        return [value(each) for each in of.values()] if is_array(of) else {key: value(of[key]) for key in of}

    validator = jsonschema.validators.extend(jsonschema.Draft4Validator, {"pattern": pattern})  # type: ignore[no-untyped-call]  # jsonschema has no types
    errors = validator(json.loads(schema)).iter_errors(value(body))
    return next((str(each.message) for each in errors), None)
