"""OPTIONS requires no credential, so no plugin may turn it into a real call."""

import pytest
from kong_bypass_routes import PEOPLE, SHOP, route, service

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.file import GatewayConfig
from kubestock.gateway.kong.plugins.authentication import Acl, Jwt, KeyAuth
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.cross_origin import Cors
from kubestock.gateway.kong.plugins.custom import CustomPlugin
from kubestock.gateway.kong.plugins.request_transformation import RequestReplacements, RequestTransformer
from kubestock.values.references import SecretRef

CLOSE = RequestTransformer(http_method="POST", replace=RequestReplacements(uri="/orders/close"))
LAMBDA = CustomPlugin(plugin="aws-lambda", connects_to=["lambda.eu-central-1.amazonaws.com"])
REPORTS = Consumer(username="reports", api_keys=[SecretRef(name="keys")["reports"]], groups=["reports"])


def made(*plugins: Plugin, methods: list[str] | None = None, global_plugins: tuple[Plugin, ...] = ()) -> GatewayConfig:
    closing = route("close", "/api/close", *plugins, methods=methods)
    return GatewayConfig(services=[service("orders", closing)], consumers=[PEOPLE, REPORTS], plugins=global_plugins)


@pytest.mark.parametrize("methods", [None, ["GET", "OPTIONS"]])
@pytest.mark.parametrize("asking", [KeyAuth(), Jwt()])
def test_rejects_changing_the_method_of_options_without_a_credential(asking: Plugin, methods: list[str] | None) -> None:
    with pytest.raises(
        ConfigurationError, match=r"http_method of request-transformer must not be on close, .*add Acl\(allow=…\)"
    ):
        made(asking, CLOSE, methods=methods)


@pytest.mark.parametrize("name", ["aws-lambda", "azure-functions", "ai-proxy", "ai-request-transformer"])
def test_rejects_a_plugin_that_makes_a_call_for_options_without_a_credential(name: str) -> None:
    calling = CustomPlugin(plugin=name, connects_to=["calls.example.com"])

    with pytest.raises(
        ConfigurationError, match=f"{name} must not be on close, because OPTIONS requires no credential"
    ):
        made(KeyAuth(), calling)


def test_rejects_such_a_plugin_on_any_scope() -> None:
    with pytest.raises(ConfigurationError, match="aws-lambda must not be on close"):
        made(KeyAuth(), global_plugins=(LAMBDA,))


@pytest.mark.parametrize(
    ("plugins", "methods"),
    [
        ((KeyAuth(), Acl(allow=["reports"]), CLOSE, LAMBDA), None),
        ((KeyAuth(), CLOSE), ["GET"]),
        ((KeyAuth(run_on_preflight=True), CLOSE), None),
        ((KeyAuth(), RequestTransformer(replace=CLOSE.replace)), None),
        ((KeyAuth(), RequestTransformer(http_method="OPTIONS")), None),
        ((KeyAuth(), RequestTransformer(http_method="POST", enabled=False)), None),
        ((CLOSE,), None),
    ],
    ids=[
        "acl",
        "methods-without-options",
        "options-authenticated",
        "no-new-method",
        "new-method-is-options",
        "disabled",
        "no-authentication",
    ],
)
def test_accepts_such_a_plugin_if_options_requires_a_credential_or_is_unchanged(
    plugins: tuple[Plugin, ...], methods: list[str] | None
) -> None:
    assert made(*plugins, methods=methods).routes


def test_rejects_such_a_plugin_even_if_cors_answers_preflights() -> None:
    with pytest.raises(ConfigurationError, match="http_method of request-transformer must not be on close"):
        made(KeyAuth(), Cors(origins=[f"https://{SHOP}"]), CLOSE)
