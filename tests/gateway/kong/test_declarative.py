import json
import re
from typing import Any

import pytest
import yaml
from kong_full_configuration import PUBLIC_KEY

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.consumers import Consumer, JwtIssuer
from kubestock.gateway.kong.config.file import GatewayConfig
from kubestock.gateway.kong.config.healthchecks import HealthChecks, PassiveHealthCheck, PassiveUnhealthy
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.config.upstreams import Target, Upstream
from kubestock.gateway.kong.plugins.authentication import Acl, Jwt, KeyAuth
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.cross_origin import Cors
from kubestock.gateway.kong.plugins.limits import RequestTermination
from kubestock.gateway.kong.plugins.logs import FileLog
from kubestock.gateway.kong.plugins.rate_limiting import RateLimiting, Redis
from kubestock.values.references import SecretRef

UPSTREAM = Upstream(name="orders.upstream", targets=[Target(target="orders-pods.shop:3005")])
KEYS = SecretRef(name="kong-config")
CORS = Cors(origins=["https://shop.example.com"], credentials=True)


def config(
    *plugins: Plugin, methods: list[str] | None = None, consumers: list[Consumer] | None = None
) -> GatewayConfig:
    route = Route(name="orders", path="/api/orders", hosts=["shop.example.com"], methods=methods, plugins=plugins)
    service = KongService(name="orders", upstream=UPSTREAM, routes=[route])
    return GatewayConfig(services=[service], consumers=consumers or [])


def filled(template: str, values: dict[str, str]) -> Any:
    """Return what the controller renders from the template, in one pass over its actions."""

    def action(match: re.Match[str]) -> str:
        return "{{" if match.group(1) is None else json.dumps(values[match.group(1)])

    return yaml.safe_load(re.sub(r'\{\{ (?:"\{\{"|index \. "([^"]+)" \| toJson) \}\}', action, template))


def test_the_file_has_its_format_version_and_routes_to_the_upstream() -> None:
    document = yaml.safe_load(config(RateLimiting(minute=5)).render())

    assert document["_format_version"] == "3.0"
    assert document["services"][0]["host"] == document["upstreams"][0]["name"]
    assert document["services"][0]["routes"][0]["paths"] == ["~/api/orders(/|$)"]


def test_rendering_the_template_restores_credentials_and_braces() -> None:
    body = 'a {{ b }} "c" {{{ \n d'
    callers = [Consumer(username="reports", api_keys=[KEYS["reports"]])]
    made = config(KeyAuth(), RequestTermination(body=body), consumers=callers)
    value = 'q"uo{{te\n: #'
    document = filled(made.template(), {"reports": value})

    assert document["consumers"][0]["keyauth_credentials"][0]["key"] == value
    assert document["services"][0]["routes"][0]["plugins"][1]["config"]["body"] == body
    assert [each.key for each in made.secret_keys] == ["reports"]


def test_rejects_rendering_credentials_in_plain_text() -> None:
    made = config(KeyAuth(), consumers=[Consumer(username="reports", api_keys=[KEYS["reports"]])])

    with pytest.raises(ConfigurationError, match=r"template\(\)"):
        made.render()


def people() -> Consumer:
    issuer = JwtIssuer(key="https://id.example.com", rsa_public_key=PUBLIC_KEY)
    return Consumer(username="people", issuers=[issuer])


def two() -> list[Consumer]:
    return [Consumer(username=name, api_keys=[KEYS[name]], groups=["staff"]) for name in ("one", "other")]


def mixed() -> list[Consumer]:
    elsewhere = SecretRef(name="other")["other"]
    return [two()[0], Consumer(username="other", api_keys=[elsewhere], groups=["staff"])]


def shared(username: str, key: str) -> Consumer:
    """Return a consumer whose issuer signs with a shared secret."""
    return Consumer(username=username, issuers=[JwtIssuer(key=username, algorithm="HS256", secret=KEYS[key])])


REDIS = RateLimiting(minute=9, limit_by="ip", policy="redis", redis=Redis(host="redis.shop", password=KEYS["one"]))
ISSUER = Consumer(
    username="idp", issuers=[JwtIssuer(key="https://idp.example.com", algorithm="HS256", secret=KEYS["idp"])]
)


@pytest.mark.parametrize(
    ("plugins", "consumers", "message"),
    [
        ([KeyAuth()], [], "must have a consumer with a credential of its kind"),
        ([Jwt()], [], "must have a consumer with a credential of its kind"),
        ([KeyAuth()], two(), "must be used together with Acl"),
        ([Jwt(), RateLimiting(minute=9)], [people()], "would block all users"),
        (
            [Jwt(), RateLimiting(minute=9, limit_by="credential")],
            [people()],
            "limit_by of rate-limiting on orders must be 'ip'",
        ),
        ([Acl(allow=["staff"])], two(), "must be used together with Jwt, KeyAuth or another plugin that authenticates"),
        (
            [KeyAuth(), Acl(allow=["stuff"])],
            two(),
            r"must name groups that a consumer has, got stuff; correct the name, or add \['stuff'\]",
        ),
        ([RateLimiting(minute=1), RateLimiting(minute=2)], [], "must be unique on orders, got 2"),
        (
            [KeyAuth(key_names=["x-token"]), FileLog(path="/dev/stdout")],
            two()[:1],
            "must not write .x-token. in plain text",
        ),
        ([Jwt(header_names=["x-jwt"]), FileLog(path="/dev/stdout")], [ISSUER], "x-jwt"),
        ([], [Consumer(username="one", plugins=[CORS])], "cors must not be on consumer one"),
        ([KeyAuth(), Acl(allow=["staff"])], mixed(), "keys of one Secret.*got kong-config, other"),
        ([CORS, KeyAuth(run_on_preflight=True)], two()[:1], "run_on_preflight"),
        ([], [*two(), Consumer(username="third", api_keys=[KEYS["one"]])], "each credential must be unique"),
        ([], [ISSUER, shared("again", "idp")], "each credential must be unique, got 'idp' more than once"),
        ([], [*two(), shared("idp", "one")], "each credential must be unique, got 'one' more than once"),
        ([REDIS], two(), "each credential must be unique, got one also as the password of a plugin"),
    ],
)
def test_rejects_combinations_that_fail_open(plugins: list[Plugin], consumers: list[Consumer], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        config(*plugins, consumers=consumers)


def test_rejects_methods_without_options_if_cors_applies() -> None:
    with pytest.raises(ConfigurationError, match="must contain OPTIONS"):
        config(CORS, methods=["GET"])


def test_rejects_an_issuer_without_a_key() -> None:
    with pytest.raises(ConfigurationError, match="rsa_public_key"):
        JwtIssuer(key="https://idp.example.com")


def test_rejects_a_passive_check_without_an_active_probe_that_returns_targets() -> None:
    with pytest.raises(ConfigurationError, match="only an active probe can return it"):
        HealthChecks(passive=PassiveHealthCheck(unhealthy=PassiveUnhealthy(http_failures=3)))


def test_rejects_an_invalid_host_name() -> None:
    with pytest.raises(ConfigurationError, match="each of hosts"):
        Route(name="bad", path="/", hosts=["https://shop.example.com"])


def protected(path: str, *plugins: Plugin, public: bool = False) -> GatewayConfig:
    route = Route(name="orders", path=path, hosts=["shop.example.com"], plugins=plugins, public=public)
    return GatewayConfig(
        services=[KongService(name="orders", upstream=UPSTREAM, routes=[route])],
        consumers=[ISSUER],
        protected_prefixes=["/api"],
    )


@pytest.mark.parametrize("path", ["/api", "/api/orders"])
def test_rejects_a_path_without_authentication_below_a_protected_prefix(path: str) -> None:
    with pytest.raises(ConfigurationError, match="must have Jwt, KeyAuth or another plugin that authenticates"):
        protected(path)
    with pytest.raises(ConfigurationError, match="must have Jwt, KeyAuth or another plugin that authenticates"):
        protected(path, Jwt(enabled=False))

    assert protected(path, Jwt()).routes
    assert protected(path, public=True).routes


def test_accepts_a_path_next_to_a_protected_prefix_without_authentication() -> None:
    assert protected("/apiary").routes


def test_rejects_a_public_route_that_requires_authentication() -> None:
    with pytest.raises(ConfigurationError, match="must not have public=True, because it requires authentication"):
        protected("/api/orders", Jwt(), public=True)


def test_kongs_file_does_not_contain_public() -> None:
    assert "public:" not in protected("/api/orders", public=True).template()


def test_rejects_a_file_that_is_too_large_for_an_object() -> None:
    body = "x" * (1024 * 1024)

    with pytest.raises(ConfigurationError, match="must be at most 1048576 bytes"):
        config(RequestTermination(body=body))


def test_rejects_two_definitions_of_one_upstream() -> None:
    other = Upstream(name=UPSTREAM.name, targets=[Target(target="other.shop:80")])
    services = [KongService(name="a", upstream=UPSTREAM, routes=[]), KongService(name="b", upstream=other, routes=[])]

    with pytest.raises(ConfigurationError, match="must have one definition"):
        GatewayConfig(services=services)


@pytest.mark.parametrize(
    "text", ["1e3", "7e10", "4E2", "08", "089", "0198", "_5", "00:11", "0x1F", "-1", "+1", ".5", "y", "N", "inf", "NaN"]
)
def test_quotes_a_text_that_another_yaml_parser_may_read_as_a_number_or_boolean(text: str) -> None:
    reader = Consumer(username="reports", api_keys=[KEYS["reports"]], groups=[text])
    rendered = config(KeyAuth(), Acl(allow=[text]), consumers=[reader]).template()

    assert f'- "{text}"\n' in rendered
    assert f'group: "{text}"\n' in rendered


def test_does_not_quote_field_names_and_ordinary_texts() -> None:
    rendered = config(methods=["GET"]).render()

    assert rendered.startswith('_format_version: "3.0"\n')
    assert "- GET\n" in rendered
