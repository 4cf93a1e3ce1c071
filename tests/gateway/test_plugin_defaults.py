import dataclasses
import json
from pathlib import Path
from typing import Any, get_args

import pytest

from kubestock.errors import ConfigurationError
from kubestock.gateway.plugins.authentication import Acl, Jwt, KeyAuth
from kubestock.gateway.plugins.base import Plugin, Protocol
from kubestock.gateway.plugins.cross_origin import Cors
from kubestock.gateway.plugins.custom import CustomPlugin
from kubestock.gateway.plugins.functions import PostFunction, PreFunction
from kubestock.gateway.plugins.limits import (
    BotDetection,
    IpRestriction,
    RateLimiting,
    RequestSizeLimiting,
    RequestTermination,
)
from kubestock.gateway.plugins.logs import FileLog, HttpLog, TcpLog
from kubestock.gateway.plugins.observability import CorrelationId, Prometheus
from kubestock.gateway.plugins.transformation import RequestTransformer, ResponseTransformer
from kubestock.gateway.plugins.validation import JsonBody

SCHEMAS = Path(__file__).parents[3] / "shared" / "kong-schemas" / "plugins"
needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason=f"Kong's schemas are not at {SCHEMAS}")

SMALLEST: list[tuple[Plugin, set[str]]] = [
    (RateLimiting(minute=1), {"minute"}),
    (Cors(origins=["https://shop.example.com"]), {"origins"}),
    (Jwt(), set()),
    (KeyAuth(), set()),
    (Acl(allow=["staff"]), {"allow"}),
    (RequestSizeLimiting(), set()),
    (IpRestriction(allow=["10.0.0.0/8"]), {"allow"}),
    (BotDetection(), set()),
    (RequestTermination(), set()),
    (RequestTransformer(), set()),
    (ResponseTransformer(), set()),
    (HttpLog(http_endpoint="http://logs.example.com"), {"http_endpoint"}),
    (FileLog(path="/dev/stdout"), {"path"}),
    (TcpLog(host="logs.example.com", port=5000), {"host", "port"}),
    (Prometheus(), set()),
    (CorrelationId(), set()),
    (PreFunction(access=["return"]), {"access"}),
    (PostFunction(access=["return"]), {"access"}),
]


def defaults(fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        name: defaults(spec["fields"]) if "fields" in spec else spec.get("default")
        for each in fields
        for name, spec in each.items()
    }


def pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: pruned(each) for key, each in value.items() if each is not None}
    return value


@needs_schemas
@pytest.mark.parametrize(("plugin", "given"), SMALLEST, ids=lambda each: getattr(each, "name", ""))
def test_every_default_is_kongs_or_the_docstring_says_why(plugin: Plugin, given: set[str]) -> None:
    schema = json.loads((SCHEMAS / f"{plugin.name}.json").read_text())
    config = next(each["config"] for each in schema["fields"] if "config" in each)
    kongs = defaults(config["fields"])
    ours = plugin.config()
    differing = {name for name in kongs if pruned(kongs[name]) != ours.get(name)} - given
    unlike = (type(plugin).__doc__ or "").partition("Unlike Kong:")[2]

    assert {name for name in differing if f"`{name}`" not in unlike} == set()


@needs_schemas
@pytest.mark.parametrize(("plugin", "given"), SMALLEST, ids=lambda each: getattr(each, "name", ""))
def test_every_field_of_kongs_schema_is_typed(plugin: Plugin, given: set[str]) -> None:
    schema = json.loads((SCHEMAS / f"{plugin.name}.json").read_text())
    config = next(each["config"] for each in schema["fields"] if "config" in each)
    live = {name for each in config["fields"] for name, spec in each.items() if "deprecation" not in spec}
    beside = {"enabled", "instance_name", "protocols", "tags"}

    assert {each.name for each in dataclasses.fields(plugin)} - beside == live


@needs_schemas
@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda each: each.stem)
def test_kong_takes_every_protocol_that_is_typed(path: Path) -> None:
    protocols = next(each["protocols"] for each in json.loads(path.read_text())["fields"] if "protocols" in each)

    assert set(get_args(Protocol)) <= set(protocols["elements"]["one_of"])


REFUSED: list[tuple[Any, dict[str, Any], str]] = [
    (RateLimiting, {}, "one of second"),
    (RateLimiting, {"minute": 100, "hour": 50}, "hour must allow at least"),
    (RateLimiting, {"minute": 1, "policy": "cluster"}, "must be 'local' or 'redis'"),
    (RateLimiting, {"minute": 1, "policy": "redis"}, "name a host"),
    (RateLimiting, {"minute": 1, "limit_by": "header", "header_name": "X-Key"}, "chooses its limit"),
    (RateLimiting, {"minute": True}, "must be int or None, got True"),
    (RateLimiting, {"minute": float("nan")}, "must be int or None, got nan"),
    (RateLimiting, {"minute": float("inf")}, "must be int or None, got inf"),
    (RateLimiting, {"minute": 0}, "minute must be at least 1 request, got 0"),
    (RateLimiting, {"minute": 1, "error_code": 200}, "error_code must be from 400 to 599, got 200"),
    (RateLimiting, {"minute": 1, "sync_rate": float("nan")}, "sync_rate must be a finite number, got nan"),
    (RateLimiting, {"minute": 1, "sync_rate": 0}, "sync_rate, unless it is -1, must be from 0.02 to 86400, got 0"),
    (IpRestriction, {"allow": ["10.0.0.0/8"], "status": 200}, "status of ip-restriction must be from 400 to 599"),
    (TcpLog, {"host": "logs.example.com", "port": 5000, "timeout": float("inf")}, "timeout must be a finite number"),
    (KeyAuth, {"protocols": []}, "protocols of key-auth must name http or https, or Kong never runs it"),
    (KeyAuth, {"protocols": ["tcp"]}, "protocols.0. must be 'grpc' or 'grpcs' or 'http' or 'https'"),
    (CustomPlugin, {"plugin": "session", "protocols": []}, "protocols of session must name http"),
    (Cors, {}, "origins must be given"),
    (Cors, {"origins": ["*"], "credentials": True}, "https origin"),
    (Cors, {"origins": ["http://shop.example.com"], "credentials": True}, "https origin"),
    (KeyAuth, {"key_names": []}, "got none"),
    (KeyAuth, {"key_names": [""]}, "header name"),
    (KeyAuth, {"key_names": ["x.api.key"]}, "each of key_names must be made of letters, .*'x.api.key': .*; rename it"),
    (Jwt, {"header_names": ["x.token"]}, "a name in header_names must be made of letters, .*; rename it"),
    (KeyAuth, {"key_in_query": True}, "ends up in logs"),
    (Jwt, {"claims_to_verify": []}, "expired tokens"),
    (Jwt, {"uri_param_names": ["jwt"]}, "ends up in logs"),
    (Jwt, {"anonymous": "guest"}, "would pass"),
    (Acl, {}, "allow or deny"),
    (FileLog, {"path": "/dev/stdout", "custom_fields_by_lua": {}}, "out of the log"),
    (PreFunction, {"access": ["if then"]}, "Lua that parses"),
    (PreFunction, {"access": ["require('socket')"]}, "sandbox forbids"),
    (CustomPlugin, {"plugin": "openid-connect"}, "use Jwt"),
    (CustomPlugin, {"plugin": "rate-limit"}, "must be one of open-source"),
    (CustomPlugin, {"plugin": "jwt"}, "use Jwt"),
    (JsonBody, {"schema": {"type": "objekt"}}, "valid JSON Schema"),
    (JsonBody, {"schema": {"$ref": "https://example.com/a"}}, "refer only within"),
]


@pytest.mark.parametrize(("plugin", "arguments", "message"), REFUSED)
def test_refuses_what_kong_accepts_and_serves_wrongly(plugin: Any, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        plugin(**arguments)


def test_a_schema_with_quotes_braces_and_newlines_becomes_lua_that_parses() -> None:
    source = JsonBody(schema={"type": "object", "title": 'a "b" {{ c }} \\ \n é'}).to_plugin().access[0]

    assert "resty.ljsonschema" in source
