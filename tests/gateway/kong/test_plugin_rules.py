"""Rules across plugins: each plugin runs, and none silently overrides another one."""

import cdk8s
import pytest
from kong_gateways import backend, gateway
from support import find

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.backends import Egress
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.file import GatewayConfig
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.config.upstreams import Target, Upstream
from kubestock.gateway.kong.plugins.authentication import KeyAuth
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.custom import CustomPlugin
from kubestock.gateway.kong.plugins.entries import SealedHeader
from kubestock.gateway.kong.plugins.functions import PostFunction, PreFunction
from kubestock.gateway.kong.plugins.log_fields import redactions
from kubestock.gateway.kong.plugins.logs import FileLog, TcpLog
from kubestock.gateway.kong.plugins.observability import CorrelationId
from kubestock.gateway.kong.plugins.rate_limiting import RateLimiting
from kubestock.gateway.kong.plugins.request_transformation import (
    RequestEntries,
    RequestReplacements,
    RequestTransformer,
)
from kubestock.gateway.kong.plugins.response_transformation import ResponseEntries, ResponseNames, ResponseTransformer
from kubestock.gateway.kong.plugins.security_headers import SecurityHeaders
from kubestock.gateway.kong.plugins.validation import JsonBody
from kubestock.kube.peers import IpBlocks, Pods
from kubestock.values.references import SecretRef

UPSTREAM = Upstream(name="orders.upstream", targets=[Target(target="orders-pods.shop:3005")])
STOCK = Upstream(name="stock.upstream", targets=[Target(target="stock-pods.shop:3003")])
READER = Consumer(username="reports", api_keys=[SecretRef(name="kong-config")["reports"]])
SCOPES = ("everywhere", "service", "route", "consumer")
BODY = JsonBody(schema={"type": "object"}).to_plugin()


def config(*placed: tuple[str, Plugin]) -> GatewayConfig:
    """Return a configuration with plugins on the named scopes, or on the route of another service."""
    on = {scope: [plugin for place, plugin in placed if place == scope] for scope in (*SCOPES, "sibling")}
    assert sum(map(len, on.values())) == len(placed)
    route = Route(name="orders", path="/api/orders", hosts=["shop.example.com"], plugins=on["route"])
    other = Route(name="stock", path="/api/stock", hosts=["shop.example.com"], plugins=on["sibling"])
    service = KongService(name="shop", upstream=UPSTREAM, routes=[route], plugins=on["service"])
    elsewhere = KongService(name="stock", upstream=STOCK, routes=[other])
    caller = Consumer(username="reports", api_keys=READER.api_keys, plugins=on["consumer"])
    return GatewayConfig(services=[service, elsewhere], consumers=[caller], plugins=on["everywhere"])


def adding(*headers: str) -> ResponseTransformer:
    return ResponseTransformer(add=ResponseEntries(headers=headers))


@pytest.mark.parametrize("scope", SCOPES)
def test_rejects_a_duplicated_plugin_on_a_scope(scope: str) -> None:
    with pytest.raises(ConfigurationError, match=r"plugin rate-limiting must be unique on .*, got 2; merge them"):
        config((scope, RateLimiting(minute=1)), (scope, RateLimiting(minute=2)))


@pytest.mark.parametrize("scope", SCOPES)
def test_rejects_a_duplicated_instance_name(scope: str) -> None:
    named = RateLimiting(minute=1, instance_name="limit")

    with pytest.raises(ConfigurationError, match=r"instance_name 'limit' must be unique .* again on .*; rename one"):
        config((scope, named), ("sibling", CustomPlugin(plugin="proxy-cache", instance_name="limit")))
    assert config((scope, named), ("sibling", CustomPlugin(plugin="proxy-cache", instance_name="cache"))).routes


@pytest.mark.parametrize(
    ("phase", "early"),
    [("rewrite", PreFunction(rewrite=["return"])), ("certificate", PreFunction(certificate=["return"]))],
)
@pytest.mark.parametrize("scope", ["service", "route"])
def test_rejects_lua_in_a_phase_before_kong_knows_the_route(scope: str, phase: str, early: Plugin) -> None:
    with pytest.raises(ConfigurationError, match=f"{phase} of pre-function must be left out on .*; use access"):
        config((scope, early))
    assert config(("everywhere", early)).routes


def test_rejects_a_correlation_id_on_a_consumer() -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"correlation-id must not be on consumer reports, because .* and so never runs there; put",
    ):
        config(("consumer", CorrelationId()))


@pytest.mark.parametrize(("wider", "scope"), [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)])
def test_rejects_a_response_transformer_that_drops_security_headers(wider: int, scope: int) -> None:
    headers = SecurityHeaders().to_plugin()

    with pytest.raises(
        ConfigurationError,
        match=r"must also have entries for content-security-policy, .*server.*; repeat .*to_plugin\(merge_with=…\)",
    ):
        config((SCOPES[wider], headers), (SCOPES[scope], adding("X-Own:1")))
    merged = SecurityHeaders().to_plugin(merge_with=adding("X-Own:1"))
    assert config((SCOPES[wider], headers), (SCOPES[scope], merged)).routes


def test_a_disabled_response_transformer_overrides_nothing() -> None:
    off = ResponseTransformer(add=ResponseEntries(headers=["X-Own:1"]), enabled=False)

    assert config(("everywhere", SecurityHeaders().to_plugin()), ("route", off)).routes


def test_security_headers_are_merged_with_other_changes_and_keep_explicit_values() -> None:
    own = ResponseTransformer(
        remove=ResponseNames(headers=["Via"], json=["secret"]),
        add=ResponseEntries(headers=["x-frame-options:SAMEORIGIN"]),
    )
    made = SecurityHeaders().to_plugin(merge_with=own)

    assert made.remove == ResponseNames(headers=["Via", "Server", "X-Powered-By"], json=["secret"])
    assert made.add.headers[0] == "x-frame-options:SAMEORIGIN"
    assert "Referrer-Policy:strict-origin-when-cross-origin" in made.add.headers
    assert not [each for each in (*made.add.headers, *made.replace.headers) if each.startswith("X-Frame-Options")]


def test_a_stricter_header_replaces_that_of_a_program() -> None:
    strict, lax = SecurityHeaders().to_plugin(), SecurityHeaders(frame_options="SAMEORIGIN", hsts_max_age=None)
    own = SecurityHeaders().to_plugin(
        merge_with=ResponseTransformer(replace=ResponseEntries(headers=["X-Frame-Options:SAMEORIGIN"]))
    )

    assert {"X-Frame-Options:DENY", "X-Content-Type-Options:nosniff"} <= set(strict.replace.headers)
    assert [each.partition(":")[0] for each in strict.replace.headers] == [
        "Strict-Transport-Security",
        "X-Content-Type-Options",
        "X-Frame-Options",
    ]
    assert set(strict.replace.headers) <= set(strict.add.headers)
    assert list(lax.to_plugin().replace.headers) == ["X-Content-Type-Options:nosniff"]
    assert "X-Frame-Options:DENY" not in (*own.replace.headers, *own.add.headers)


@pytest.mark.parametrize(("wider", "scope"), [("everywhere", "service"), ("everywhere", "route"), ("service", "route")])
def test_rejects_a_function_that_overrides_a_broader_check(wider: str, scope: str) -> None:
    own = "kong.response.set_header('X-Own', '1')"

    with pytest.raises(
        ConfigurationError, match=r"post-function of .* in access, such as that of JsonBody, would not run; begin its"
    ):
        config((wider, BODY), (scope, PostFunction(access=[own])))
    with pytest.raises(ConfigurationError, match="would not run"):
        config((wider, BODY), (scope, PostFunction(log=[own])))
    with pytest.raises(ConfigurationError, match="would not run; begin its access"):
        config((wider, BODY), (scope, PostFunction(access=["kong.response.exit(200)", *BODY.access])))
    assert config((wider, BODY), (scope, PostFunction(access=[*BODY.access, own]))).routes
    assert config((wider, BODY), (scope, PreFunction(access=[own]))).routes


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(
    "log",
    [
        FileLog(path="/dev/stdout"),
        CustomPlugin(plugin="udp-log", settings={"host": "logs", "custom_fields_by_lua": dict(redactions())}),
    ],
    ids=["file-log", "udp-log"],
)
def test_rejects_a_log_on_any_scope_that_would_contain_a_key(log: Plugin, scope: str) -> None:
    with pytest.raises(ConfigurationError, match=r"must not write 'x-own-key' in plain text; use red"):
        config((scope, log), ("sibling", KeyAuth(key_names=["X-Own-Key"])))


SEALED = SealedHeader(name="X-Upstream-Key", entry=SecretRef(name="kong-config")["upstream"])


@pytest.mark.parametrize(
    "changed",
    [
        RequestTransformer(add=RequestEntries(headers=[SEALED])),
        RequestTransformer(append=RequestEntries(headers=[SEALED])),
        RequestTransformer(replace=RequestReplacements(headers=[SEALED])),
        RequestTransformer(rename=RequestEntries(headers=["x-api-key:X-Upstream-Key"])),
    ],
    ids=["add", "append", "replace", "rename"],
)
@pytest.mark.parametrize("scope", SCOPES)
def test_rejects_a_log_that_would_contain_headers_that_kong_adds(changed: Plugin, scope: str) -> None:
    with pytest.raises(ConfigurationError, match=r"file-log must not write 'x-upstream-key' in plain text; use red"):
        config((scope, FileLog(path="/dev/stdout")), ("sibling", changed))
    log = FileLog(path="/dev/stdout", custom_fields_by_lua=redactions("X-Upstream-Key"))
    assert config((scope, log), ("sibling", changed)).routes


def test_accepts_a_log_that_removes_the_key() -> None:
    fields = {"host": "logs", "custom_fields_by_lua": dict(redactions("X-Own-Key"))}

    assert config(
        ("route", KeyAuth(key_names=["X-Own-Key"])), ("route", CustomPlugin(plugin="udp-log", settings=fields))
    ).routes


def test_a_log_over_udp_needs_an_egress_with_udp(chart: cdk8s.Chart) -> None:
    fields = {"host": "logs.shop", "custom_fields_by_lua": dict(redactions())}
    log = CustomPlugin(plugin="udp-log", settings=fields)
    peer = Pods(namespace="monitoring")

    with pytest.raises(ConfigurationError, match=r"Egress\(host='logs.shop', peer=…, port=…, protocol='UDP'\)"):
        gateway(chart, log, egress=(Egress(host="logs.shop", peer=peer, port=9999),))

    gateway(chart, log, egress=(Egress(host="logs.shop", peer=peer, port=9999, protocol="UDP"),)).route(
        "/", to=backend(chart)
    )
    ports = [port for rule in find(chart, "NetworkPolicy", "kong")["spec"]["egress"] for port in rule.get("ports", [])]

    assert {"port": 9999, "protocol": "UDP"} in ports


def test_a_log_to_an_address_is_allowed_by_an_egress(chart: cdk8s.Chart) -> None:
    egress = Egress(host="10.0.0.5", peer=IpBlocks(ranges=("10.0.0.5/32",)), port=5000)

    gateway(chart, TcpLog(host="10.0.0.5", port=5000), egress=(egress,)).route("/", to=backend(chart))
    rules = find(chart, "NetworkPolicy", "kong")["spec"]["egress"]

    assert {"ipBlock": {"cidr": "10.0.0.5/32"}} in [peer for rule in rules for peer in rule.get("to", [])]
