import json
from typing import Any

import pytest
from kong_schema import ROOT

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.plugins import registry
from kubestock.gateway.kong.plugins.custom import CustomPlugin
from kubestock.gateway.kong.plugins.logs import redactions

SYSLOG = ROOT / "plugins" / "syslog.json"
SMALL = {
    "fields": [
        {
            "config": {
                "type": "record",
                "fields": [
                    {"path": {"type": "string", "required": True, "starts_with": "/"}},
                    {"level": {"type": "string", "default": "info", "one_of": ["info", "err"]}},
                    {"codes": {"type": "array", "elements": {"type": "integer", "between": [100, 599]}}},
                ],
            }
        }
    ],
    "entity_checks": [],
}


def test_settings_that_the_schema_admits_are_emitted_as_they_are() -> None:
    made = CustomPlugin(plugin="proxy-cache", settings={"path": "/log", "codes": [200]}, schema=SMALL)

    assert made.to_kong() == {"name": "proxy-cache", "enabled": True, "config": {"path": "/log", "codes": [200]}}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "config.path: required"),
        ({"path": "log"}, "config.path: must start with /"),
        ({"path": "/", "leve": "info"}, "config.leve: unknown field"),
        ({"path": "/", "level": "debug"}, "config.level: must be one of"),
        ({"path": "/", "level": 3}, "config.level: must be string"),
        ({"path": "/", "codes": [200, 600]}, r"config.codes\[\]: must be from 100 to 599"),
        ({"path": "/", "codes": [True]}, r"config.codes\[\]: must be integer"),
    ],
)
def test_refuses_settings_that_the_schema_does_not_admit(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=f"settings of proxy-cache must fit its schema: .*{message}"):
        CustomPlugin(plugin="proxy-cache", settings=settings, schema=SMALL)


@pytest.mark.skipif(not SYSLOG.is_file(), reason=f"Kong's schemas are not at {ROOT}")
def test_a_schema_is_taken_as_kong_reports_it() -> None:
    schema = json.loads(SYSLOG.read_text())
    fields = dict(redactions())

    made = CustomPlugin(plugin="syslog", settings={"log_level": "err", "custom_fields_by_lua": fields}, schema=schema)
    assert made.kong_name == "syslog"
    with pytest.raises(ConfigurationError, match=r"config\.log_level: must be one of"):
        CustomPlugin(plugin="syslog", settings={"log_level": "verbose", "custom_fields_by_lua": fields}, schema=schema)


@pytest.mark.parametrize("plugin", ["udp-log", "syslog", "loggly"])
def test_refuses_any_log_that_would_hold_credentials(plugin: str) -> None:
    fields = {name: source for name, source in redactions().items() if name != "request.headers.cookie"}
    settings = {"host": "logs.example.com", "custom_fields_by_lua": fields}

    with pytest.raises(ConfigurationError, match=f"custom_fields_by_lua of {plugin} must keep request.headers.cookie"):
        CustomPlugin(plugin=plugin, settings=settings)
    with pytest.raises(ConfigurationError, match=f"of {plugin} must keep .*begin from redactions"):
        CustomPlugin(plugin=plugin)


@pytest.mark.parametrize(
    ("plugin", "mend"),
    [
        ("saml", "use Jwt"),
        ("key-auth-enc", "use KeyAuth, whose keys are sealed"),
        ("forward-proxy", "nothing in its place"),
        ("oauth2-introspection", "use Jwt"),
        ("kafka-log", "use HttpLog or TcpLog"),
        ("kafka-upstream", "nothing in its place"),
        ("degraphql", "nothing in its place"),
        ("graphql-rate-limiting-advanced", "use RateLimiting"),
        ("graphql-proxy-cache-advanced", "plugin='proxy-cache'"),
        ("json-threat-protection", "use JsonBody"),
        ("xml-threat-protection", "use RequestSizeLimiting"),
        ("header-cert-auth", "use KeyAuth with Acl"),
        ("jwe-decrypt", "nothing in its place"),
        ("upstream-oauth", "nothing in its place"),
        ("ai-proxy-advanced", "plugin='ai-proxy'"),
        ("ai-rate-limiting-advanced", "use RateLimiting with policy='redis'"),
        ("mtls-auth", "use KeyAuth with Acl"),
        ("vault-auth", "use KeyAuth"),
        ("jq", "use RequestTransformer"),
        ("konnect-application-auth", "use KeyAuth with Acl"),
        ("route-by-header", "use Route"),
        ("exit-transformer", "use a global ResponseTransformer"),
        ("upstream-timeout", "use Service"),
        ("opa", "use Acl, or PreFunction"),
        ("app-dynamics", "plugin='opentelemetry'"),
        ("websocket-validator", "nothing in its place"),
        ("websocket-size-limit", "nothing in its place"),
        ("tls-metadata-headers", "use TLS that ends at a proxy"),
        ("tls-handshake-modifier", "use TLS that ends at a proxy"),
        ("mocking", "use RequestTermination"),
        ("openid-connect", "use Jwt"),
    ],
)
def test_refuses_a_plugin_of_kong_enterprise(plugin: str, mend: str) -> None:
    with pytest.raises(ConfigurationError, match=f"plugin '{plugin}' is part of Kong Enterprise; .*{mend}"):
        CustomPlugin(plugin=plugin)


def test_no_plugin_is_of_both_kongs() -> None:
    known = [*registry.OPEN_SOURCE, *registry.TYPED, *registry.ENTERPRISE, *registry.NEEDS_A_DATABASE]

    assert len(known) == len(set(known))
    assert registry.LOGS | registry.DIALS.keys() | registry.DIALS_UNNAMED <= {*registry.OPEN_SOURCE, *registry.TYPED}


@pytest.mark.parametrize(
    ("plugin", "settings", "message"),
    [
        ("basic-auth", {}, "'basic-auth' must not be used: a Consumer can hold no .* get 401; use KeyAuth or Jwt"),
        ("hmac-auth", {}, "'hmac-auth' must not be used: a Consumer can hold no .* get 401; use KeyAuth or Jwt"),
        ("oauth2", {}, "'oauth2' needs a database, which this Kong lacks; use Jwt"),
        ("response-ratelimiting", {"policy": "cluster"}, "policy of response-ratelimiting must not be 'cluster'"),
        ("session", {"storage": "kong"}, "storage of session must not be 'kong': this Kong has no database"),
        ("aws-lambda", {"function_name": "f"}, "connects_to of aws-lambda must name the hosts"),
        ("proxy-cache", {"cache_ttl": float("nan")}, "settings of proxy-cache must be what JSON can hold"),
        ("proxy-cache", {"cache_ttl": {1}}, "settings of proxy-cache must be what JSON can hold"),
    ],
)
def test_refuses_what_this_kong_cannot_serve(plugin: str, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        CustomPlugin(plugin=plugin, settings=settings)


@pytest.mark.parametrize(
    ("plugin", "settings", "destinations"),
    [
        ("udp-log", {"host": "logs.shop"}, [("logs.shop", "UDP")]),
        ("loggly", {}, [("logs-01.loggly.com", "UDP")]),
        ("loggly", {"host": "logs.shop"}, [("logs.shop", "UDP")]),
        ("opentelemetry", {"traces_endpoint": "http://otel.shop:4318/v1/traces"}, [("otel.shop", "TCP")]),
        ("response-ratelimiting", {"redis": {"host": "redis.shop"}}, [("redis.shop", "TCP")]),
        ("statsd", {}, []),
        ("proxy-cache", {"host": "redis.shop"}, []),
    ],
)
def test_the_hosts_that_it_makes_kong_connect_to_are_known(
    plugin: str, settings: dict[str, Any], destinations: list[tuple[str, str]]
) -> None:
    filled = {**settings, "custom_fields_by_lua": dict(redactions())}

    assert CustomPlugin(plugin=plugin, settings=filled).destinations == tuple(destinations)


def test_hosts_that_no_field_names_are_declared() -> None:
    made = CustomPlugin(plugin="aws-lambda", connects_to=["lambda.eu-west-1.amazonaws.com"])

    assert made.destinations == (("lambda.eu-west-1.amazonaws.com", "TCP"),)
    assert made.to_kong()["config"] == {}


def test_refuses_the_canary_plugin_and_names_what_a_route_can_do() -> None:
    with pytest.raises(ConfigurationError, match=r"canary.*a route to the new workload with RouteOptions\(headers=…\)"):
        CustomPlugin(plugin="canary", settings={})
