"""What of Kong's own credentials would stand in the file in clear is refused, and never shown."""

from collections.abc import Callable
from typing import Any

import pytest

from kubestock.errors import ConfigurationError
from kubestock.gateway.plugins.base import Plugin
from kubestock.gateway.plugins.credentials import is_credential
from kubestock.gateway.plugins.custom import CustomPlugin
from kubestock.gateway.plugins.logs import HttpLog
from kubestock.gateway.plugins.transformation import (
    RequestEntries,
    RequestReplacements,
    RequestTransformer,
    SealedHeader,
)
from kubestock.values.references import SecretRef

CANARY = "canary-in-a-coal-mine"
SEALED = SecretRef(name="kong-config")["its-key"]
ENDPOINT = "https://logs.example.com"


@pytest.mark.parametrize(
    "name",
    [
        *("Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "apikey", "apiKey", "DD-API-KEY", "key"),
        *("X-Auth-Token", "accessToken", "secret_v1", "client_secret", "password", "sentinel_password", "private_key"),
        *("aws_secret", "aws_key", "account_key", "eab_hmac_key", "x-amz-signature", "header_value", "tokens"),
    ],
)
def test_a_name_tells_that_it_holds_a_credential(name: str) -> None:
    assert is_credential(name)


@pytest.mark.parametrize(
    "name",
    [
        *("X-Source", "X-Tenant", "Content-Type", "Accept", "host", "cookie_name", "hide_credentials_for", "key_names"),
        *("token_expiration", "Keep-Alive", "monkey", "X-Request-ID", "secretary", "dictionary_name", "page"),
    ],
)
def test_another_name_tells_of_no_credential(name: str) -> None:
    assert not is_credential(name)


def request(**entries: Any) -> RequestTransformer:
    return RequestTransformer(add=RequestEntries(**entries))


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: HttpLog(http_endpoint=ENDPOINT, headers={"X-Api-Key": CANARY}), "X-Api-Key in headers of http-log"),
        (lambda: HttpLog(http_endpoint=ENDPOINT, headers={"authorization": CANARY}), "authorization in headers"),
        (lambda: HttpLog(http_endpoint=f"https://me:{CANARY}@logs.example.com"), "no user and no password"),
        (lambda: HttpLog(http_endpoint=f"{ENDPOINT}/?dd-api-key={CANARY}"), "dd-api-key in the query of http_endpoint"),
        (lambda: HttpLog(http_endpoint=f"https://[{CANARY}"), "http_endpoint must be an address"),
        (lambda: request(headers=[f"Authorization:Bearer {CANARY}"]), "Authorization in add.headers of request-trans"),
        (lambda: request(querystring=[f"api_key:{CANARY}"]), "api_key in add.querystring"),
        (lambda: request(body=[f"password:{CANARY}"]), "password in add.body"),
        (
            lambda: request(headers=["X-A:b", f"Authorization={CANARY}"]),
            r"headers\[1\] must be of the form 'Name:value'",
        ),
        (lambda: request(headers=[f"X-A:b\n{CANARY}"]), r"headers\[0\], 'X-A', must have a value on one line"),
        (lambda: RequestTransformer(append=RequestEntries(headers=[f"x-api-key:{CANARY}"])), "in append.headers"),
        (lambda: RequestTransformer(replace=RequestReplacements(headers=[f"Cookie:{CANARY}"])), "in replace.headers"),
        (lambda: CustomPlugin(plugin="session", settings={"secret": CANARY}), "secret of session is a credential"),
        (lambda: CustomPlugin(plugin="loggly", settings={"key": CANARY}), "key of loggly is a credential"),
        (
            lambda: CustomPlugin(plugin="response-ratelimiting", settings={"redis": {"password": CANARY}}),
            "password of response-ratelimiting",
        ),
        (
            lambda: CustomPlugin(plugin="zipkin", settings={"http_endpoint": f"http://a:{CANARY}@zipkin.shop/api"}),
            "http_endpoint of zipkin must carry no user",
        ),
        (
            lambda: CustomPlugin(plugin="opentelemetry", settings={"headers": {"X-Api-Key": CANARY}}),
            "X-Api-Key of opentelemetry",
        ),
    ],
)
def test_refuses_a_credential_in_clear_and_does_not_show_it(made: Callable[[], Plugin], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as refused:
        made()

    assert CANARY not in str(refused.value)


@pytest.mark.parametrize(
    "plugin",
    [
        HttpLog(http_endpoint=ENDPOINT, headers={"Authorization": SEALED, "X-Source": "kong"}),
        RequestTransformer(
            add=RequestEntries(headers=[SealedHeader(name="X-Upstream-Key", entry=SEALED), "X-Tenant:shop"])
        ),
        RequestTransformer(replace=RequestReplacements(querystring=[SEALED])),
        CustomPlugin(plugin="session", settings={"secret": SEALED, "cookie_name": "sid"}),
    ],
)
def test_a_key_of_the_sealed_secret_takes_its_place(plugin: Plugin) -> None:
    assert repr(SEALED) in repr(plugin.to_kong())


def test_refuses_a_sealed_header_that_does_not_say_its_name() -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"headers\[1\] must say its name .*; use SealedHeader\(name='X-Its-Name', entry=…\['its-key'\]\)",
    ):
        request(headers=["X-Tenant:shop", SEALED])
    with pytest.raises(ConfigurationError, match="name of a SealedHeader must be a header name"):
        SealedHeader(name="X Upstream", entry=SEALED)
    with pytest.raises(ConfigurationError, match=r"rename\.headers must hold names"):
        RequestTransformer(rename=RequestEntries(headers=[SealedHeader(name="X-A", entry=SEALED)]))


def test_a_sealed_header_is_its_sealed_entry_in_the_file_of_kong() -> None:
    made = request(headers=["X-Tenant:shop", SealedHeader(name="X-Upstream-Key", entry=SEALED)])

    assert made.config()["add"]["headers"] == ["X-Tenant:shop", SEALED]


def test_a_header_may_be_renamed_to_one_of_credentials() -> None:
    assert RequestTransformer(rename=RequestEntries(headers=["x-old-key:x-api-key", "x-api-key:x-old"])).config()


def test_the_schema_of_a_plugin_sees_a_text_where_a_key_of_a_secret_stands() -> None:
    fields = [{"config": {"type": "record", "fields": [{"secret": {"type": "string", "required": True}}]}}]

    assert CustomPlugin(plugin="session", settings={"secret": SEALED}, schema={"fields": fields}).config()
