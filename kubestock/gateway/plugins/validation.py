"""Request bodies held to a JSON Schema, with what open-source Kong has."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import SchemaError

from kubestock.errors import ConfigurationError
from kubestock.gateway import lua
from kubestock.gateway.plugins.functions import PostFunction
from kubestock.gateway.typed import Typed, plain

_LUA = """\
local methods = {{ {methods} }}
if methods[kong.request.get_method()] then
  local media = (kong.request.get_header("Content-Type") or ""):lower():match("^%s*([^;%s]+)")
  if media ~= "application/json" then
    return kong.response.exit(415, {{ message = "Content-Type must be application/json" }})
  end
  local length = tonumber(kong.request.get_header("Content-Length") or 0)
  if length and length > {max_body} then
    return kong.response.exit(413, {{ message = "The body is too large" }})
  end
  local raw = kong.request.get_raw_body({max_body})
  if not raw then
    return kong.response.exit(413, {{ message = "The body is too large" }})
  end
  local cjson = require("cjson.safe")
  local body, problem = cjson.decode(raw)
  if problem then
    return kong.response.exit(400, {{ message = "The body must be JSON" }})
  end
  local schemas = require("resty.ljsonschema")
  local validate = schemas.generate_validator(cjson.decode({schema}))
  local valid, reason = validate(body)
  if not valid then
    return kong.response.exit(400, {{ message = "The body is not valid: " .. tostring(reason) }})
  end
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonBody(Typed):
    """Requests whose body does not satisfy a JSON Schema (draft 7) are answered here, after authentication.

    415 for another Content-Type, 413 above `max_body` bytes, 400 for what is not JSON or not valid.
    Kong's pods need KONG_UNTRUSTED_LUA_SANDBOX_REQUIRES to list `lua.SANDBOX_MODULES`.

    Args:
        schema: the JSON Schema. References to other documents are refused, for Kong cannot fetch them.
        methods: whose bodies are validated. Defaults to POST, PUT and PATCH.
        max_body: in bytes. Defaults to 1 MiB.

    Raises:
        ConfigurationError: if the schema is itself not valid, refers elsewhere, or is not JSON.
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
        try:
            Draft7Validator.check_schema(document)
        except SchemaError as error:
            raise ConfigurationError(f"schema must be a valid JSON Schema: {error.message}") from None
        _refuse_foreign_references(document)
        if not self.methods or not all(each.isascii() and each.isalpha() and each.isupper() for each in self.methods):
            raise ConfigurationError(f"methods must be HTTP methods in capitals, got {list(self.methods)}")
        if self.max_body < 1:
            raise ConfigurationError(f"max_body must be at least 1 byte, got {self.max_body}")

    def to_plugin(self) -> PostFunction:
        """Return the plugin: it runs in the access phase, after authentication and size limits."""
        methods = ", ".join(f"[{lua.literal(each)}] = true" for each in self.methods)
        schema = lua.json_literal(plain(self.schema))
        return PostFunction(access=[_LUA.format(methods=methods, max_body=self.max_body, schema=schema)])


def _refuse_foreign_references(document: object) -> None:
    if isinstance(document, dict):
        target = document.get("$ref")
        if isinstance(target, str) and not target.startswith("#"):
            raise ConfigurationError(f"schema must refer only within itself ('#/…'), got $ref {target!r}")
        for each in document.values():
            _refuse_foreign_references(each)
    elif isinstance(document, list):
        for each in document:
            _refuse_foreign_references(each)
