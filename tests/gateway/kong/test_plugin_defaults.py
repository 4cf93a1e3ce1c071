import dataclasses
import json
from pathlib import Path
from typing import Any, get_args

import pytest

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.entities import defaults_in_kong
from kubestock.gateway.kong.plugins import known
from kubestock.gateway.kong.plugins.authentication import Acl, Jwt, KeyAuth
from kubestock.gateway.kong.plugins.base import Plugin, Protocol
from kubestock.gateway.kong.plugins.cross_origin import Cors
from kubestock.gateway.kong.plugins.custom import CustomPlugin
from kubestock.gateway.kong.plugins.functions import PreFunction
from kubestock.gateway.kong.plugins.limits import IpRestriction
from kubestock.gateway.kong.plugins.logs import FileLog, TcpLog
from kubestock.gateway.kong.plugins.rate_limiting import RateLimiting, Redis
from kubestock.gateway.kong.plugins.request_transformation import (
    RequestEntries,
    RequestReplacements,
    RequestTransformer,
)
from kubestock.gateway.kong.plugins.response_transformation import ResponseEntries
from kubestock.gateway.kong.plugins.validation import JsonBody
from kubestock.values.value import Value, to_plain

SCHEMAS = Path(__file__).parents[4] / "shared" / "kong-schemas" / "plugins"
needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason=f"Kong's schemas are not at {SCHEMAS}")

NO_FIELDS_OF_KONG = {"jwt": ["audiences"]}
OURS = [each for each in known.classes().values() if each.__module__.startswith("kubestock.")]
CLASSES = pytest.mark.parametrize("made", OURS, ids=lambda each: each.name)


def defaults(fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        name: defaults(spec["fields"]) if "fields" in spec else spec.get("default")
        for each in fields
        for name, spec in each.items()
    }


def schema_default(value: Any) -> Any:
    """Return a default as in the schema: a record as the defaults of its fields, and None for a required field."""
    if isinstance(value, Value):
        return {name: schema_default(each) for name, each in defaults_in_kong(type(value)).items()}
    return None if value is dataclasses.MISSING else to_plain(value)


def wrong_defaults(made: type[Plugin], schema: Any) -> set[str]:
    """Return the fields for which the class declares another Kong default than the schema."""
    config = next(each["config"] for each in schema["fields"] if "config" in each)
    kongs = defaults(config["fields"])
    ours = {name: schema_default(each) for name, each in defaults_in_kong(made).items()}
    return {name for name in kongs.keys() & ours.keys() if not alike(ours[name], kongs[name])}


def alike(ours: Any, kongs: Any) -> bool:
    if isinstance(ours, dict) and isinstance(kongs, dict):
        return all(alike(each, kongs.get(name)) for name, each in ours.items())
    return (ours or None) == (kongs or None) if isinstance(ours, list | dict) else bool(ours == kongs)


def untyped_fields(made: type[Plugin], schema: Any) -> set[str]:
    """Return the fields that only the class or only the schema has."""
    config = next(each["config"] for each in schema["fields"] if "config" in each)
    live = {name for each in config["fields"] for name, spec in each.items() if "deprecation" not in spec}
    entity_fields = {"enabled", "instance_name", "protocols", "tags", *NO_FIELDS_OF_KONG.get(made.name, ())}
    return {each.name for each in dataclasses.fields(made)} - entity_fields ^ live


def schema_of(made: type[Plugin]) -> Any:
    return json.loads((SCHEMAS / f"{made.name}.json").read_text())


@needs_schemas
@CLASSES
def test_declared_kong_defaults_are_those_of_kongs_schema(made: type[Plugin]) -> None:
    assert wrong_defaults(made, schema_of(made)) == set()


@CLASSES
def test_the_docstring_lists_defaults_that_differ_from_kongs(made: type[Plugin]) -> None:
    unlike = (made.__doc__ or "").partition("Unlike Kong:")[2]

    assert {name for name in made.kong_defaults if f"`{name}`" not in unlike} == set()


@needs_schemas
@CLASSES
def test_the_class_has_every_field_of_kongs_schema(made: type[Plugin]) -> None:
    assert untyped_fields(made, schema_of(made)) == set()


@CLASSES
def test_always_written_names_are_fields(made: type[Plugin]) -> None:
    assert set(made.always_written) | made.kong_defaults.keys() <= {each.name for each in dataclasses.fields(made)}


@needs_schemas
@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda each: each.stem)
def test_kong_accepts_every_protocol_of_the_type(path: Path) -> None:
    protocols = next(each["protocols"] for each in json.loads(path.read_text())["fields"] if "protocols" in each)

    assert set(get_args(Protocol)) <= set(protocols["elements"]["one_of"])


IN_REDIS = {"minute": 1, "policy": "redis", "redis": Redis(host="redis.shop")}
REFUSED: list[tuple[Any, dict[str, Any], str]] = [
    (RateLimiting, {}, "one of second"),
    (RateLimiting, {"minute": 100, "hour": 50}, "hour must allow at least"),
    (RateLimiting, {"minute": 1, "policy": "cluster"}, "must be 'local' or 'redis'"),
    (RateLimiting, {"minute": 1, "policy": "redis"}, "have a host with policy"),
    (RateLimiting, {"minute": 1, "limit_by": "header", "header_name": "X-Key"}, "chooses its limit"),
    (RateLimiting, {"minute": True}, "must be int or None, got True"),
    (RateLimiting, {"minute": float("nan")}, "must be int or None, got nan"),
    (RateLimiting, {"minute": float("inf")}, "must be int or None, got inf"),
    (RateLimiting, {"minute": 0}, "minute must be at least 1 request, got 0"),
    (RateLimiting, {"minute": 1, "error_code": 200}, "error_code must be from 400 to 599, got 200"),
    (RateLimiting, {"minute": 1, "sync_rate": float("nan")}, "sync_rate must be a finite number, got nan"),
    (RateLimiting, {**IN_REDIS, "sync_rate": 0}, "sync_rate, unless it is -1, must be from 0.02 to 86400, got 0"),
    (IpRestriction, {"allow": ["10.0.0.0/8"], "status": 200}, "status of ip-restriction must be from 400 to 599"),
    (TcpLog, {"host": "logs.example.com", "port": 5000, "timeout": float("inf")}, "timeout must be a finite number"),
    (KeyAuth, {"protocols": []}, "protocols of key-auth must contain a protocol such as https"),
    (KeyAuth, {"protocols": ["tcp"]}, "protocols.0. must be 'grpc' or 'grpcs' or 'http' or 'https'"),
    (CustomPlugin, {"plugin": "session", "protocols": []}, "protocols of session must contain a protocol"),
    (Cors, {}, "origins must be given"),
    (Cors, {"origins": ["*"], "credentials": True}, "https origin"),
    (Cors, {"origins": ["http://shop.example.com"], "credentials": True}, "https origin"),
    (KeyAuth, {"key_names": []}, "got none"),
    (KeyAuth, {"key_names": [""]}, "header name"),
    (KeyAuth, {"instance_name": ""}, "instance_name of key-auth must consist of letters, .*, got ''"),
    (KeyAuth, {"instance_name": "a key"}, "instance_name of key-auth must consist of letters, .*, got 'a key'"),
    (
        KeyAuth,
        {"tags": ["a,b"]},
        "each of tags of key-auth must be a printable text without a comma or a slash, got 'a,b'",
    ),
    (
        KeyAuth,
        {"tags": ["a/b"]},
        "each of tags of key-auth must be a printable text without a comma or a slash, got 'a/b'",
    ),
    (TcpLog, {"host": "logs.shop", "port": 5000, "tls": True, "tls_sni": "a b"}, "tls_sni"),
    (TcpLog, {"host": "logs.shop:5000", "port": 5000}, "host of tcp-log must be a host name .* or an address"),
    (TcpLog, {"host": "10.0.0.300", "port": 5000}, "host of tcp-log must be a host name .* or an address"),
    (Redis, {"host": "a.b:6379"}, "host of Redis must be a host name .* without a scheme, a user or a port"),
    (
        Redis,
        {"host": "a.b", "server_name": "10.0.0.5"},
        "server_name of Redis must be a host name and not an IP address",
    ),
    (Redis, {"host": "a.b", "server_name": "a b"}, "server_name of Redis"),
    (RequestTransformer, {"http_method": "FOO"}, "http_method must be one of GET, .*, in upper case, got 'FOO'"),
    (RequestTransformer, {"http_method": "get"}, "http_method must be one of GET, .*, in upper case, got 'get'"),
    (RequestEntries, {"headers": ["X A:b"]}, r"the name in headers\[0\] must be a header name .*'X A'"),
    (RequestEntries, {"headers": ["X.A:b"]}, r"the name in headers\[0\] must be a header name of letters"),
    (RequestEntries, {"headers": ["X-A:"]}, r"headers\[0\], 'X-A', must have a value"),
    (RequestEntries, {"body": ["a:"]}, r"body\[0\], 'a', must have a value"),
    (
        RequestEntries,
        {"headers": ["X-A:$(headers.host"]},
        r"headers\[0\], 'X-A', must contain only closed templates with a Lua",
    ),
    (RequestEntries, {"querystring": ["a:$(one two)"]}, r"querystring\[0\], 'a', must contain only closed templates"),
    (ResponseEntries, {"headers": ["X A:b"]}, r"the name in headers\[0\] must be a header name"),
    (RequestReplacements, {"uri": "/$(x"}, "uri must contain only closed templates"),
    (RequestTransformer, {"rename": RequestEntries(headers=["X-A:X B"])}, "the new name in rename.headers must be"),
    (
        KeyAuth,
        {"key_names": ["x.api.key"]},
        "each of key_names must be a header name of letters, .*'x.api.key'; rename it",
    ),
    (Jwt, {"header_names": ["x.token"]}, "a name in header_names must be a header name of letters, .*; rename it"),
    (KeyAuth, {"key_in_query": True}, "ends up in logs"),
    (Jwt, {"claims_to_verify": []}, "expired tokens"),
    (Jwt, {"uri_param_names": ["jwt"]}, "ends up in logs"),
    (Jwt, {"anonymous": "guest"}, "would pass"),
    (Acl, {}, "allow or deny"),
    (FileLog, {"path": "/dev/stdout", "custom_fields_by_lua": {}}, "from the log"),
    (PreFunction, {"access": ["if then"]}, "valid Lua"),
    (PreFunction, {"access": ["require('socket')"]}, "sandbox does not allow"),
    (CustomPlugin, {"plugin": "openid-connect"}, "Enterprise are not available"),
    (CustomPlugin, {"plugin": "rate-limit"}, "must be a plugin of open-source"),
    (CustomPlugin, {"plugin": "jwt"}, "use Jwt"),
    (JsonBody, {"schema": {"type": "objekt"}}, "valid JSON Schema"),
    (JsonBody, {"schema": {"$ref": "https://example.com/a"}}, "must only refer to"),
]


@pytest.mark.parametrize(("plugin", "arguments", "message"), REFUSED)
def test_rejects_what_kong_accepts_but_serves_wrongly(plugin: Any, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        plugin(**arguments)


def test_rejects_a_redis_url_and_does_not_show_its_password() -> None:
    with pytest.raises(ConfigurationError, match="host of Redis must be a host name") as refused:
        Redis(host="redis://:canary@a.b")

    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    "made",
    [
        lambda: TcpLog(host="10.0.0.5", port=5000),
        lambda: TcpLog(host="fd00::5", port=5000),
        lambda: TcpLog(host="logs.shop", port=5000, tls=True, tls_sni="logs.example.com"),
        lambda: Redis(host="10.0.0.5", server_name="redis.example.com"),
        lambda: Redis(host="redis"),
        lambda: KeyAuth(instance_name="schlüssel_1.a~b-c", tags=["team a", "größe", "a:b"]),
        lambda: RequestTransformer(http_method="PROPFIND"),
        lambda: RequestEntries(
            headers=["X-A:$(headers['x-b'] or 'none') $5 (", "X_B:$(uri_captures.id)"], body=["a b:c"]
        ),
        lambda: ResponseEntries(headers=["X-A:"], json=["a b:c"]),
        lambda: RequestTransformer(replace=RequestReplacements(uri="/$(uri_captures[1])")),
    ],
)
def test_accepts_what_kong_accepts(made: Any) -> None:
    assert made()


def test_a_schema_with_quotes_braces_and_newlines_becomes_valid_lua() -> None:
    source = JsonBody(schema={"type": "object", "title": 'a "b" {{ c }} \\ \n é'}).to_plugin().access[0]

    assert "resty.ljsonschema" in source
