"""The calls of the page and of other programs, through the real Kong if it is installed, to fakes of the programs."""

import copy
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from kong_guide import INTERNAL_INVENTORY, ISSUED, REQUESTS, REQUESTS_IN_A_MINUTE, TOKENS, contradictions, production
from kong_model import Kong
from kong_requests import Answer, Request
from programs import running
from programs.calls import INTERNAL, PAGE, PATHS, PEERS, PERSON, PRODUCT, PURCHASE, STOCK, PageCall
from programs.express import Asked
from programs.issuer import Issuer
from programs.kong_process import RunningKong, everything, kong_program
from programs.served import IDLE_SECONDS
from programs.wrong import wrong

MISSING = "there is no Kong here: name the program in KONG_BIN, or put kong 3.9.3 on the PATH; only a model of it ran"
JSON = {"Content-Type": "application/json"}
SPELLINGS = ("/metrics", "/METRICS/", "/%6Detrics", "//metrics", "/x/../metrics", "/metrics;a=b", "/%256detrics")
OTHER_HEALTH = ("/HEALTH", "/health/", "/%68ealth", "/x/../health/", "/health;a=b")
PREFIXES = [*(each for paths in PATHS.values() for each in paths), *INTERNAL.values()]
KEY = {"X-API-Key": "stand-in-ms-order-management"}
IN_FRONT_IS_A_PROXY = {"forged-https", "forged-address"}
"""Rows of the guide that need a Kong without a trusted proxy in front of it, as it runs here."""

pytestmark = pytest.mark.skipif(kong_program() is None, reason=MISSING)


@pytest.fixture(scope="module")
def kong(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKong]:
    document, variables = copy.deepcopy(production())
    with everything(document, variables, tmp_path_factory.mktemp("kong"), Issuer(ISSUED["iss"])) as running_kong:
        yield running_kong


def written(method: str, path: str, body: Any, **fields: Any) -> Request:
    text = "" if body is None else body if isinstance(body, str) else json.dumps(body)
    headers = {**({} if body is None else JSON), **fields.pop("headers", {})}
    return Request(method=method, path=path, body=text, headers=headers, **fields)


def by_page(call: PageCall, bearer: str | None) -> list[Request]:
    """The call on each set of paths."""
    return [written(call.method, f"{prefix}{call.path}", call.body, bearer=bearer) for prefix in PATHS[call.to]]


def directly(call: PageCall, groups: tuple[str, ...]) -> int:
    asked = by_page(call, None)[0]
    headers = {name.lower(): value for name, value in asked.headers.items()}
    uri = call.path if call.path.startswith("/") else f"/{call.path}"
    request = Asked(method=call.method, uri=uri, headers=headers, body=asked.body, groups=groups)
    return running.answer(call.to, request).status


def requests() -> Iterator[Request]:
    for call in PAGE:
        for bearer in ("right", "supplier", None):
            yield from by_page(call, bearer)
    for peer in PEERS:
        for key in (f"stand-in-{peer.by}", "stand-in-ms-identity"):
            yield written(peer.method, f"{INTERNAL[peer.to]}{peer.path}", peer.body, headers={"X-API-Key": key})
    for to, method, path, body in wrong():
        yield written(method, f"{PATHS[to][0]}{path}", body, bearer="right")
    yield from (written("GET", f"{prefix}{each}", None, bearer="right") for prefix in PREFIXES for each in SPELLINGS)


def describe(answer: Answer) -> str:
    return f"{answer.status} of {answer.service or 'the gateway'}"


def test_kong_answers_like_its_model(kong: RunningKong) -> None:
    differences = []
    for request in requests():
        model, real = Kong(*production(), TOKENS, running.answer).send(request), kong.send(request)
        if describe(model) != describe(real):
            asked = f"{request.method} {request.path} {request.body[:200]}"
            differences.append(f"{asked}: Kong says {describe(real)}, the model {describe(model)}")

    assert not differences, "\n".join(differences)


def test_each_call_that_works_directly_works_on_both_sets_of_paths(kong: RunningKong) -> None:
    works = [(call, asked) for call in PAGE if not call.fault for asked in by_page(call, "right")]
    refused = [
        f"{asked.method} {asked.path}: {describe(got)}"
        for call, asked in works
        if (got := kong.send(asked)).service != call.to or got.status != directly(call, ("admin",))
    ]

    assert len(works) > len(PAGE)
    assert not refused, "\n".join(refused)


def test_without_a_token_no_call_reaches_a_program(kong: RunningKong) -> None:
    closed = [asked for call in PAGE if call.path != "/health" for asked in by_page(call, None)]
    answers = {f"{asked.method} {asked.path}": describe(kong.send(asked)) for asked in closed}

    assert {path: got for path, got in answers.items() if got != "401 of the gateway"} == {}


def test_kong_forwards_the_refusals_of_programs_by_role(kong: RunningKong) -> None:
    refused = [call for call in PAGE if directly(call, ("supplier",)) == 403]
    entered = [asked.path for call in refused for asked in by_page(call, "supplier") if kong.send(asked).status != 403]

    assert refused
    assert not entered


@pytest.mark.parametrize("prefix", PREFIXES)
def test_operational_paths_of_programs_are_not_public_in_any_spelling(kong: RunningKong, prefix: str) -> None:
    opened = []
    for spelling in (*SPELLINGS, *OTHER_HEALTH):
        for bearer, headers in ((None, {}), ("right", {}), (None, KEY)):
            got = kong.send(Request(path=f"{prefix}{spelling}", bearer=bearer, headers=headers))
            public = got.uri == "/health" and prefix not in INTERNAL.values()
            opened += [f"{spelling}: {describe(got)}"] if got.service is not None and not public else []

    assert not opened, "\n".join(opened)


@pytest.mark.parametrize("path", ["/about", "/api/product/health", "/api/orders/7", "/internal/inventory/product/7"])
def test_programs_receive_no_identity_from_a_clients_headers(kong: RunningKong, path: str) -> None:
    forged = {"X-Consumer-Username": "admin", "X_Consumer_Id": "1", "X-Authenticated-Groups": "admin"}
    forged |= {"X-Anonymous-Consumer": "true", "X-CREDENTIAL-IDENTIFIER": "admin", "X-Consumer-Custom-ID": "1"}
    got = kong.send(Request(path=path, bearer="right", headers={**KEY, **forged}))

    assert got.status == 200
    assert got.headers["X-Caller"] in ("", "people", "ms-order-management")
    assert {"x_consumer_id", "x-authenticated-groups", "x-anonymous-consumer", "x-consumer-custom-id"} <= got.unseen


@pytest.mark.parametrize(
    "name", ["X-API-Key", "X_API_KEY", "Authorization", "Cookie", "Proxy_Authorization", "Referer"]
)
def test_the_log_contains_no_credentials(kong: RunningKong, name: str) -> None:
    agent = f"agent-{name}"
    kong.send(Request(path=f"{INTERNAL_INVENTORY}?key=canary", headers={name: "canary", "User-Agent": agent}))
    entry = kong.logged(agent)

    assert f'"{INTERNAL_INVENTORY}"' in entry.replace("\\", "")
    assert "canary" not in entry


def test_kong_closes_idle_connections_before_the_programs_do(kong: RunningKong) -> None:
    got = kong.send(Request(path="/api/orders/7", bearer="right"))
    kong.ended.clear()
    time.sleep(IDLE_SECONDS + 1)

    assert got.status == 200
    assert kong.ended == []


@pytest.mark.parametrize("price", [0.07, 0.29, 1.1, 19.99, 99999999.99, "0.07", "1.10"])
def test_kong_accepts_prices_with_two_decimals(kong: RunningKong, price: Any) -> None:
    got = kong.send(written("POST", "/api/products", {**PRODUCT, "unit_price": price}, bearer="right"))

    assert (got.status, got.service) == (201, "ms-product")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/products", {**PRODUCT, "unit_price": "1.10\n"}),
        ("/api/inventory", {**STOCK, "product_id": "7\n"}),
        ("/api/users/staff", {**PERSON, "email": "ann@example.com\n"}),
        ("/api/suppliers/purchase-orders", {**PURCHASE, "order_date": "2025-12-01\n"}),
    ],
)
def test_kong_refuses_a_line_feed_after_a_match_of_a_pattern(kong: RunningKong, path: str, body: Any) -> None:
    got = kong.send(written("POST", path, body, bearer="right"))

    assert (got.status, got.service) == (400, None)
    assert "failed to match pattern" in got.text


@pytest.mark.parametrize("name", [each for each in REQUESTS if each not in IN_FRONT_IS_A_PROXY])
def test_each_response_in_the_guide_is_that_of_kong(kong: RunningKong, name: str) -> None:
    request = REQUESTS[name]
    if name in REQUESTS_IN_A_MINUTE:
        # Kong counts by the minute of the clock, and nginx allows 50 requests per second.
        got = kong.flood(request, 2 * REQUESTS_IN_A_MINUTE[name], seconds_between=0.02)
    elif request.times > 1:
        got = kong.flood(request, 20 * request.times)
    else:
        got = kong.send(request)
    if 0 < int(got.headers.get("Retry-After", 0)) <= 60:
        got = replace(got, headers={**got.headers, "Retry-After": "60"})

    assert contradictions(name, got) == []
    assert got.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["X-Frame-Options"] == "DENY"
    assert "X-Powered-By" not in got.headers
