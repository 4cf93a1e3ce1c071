"""Request bodies held to JSON Schemas, with what open-source Kong has."""

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

_LARGEST = 1048576
_DEEPEST = 100
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
# The validator knows an array by the metatable that cjson gives it when asked, and takes every other table for an
# object. Kong calls the function that a chunk returns for each later request, so each validator is built once; it is
# built inside that function, because Kong would let requests pass after a chunk that failed at first. The path is the
# one that the pods are asked for, read as the least strict program reads it: decoded, in one case, and without a slash
# at its end. PCRE gives a search up after some steps, which would pass for a text that does not match, and so be right
# for a `not`: such a body is refused.


class JsonBody(Value):
    """Requests whose body does not satisfy a JSON Schema are answered here, after authentication.

    413 above `max_body` bytes, 415 for another Content-Type, 400 for what is not JSON or not valid. `JsonBodies`
    holds several for one route. Kong's pods need KONG_UNTRUSTED_LUA_SANDBOX_REQUIRES to list `lua.SANDBOX_MODULES`.

    Args:
        schema: of draft 4, which is what the validator in Kong knows. Formats are date, time and date-time;
            references lead to '#/definitions/…'.
        methods: whose bodies are validated. Defaults to POST, PUT and PATCH.
        path: that the pods are asked for, after `strip_path` and a RequestTransformer: `/`, `/adjust`, or
            `/:id/status`, in which `:id` is any one segment. Defaults to every path of the route.
        required: False lets a request without a body pass.
        max_body: in bytes. Defaults to 1 MiB.

    Raises:
        ConfigurationError: if the schema is itself not valid, is not JSON, or holds what Kong would not enforce; for
            an invalid path.

    See https://github.com/Tieske/lua-resty-ljsonschema
    """

    schema: Mapping[str, Any]
    methods: Sequence[str] = ("POST", "PUT", "PATCH")
    path: str | None = None
    required: bool = True
    max_body: int = _LARGEST

    def check(self) -> None:
        """Refuse a schema that cannot be enforced, and a path that no request has."""
        try:
            document = json.loads(json.dumps(to_plain(self.schema), allow_nan=False))
        except (TypeError, ValueError) as error:
            raise ConfigurationError(f"schema must be a JSON document: {error}") from None
        check_enforceable(document)
        if not self.methods or not all(each.isascii() and each.isalpha() and each.isupper() for each in self.methods):
            raise ConfigurationError(f"methods must be HTTP methods in capitals, got {list(self.methods)}")
        segments = (self.path or "/").split("/")
        if self.path is not None and (not _PATH.fullmatch(self.path) or {".", ".."} & set(segments)):
            raise ConfigurationError(
                "path of a body must be what the pods are asked for, such as '/' or '/:id/status', without a slash at "
                f"its end, got {self.path!r}"
            )
        if self.max_body < 1:
            raise ConfigurationError(f"max_body must be at least 1 byte, got {self.max_body}")

    def to_plugin(self) -> PostFunction:
        """Return the plugin: it runs in the access phase, after authentication and size limits."""
        return JsonBodies(bodies=[self], max_body=self.max_body).to_plugin()

    @property
    def shape(self) -> tuple[str | None, ...] | None:
        """The segments of the path, in one case, and None for a parameter; None for every path."""
        if self.path is None:
            return None
        segments = filter(None, self.path.lower().split("/"))
        return tuple(None if each.startswith(":") else each for each in segments)

    def to_lua(self) -> str:
        """Return the entry of the Lua table that describes it."""
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
    """Bodies of the requests to one route, each with a schema of its own: by its method and its path.

    A path that is written out comes before one with a parameter. A request that none of them is for passes, but its
    body must not be above `max_body`, and must be JSON if its Content-Type says so.

    Args:
        bodies: at most one for a method and a path.
        max_body: of the other requests, in bytes. Defaults to 1 MiB.

    Raises:
        ConfigurationError: without a body, and for two that one request would be held to.
    """

    bodies: Sequence[JsonBody]
    max_body: int = _LARGEST

    def check(self) -> None:
        """Refuse two bodies that one request would be held to."""
        if not self.bodies:
            raise ConfigurationError("bodies must hold at least one JsonBody")
        if self.max_body < 1:
            raise ConfigurationError(f"max_body must be at least 1 byte, got {self.max_body}")
        for one, other in combinations(self.bodies, 2):
            both = sorted(set(one.methods) & set(other.methods))
            if both and one.shape == other.shape:
                raise ConfigurationError(
                    f"bodies must hold one JsonBody for {both[0]} {one.path or 'of every path'}, got two (the name of "
                    "a parameter does not tell paths apart); merge their schemas with anyOf"
                )

    def to_plugin(self) -> PostFunction:
        """Return the plugin: it runs in the access phase, after authentication and size limits."""
        described = [each.to_lua() for each in sorted(self.bodies, key=_place)]
        return PostFunction(access=[_LUA.format(bodies="\n".join(described), max_body=self.max_body, deepest=_DEEPEST)])


def _place(body: JsonBody) -> tuple[bool, list[bool]]:
    return body.shape is None, [each is None for each in body.shape or ()]
