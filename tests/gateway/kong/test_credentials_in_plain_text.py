"""Credentials in plain text in Kong's file are rejected, and errors never show them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any, ClassVar

import pytest

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.custom import CustomPlugin
from kubestock.gateway.kong.plugins.entries import SealedHeader
from kubestock.gateway.kong.plugins.log_fields import redactions
from kubestock.gateway.kong.plugins.logs import HttpLog
from kubestock.gateway.kong.plugins.rate_limiting import RateLimiting, Redis
from kubestock.gateway.kong.plugins.request_transformation import (
    RequestEntries,
    RequestReplacements,
    RequestTransformer,
)
from kubestock.gateway.kong.plugins.response_transformation import ResponseEntries, ResponseTransformer
from kubestock.gateway.kong.plugins.traits import Traits
from kubestock.values.references import SecretKey, SecretRef
from kubestock.values.value import Value

CANARY = "canary-in-a-coal-mine"
PLAIN: Any = CANARY
SEALED = SecretRef(name="kong-config")["its-key"]
ENDPOINT = "https://logs.example.com"


class Server(Value):
    """The server of a badge office."""

    badge: str | SecretKey | None = None
    badges: Sequence[str | SecretKey] = ()


class BadgeCheck(Plugin):
    """A plugin of another image."""

    name: ClassVar[str] = "badge-check"
    traits: ClassVar[Traits] = Traits(
        priority=1200, credential_settings=("badge", "server.badge", "server.badges", "more.badge")
    )

    badge: str | int | SecretKey | None = None
    server: Server = Server()
    more: Mapping[str, str | SecretKey] = field(default_factory=dict)
    key: str | SecretKey | None = None
    office: str | None = None


class BadgeLog(Plugin):
    """A log of another image."""

    name: ClassVar[str] = "badge-log"
    traits: ClassVar[Traits] = Traits(priority=5, phases=("log",), redacts_by="fields", reads=("request.headers",))

    fields: Mapping[str, str] = field(default_factory=redactions)


def request(**entries: Any) -> RequestTransformer:
    return RequestTransformer(add=RequestEntries(**entries))


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: HttpLog(http_endpoint=ENDPOINT, headers={"X-Api-Key": CANARY}), "X-Api-Key in headers of http-log"),
        (lambda: HttpLog(http_endpoint=ENDPOINT, headers={"authorization": CANARY}), "authorization in headers"),
        (
            lambda: HttpLog(http_endpoint=f"https://me:{CANARY}@logs.example.com"),
            "must not contain a user or a password",
        ),
        (lambda: HttpLog(http_endpoint=f"{ENDPOINT}/?dd-api-key={CANARY}"), "dd-api-key in the query of http_endpoint"),
        (lambda: HttpLog(http_endpoint=f"https://[{CANARY}"), "http_endpoint must be a URL"),
        (lambda: request(headers=[f"Authorization:Bearer {CANARY}"]), "Authorization in add.headers of request-trans"),
        (lambda: request(querystring=[f"api_key:{CANARY}"]), "api_key in add.querystring"),
        (lambda: request(body=[f"password:{CANARY}"]), "password in add.body"),
        (
            lambda: request(headers=["X-A:b", f"Authorization={CANARY}"]),
            r"headers\[1\] must have the form 'Name:value'",
        ),
        (lambda: request(headers=[f"X-A:b\n{CANARY}"]), r"headers\[0\], 'X-A', must have a value on one line"),
        (lambda: RequestTransformer(append=RequestEntries(headers=[f"x-api-key:{CANARY}"])), "in append.headers"),
        (lambda: RequestTransformer(replace=RequestReplacements(headers=[f"Cookie:{CANARY}"])), "in replace.headers"),
        (lambda: CustomPlugin(plugin="session", settings={"secret": CANARY}), "secret of session is a credential"),
        (lambda: CustomPlugin(plugin="loggly", settings={"pwd": CANARY}), "pwd of loggly is a credential"),
        (lambda: CustomPlugin(plugin="loggly", settings={"key": CANARY}), "key of loggly is a credential"),
        (
            lambda: CustomPlugin(plugin="response-ratelimiting", settings={"redis": {"password": CANARY}}),
            "password of response-ratelimiting",
        ),
        (
            lambda: CustomPlugin(plugin="response-ratelimiting", settings={"redis": {"auth": CANARY}}),
            "auth of response-ratelimiting is a credential",
        ),
        (
            lambda: CustomPlugin(plugin="opentelemetry", settings={"headers": {"X-Source": f"Bearer {CANARY}"}}),
            "X-Source of opentelemetry is a credential",
        ),
        (lambda: HttpLog(http_endpoint=ENDPOINT, headers={"X-Source": f"Basic {CANARY}"}), "X-Source in headers"),
        (lambda: request(headers=[f"X-Source:bearer {CANARY}"]), "X-Source in add.headers"),
        (lambda: request(headers=[f"X-Source: Basic {CANARY}"]), "X-Source in add.headers"),
        (
            lambda: RequestTransformer(replace=RequestReplacements(uri=f"/x?api_key={CANARY}")),
            "api_key in the query of uri is a credential",
        ),
        (
            lambda: ResponseTransformer(add=ResponseEntries(headers=[f"X-Api-Key:{CANARY}"])),
            "X-Api-Key in add.headers of response-transformer .*; leave it out, because every client would get it",
        ),
        (
            lambda: ResponseTransformer(append=ResponseEntries(headers=[f"X-A:Bearer {CANARY}"])),
            "X-A in append.headers of response-transformer",
        ),
        (
            lambda: CustomPlugin(plugin="zipkin", settings={"http_endpoint": f"http://a:{CANARY}@zipkin.shop/api"}),
            "http_endpoint of zipkin must not contain a user",
        ),
        (
            lambda: CustomPlugin(plugin="opentelemetry", settings={"headers": {"X-Api-Key": CANARY}}),
            "X-Api-Key of opentelemetry",
        ),
        (
            lambda: BadgeCheck(badge=CANARY),
            r"badge of badge-check is a credential .*; give a key of the sealed Secret, .* credentials\['its-key'\]",
        ),
        (lambda: BadgeCheck(badge=1234), "badge of badge-check is a credential"),
        (lambda: BadgeCheck(server=Server(badge=CANARY)), "badge of badge-check is a credential"),
        (lambda: BadgeCheck(server=Server(badges=[SEALED, CANARY])), "badges of badge-check is a credential"),
        (lambda: BadgeCheck(more={"badge": CANARY}), "badge of badge-check is a credential"),
        (lambda: BadgeCheck(key=CANARY), "key of badge-check is a credential"),
        (lambda: BadgeCheck(more={"header": f"Bearer {CANARY}"}), "header of badge-check is a credential"),
        (
            lambda: BadgeCheck(office=f"https://me:{CANARY}@office.shop"),
            "office of badge-check must not contain a user",
        ),
        (
            lambda: CustomPlugin(
                plugin="my-own", settings={"pins": [CANARY]}, traits=Traits(priority=5, credential_settings=("pins",))
            ),
            "pins of my-own is a credential",
        ),
        (
            lambda: RateLimiting(minute=5, policy="redis", redis=Redis(host="redis.shop", password=PLAIN)),
            r"password must be SecretKey or None, got str; give a key of the sealed .*credentials\['its-key'\]$",
        ),
        (
            lambda: Consumer(username="a", api_keys=[PLAIN]),
            r"api_keys\[0\] must be SecretKey, got str; give a key of the sealed Secret",
        ),
        (lambda: BadgeLog(fields={"badge": "return nil"}), "fields of badge-log must remove request.headers.apikey"),
    ],
)
def test_rejects_a_credential_in_plain_text_and_does_not_show_it(made: Callable[[], object], message: str) -> None:
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
        BadgeCheck(badge=SEALED, office="https://office.shop"),
        BadgeCheck(server=Server(badge=SEALED)),
        BadgeCheck(server=Server(badges=[SEALED]), more={"badge": SEALED}),
    ],
)
def test_accepts_a_key_of_the_sealed_secret_instead(plugin: Plugin) -> None:
    assert repr(SEALED) in repr(plugin.to_kong())


@pytest.mark.parametrize(
    "entry",
    ["X-Plan:Basic plan", "X-Plan:basic", "Idempotency-Key:$(headers.x-request-id)", "X-Realm:Bearer realm=shop"],
)
def test_accepts_an_entry_that_only_looks_like_a_credential(entry: str) -> None:
    assert request(headers=[entry]).config()["add"]["headers"] == [entry]


def test_responses_may_request_credentials_and_set_a_cookie() -> None:
    entries = [
        'WWW-Authenticate:Basic realm="shop"',
        "WWW-Authenticate:Bearer realm=shop",
        "Set-Cookie:region=eu; Path=/",
    ]

    assert ResponseTransformer(add=ResponseEntries(headers=entries)).config()["add"]["headers"] == entries


def test_accepts_a_rewrite_to_a_path_without_a_credential() -> None:
    uri = "/v1/$(uri_captures.id)/page"

    assert RequestTransformer(replace=RequestReplacements(uri=uri)).config()["replace"]["uri"] == uri


def test_rejects_a_sealed_header_without_its_name() -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"headers\[1\] must be a SealedHeader, .*; use SealedHeader\(name='X-Its-Name', entry=…\['its-key'\]\)",
    ):
        request(headers=["X-Tenant:shop", SEALED])
    with pytest.raises(ConfigurationError, match="name of a SealedHeader must be a header name"):
        SealedHeader(name="X Upstream", entry=SEALED)
    with pytest.raises(ConfigurationError, match=r"rename\.headers must contain names"):
        RequestTransformer(rename=RequestEntries(headers=[SealedHeader(name="X-A", entry=SEALED)]))


def test_kongs_file_contains_the_sealed_entry_of_a_sealed_header() -> None:
    made = request(headers=["X-Tenant:shop", SealedHeader(name="X-Upstream-Key", entry=SEALED)])

    assert made.config()["add"]["headers"] == ["X-Tenant:shop", SEALED]


def test_a_header_may_be_renamed_to_a_credential_header() -> None:
    assert RequestTransformer(rename=RequestEntries(headers=["x-old-key:x-api-key", "x-api-key:x-old"])).config()
