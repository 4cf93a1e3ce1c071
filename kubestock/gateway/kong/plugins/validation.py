"""Validation of request bodies against JSON Schemas, with open-source Kong."""

import json
import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.lua import compiler
from kubestock.gateway.kong.lua.json_schema import check_enforceable, for_pcre
from kubestock.gateway.kong.plugins.functions import PostFunction
from kubestock.values.value import Value, to_plain

_DEFAULT_MAX_BYTES = 1048576
_MAX_DEPTH = 100
_SEGMENT = "(?::[A-Za-z][A-Za-z0-9_]*|[A-Za-z0-9._~-]+)"
_PATH = re.compile(f"/(?:{_SEGMENT}(?:/{_SEGMENT})*)?")
_BODY = """\
  {{ methods = {{ {methods} }}, path = {path}, required = {required}, max_body = {max_body},
    schema = {schema} }},"""
_LUA = """\
local bodies = {{
{bodies}
}}
local max_body = {max_body}
local cjson
local function decoded(text)
  if not cjson then
    cjson = require("cjson.safe").new()
    cjson.decode_array_with_array_mt(true)
    cjson.decode_invalid_numbers(false)
    cjson.decode_max_depth({deepest})
  end
  return cjson.decode(text)
end
local function matches(text, pattern)
  local from, _, problem = ngx.re.find(text, pattern, "jo")
  if problem then
    error(problem, 0)
  end
  return from
end
local function path()
  local segments = ngx.var.upstream_uri:match("^[^?]*"):gsub("[^/]+", function(segment)
    return (ngx.unescape_uri(segment):lower():gsub("/", " "))
  end)
  segments = segments:gsub("/+", "/"):gsub("(.)/$", "%1")
  return segments
end
local function wanted()
  local method, asked = kong.request.get_method(), path()
  for _, body in ipairs(bodies) do
    if body.methods[method] and asked:find(body.path) then
      return body
    end
  end
end
return function()
  local found = wanted()
  local most = found and found.max_body or max_body
  local length = tonumber(kong.request.get_header("Content-Length") or 0)
  if length and length > most then
    return kong.response.exit(413, {{ message = "The body is too large" }})
  end
  local raw = kong.request.get_raw_body(most)
  if not raw or #raw > most then
    return kong.response.exit(413, {{ message = "The body is too large" }})
  end
  if raw == "" and not (found and found.required) then
    return
  end
  local media = (kong.request.get_header("Content-Type") or ""):lower():match("^%s*([^;%s]+)")
  if media ~= "application/json" then
    return found and kong.response.exit(415, {{ message = "Content-Type must be application/json" }})
  end
  local body, problem = decoded(raw)
  if problem then
    return kong.response.exit(400, {{ message = "The body must be JSON, at most {deepest} levels deep" }})
  end
  if not found then
    return
  end
  if not found.validate then
    local validator = require("resty.ljsonschema")
    found.validate = validator.generate_validator((decoded(found.schema)), {{ match_pattern = matches }})
  end
  local checked, valid, reason = pcall(found.validate, body)
  if not checked then
    return kong.response.exit(400, {{ message = "A text of the body is too long for a pattern that it must match" }})
  end
  if not valid then
    return kong.response.exit(400, {{ message = "The body is not valid: " .. tostring(reason) }})
  end
end
"""
# The validator recognizes an array by a metatable that cjson sets, and treats other tables as objects.
# Kong calls the function that a chunk returns for each later request, so each validator is built only once. It is built
# inside that function, because after an error in the chunk itself Kong would let requests pass. The path is that of the
# request to the pods, normalized in the most lenient way: decoded, in lower case, and without a slash at its end. PCRE
# stops a search after a number of steps, which looks like a text that does not match and would be valid for a `not`:
# such a body is rejected.


class JsonBody(Value):
    """Rejects requests whose body is not valid for a JSON Schema, after authentication.

    The gateway answers 413 above `max_body` bytes, 415 for another Content-Type, and 400 if the body is not JSON or not
    valid. Use `JsonBodies` for several bodies on one route. Kong's file gets Lua in a PostFunction.

    Args:
        schema: a JSON Schema of draft 4, the draft that the validator in Kong supports. The formats are date, time and
            date-time; references must be to '#/definitions/…'.
        methods: the methods whose bodies are validated. Defaults to POST, PUT and PATCH.
        path: the path that the pods get, after `strip_path` and RequestTransformer, such as `/`, `/adjust`, or
            `/:id/status`, where `:id` is any one segment. Defaults to every path of the route.
        required: False allows requests without a body. Defaults to True.
        max_body: the largest body, in bytes. Defaults to 1 MiB.

    Raises:
        ConfigurationError: if the schema is not valid JSON Schema or uses something that Kong would not enforce; if a
            method or the path is invalid, or `max_body` is less than 1.

    See https://github.com/Tieske/lua-resty-ljsonschema
    """

    schema: Mapping[str, Any]
    methods: Sequence[str] = ("POST", "PUT", "PATCH")
    path: str | None = None
    required: bool = True
    max_body: int = _DEFAULT_MAX_BYTES

    def check(self) -> None:
        """Check that Kong can enforce the schema, and that requests can have the methods and the path."""
        try:
            document = json.loads(json.dumps(to_plain(self.schema), allow_nan=False))
        except (TypeError, ValueError) as error:
            raise ConfigurationError(f"schema must be a JSON document: {error}") from None
        check_enforceable(document)
        if not self.methods or not all(each.isascii() and each.isalpha() and each.isupper() for each in self.methods):
            raise ConfigurationError(f"methods must be HTTP methods in upper case, got {list(self.methods)}")
        segments = (self.path or "/").split("/")
        if self.path is not None and (not _PATH.fullmatch(self.path) or {".", ".."} & set(segments)):
            raise ConfigurationError(
                "path of a body must be the path that the pods get, such as '/' or '/:id/status', without a "
                f"slash at its end, got {self.path!r}"
            )
        if self.max_body < 1:
            raise ConfigurationError(f"max_body must be at least 1 byte, got {self.max_body}")

    def to_plugin(self) -> PostFunction:
        """Return the plugin. It runs in the access phase, after authentication and size limits."""
        return JsonBodies(bodies=[self], max_body=self.max_body).to_plugin()

    @property
    def shape(self) -> tuple[str | None, ...] | None:
        """The segments of the path in lower case, with None for a parameter. None means every path."""
        if self.path is None:
            return None
        segments = filter(None, self.path.lower().split("/"))
        return tuple(None if each.startswith(":") else each for each in segments)

    def to_lua(self) -> str:
        """Return the entry of the Lua table for this body."""
        return _BODY.format(
            methods=", ".join(f"[{compiler.literal(each)}] = true" for each in self.methods),
            path=compiler.literal(self._pattern()),
            required=str(self.required).lower(),
            max_body=self.max_body,
            schema=compiler.json_literal(for_pcre(self.schema)),
        )

    def _pattern(self) -> str:
        if self.shape is None:
            return "^/"
        segments = ["[^/]+" if each is None else re.sub(r"([^a-z0-9])", r"%\1", each) for each in self.shape]
        return f"^/{'/'.join(segments)}$"


class JsonBodies(Value):
    """Rejects requests whose body is not valid, with a separate JSON Schema for each method and path of a route.

    A path without a parameter wins over one with a parameter. A request for which there is no schema is allowed if its
    body is not larger than `max_body`, and is JSON if its Content-Type is JSON.

    Args:
        bodies: the bodies, at most one for each method and path.
        max_body: the largest body of the other requests, in bytes. Defaults to 1 MiB.

    Raises:
        ConfigurationError: if there is no body, or two bodies would apply to the same request.
    """

    bodies: Sequence[JsonBody]
    max_body: int = _DEFAULT_MAX_BYTES

    def check(self) -> None:
        """Check that there are bodies, and at most one for each request."""
        if not self.bodies:
            raise ConfigurationError("bodies must contain at least one JsonBody, got none")
        if self.max_body < 1:
            raise ConfigurationError(f"max_body must be at least 1 byte, got {self.max_body}")
        for one, other in combinations(self.bodies, 2):
            both = sorted(set(one.methods) & set(other.methods))
            if both and one.shape == other.shape:
                raise ConfigurationError(
                    f"bodies must contain only one JsonBody for {both[0]} {one.path or 'of every path'}, got "
                    "two (the names of parameters do not make paths different); merge their schemas with "
                    "anyOf"
                )

    def to_plugin(self) -> PostFunction:
        """Return the plugin. It runs in the access phase, after authentication and size limits."""
        entries = [each.to_lua() for each in sorted(self.bodies, key=_place)]
        return PostFunction(access=[_LUA.format(bodies="\n".join(entries), max_body=self.max_body, deepest=_MAX_DEPTH)])


def _place(body: JsonBody) -> tuple[bool, list[bool]]:
    return body.shape is None, [each is None for each in body.shape or ()]
