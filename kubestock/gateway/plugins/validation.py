"""Request bodies held to a JSON Schema, with what open-source Kong has."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kubestock.errors import ConfigurationError
from kubestock.gateway import lua
from kubestock.gateway.plugins.functions import PostFunction
from kubestock.gateway.plugins.json_schema import refuse_unenforced
from kubestock.gateway.typed import Typed, plain

_LUA = """\
local methods = {{ {methods} }}
local cjson, validate
local function prepare()
  cjson = require("cjson.safe").new()
  cjson.decode_array_with_array_mt(true)
  cjson.decode_invalid_numbers(false)
  validate = require("resty.ljsonschema").generate_validator(cjson.decode({schema}))
end
return function()
  if not methods[kong.request.get_method()] then
    return
  end
  local media = (kong.request.get_header("Content-Type") or ""):lower():match("^%s*([^;%s]+)")
  if media ~= "application/json" then
    return kong.response.exit(415, {{ message = "Content-Type must be application/json" }})
  end
  local length = tonumber(kong.request.get_header("Content-Length") or 0)
  if length and length > {max_body} then
    return kong.response.exit(413, {{ message = "The body is too large" }})
  end
  local raw = kong.request.get_raw_body({max_body})
  if not raw or #raw > {max_body} then
    return kong.response.exit(413, {{ message = "The body is too large" }})
  end
  if not validate then
    prepare()
  end
  local body, problem = cjson.decode(raw)
  if problem then
    return kong.response.exit(400, {{ message = "The body must be JSON" }})
  end
  local valid, reason = validate(body)
  if not valid then
    return kong.response.exit(400, {{ message = "The body is not valid: " .. tostring(reason) }})
  end
end
"""
# The validator knows an array by the metatable that cjson gives it when asked, and takes every other table for an
# object. Kong calls the function that a chunk returns for each later request, so the validator is built once; it is
# built inside that function, because Kong would let requests pass after a chunk that failed at first.


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonBody(Typed):
    """Requests whose body does not satisfy a JSON Schema are answered here, after authentication.

    415 for another Content-Type, 413 above `max_body` bytes, 400 for what is not JSON or not valid.
    Kong's pods need KONG_UNTRUSTED_LUA_SANDBOX_REQUIRES to list `lua.SANDBOX_MODULES`.

    Args:
        schema: of draft 4, which is what the validator in Kong knows. Formats are date, time and date-time;
            references lead to '#/definitions/…'.
        methods: whose bodies are validated. Defaults to POST, PUT and PATCH.
        max_body: in bytes. Defaults to 1 MiB.

    Raises:
        ConfigurationError: if the schema is itself not valid, is not JSON, or holds what Kong would not enforce.

    See https://github.com/Tieske/lua-resty-ljsonschema
    """

    schema: Mapping[str, Any]
    methods: Sequence[str] = ("POST", "PUT", "PATCH")
    max_body: int = 1048576

    def check(self) -> None:
        """Refuse a schema that cannot be enforced."""
        try:
            document = json.loads(json.dumps(plain(self.schema), allow_nan=False))
        except (TypeError, ValueError) as error:
            raise ConfigurationError(f"schema must be a JSON document: {error}") from None
        refuse_unenforced(document)
        if not self.methods or not all(each.isascii() and each.isalpha() and each.isupper() for each in self.methods):
            raise ConfigurationError(f"methods must be HTTP methods in capitals, got {list(self.methods)}")
        if self.max_body < 1:
            raise ConfigurationError(f"max_body must be at least 1 byte, got {self.max_body}")

    def to_plugin(self) -> PostFunction:
        """Return the plugin: it runs in the access phase, after authentication and size limits."""
        methods = ", ".join(f"[{lua.literal(each)}] = true" for each in self.methods)
        schema = lua.json_literal(plain(self.schema))
        return PostFunction(access=[_LUA.format(methods=methods, max_body=self.max_body, schema=schema)])
