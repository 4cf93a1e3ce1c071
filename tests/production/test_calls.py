"""Every call of the web page and of other programs, through a model of the gateway, to fakes of the programs."""

import json
from typing import Any

import pytest
from kong_guide import TOKENS, Emitted, production
from kong_model import Kong
from kong_requests import Answer, Request
from programs.calls import INTERNAL, PAGE, PATHS, PEERS, PageCall, PeerCall
from programs.express import Asked
from programs.running import BACKENDS, answer
from programs.wrong import CHANGED, wrong

JSON = {"Content-Type": "application/json"}
EVERYWHERE = [(call, prefix) for call in PAGE for prefix in PATHS[call.to]]


@pytest.fixture(scope="module")
def emitted() -> Emitted:
    return production()


def kong(emitted: Emitted) -> Kong:
    return Kong(*emitted, TOKENS, answer)


def written(body: Any) -> tuple[str, dict[str, str]]:
    return ("", {}) if body is None else (body if isinstance(body, str) else json.dumps(body), JSON)


def by_page(call: PageCall, prefix: str, emitted: Emitted, **fields: Any) -> Answer:
    text, headers = written(call.body)
    request = Request(method=call.method, path=f"{prefix}{call.path}", bearer="right", body=text, headers=headers)
    return kong(emitted).send(Request(**{**vars(request), **fields}))


def directly(to: str, method: str, path: str, body: Any, groups: tuple[str, ...] | None = ("admin",)) -> int:
    text, headers = written(body)
    lowered = {name.lower(): value for name, value in headers.items()}
    return BACKENDS[to].answer(Asked(method=method, uri=path or "/", headers=lowered, body=text, groups=groups)).status


@pytest.mark.parametrize("call", PAGE, ids=str)
def test_the_fake_programs_serve_the_paths_of_the_real_ones(call: PageCall) -> None:
    path = call.path if call.path.startswith("/") else f"/{call.path}"
    status = directly(call.to, call.method, path, call.body)

    assert (status < 400) == (not call.fault)
    if "no such path" in call.fault or "no path" in call.fault:
        assert not BACKENDS[call.to].serves(call.method, path)


@pytest.mark.parametrize(("call", "prefix"), EVERYWHERE, ids=str)
def test_each_call_of_the_page_reaches_its_program_on_both_paths(emitted: Emitted, call: PageCall, prefix: str) -> None:
    got = by_page(call, prefix, emitted)

    assert got.service == call.to
    assert (got.status < 400) == (not call.fault)


@pytest.mark.parametrize(("call", "prefix"), EVERYWHERE, ids=str)
def test_no_call_but_that_of_health_reaches_its_program_without_a_token(
    emitted: Emitted, call: PageCall, prefix: str
) -> None:
    got = by_page(call, prefix, emitted, bearer=None)

    assert (got.status, got.service) == ((200, call.to) if call.path == "/health" else (401, None))


def test_a_program_refuses_another_role() -> None:
    refused = {str(each) for each in PAGE if directly(each.to, each.method, each.path, each.body, ("supplier",)) == 403}

    assert "POST ms-product/pricing/calculate" in refused
    assert {each for each in refused if "ms-identity" in each} == {
        "POST ms-identity/suppliers",
        "GET ms-identity/staff",
        "POST ms-identity/staff",
        "GET ms-identity/users/3f2c",
        "DELETE ms-identity/users/3f2c",
        "GET ms-identity/groups",
    }


@pytest.mark.parametrize("call", PAGE, ids=str)
def test_the_gateway_forwards_the_user_of_a_token(emitted: Emitted, call: PageCall) -> None:
    path = call.path if call.path.startswith("/") else f"/{call.path}"
    got = by_page(call, PATHS[call.to][0], emitted, bearer="supplier")

    assert got.status == directly(call.to, call.method, path, call.body, ("supplier",))


@pytest.mark.parametrize("call", PEERS, ids=str)
def test_each_call_of_a_program_is_served_in_the_cluster_and_with_its_api_key(emitted: Emitted, call: PeerCall) -> None:
    text, headers = written(call.body)
    request = Request(
        method=call.method,
        path=f"{INTERNAL[call.to]}{call.path}",
        headers={**headers, "X-API-Key": f"stand-in-{call.by}"},
        body=text,
    )
    got = kong(emitted).send(request)

    assert (directly(call.to, call.method, call.path, call.body, None) < 400) == (not call.fault)
    assert got.service == call.to
    assert (got.status < 400) == (not call.fault)
    assert kong(emitted).send(Request(**{**vars(request), "headers": headers})).status == 401


@pytest.mark.parametrize("caller", ["ms-product", "ms-inventory", "ms-supplier", "ms-order-management"])
@pytest.mark.parametrize(
    "path", ["/internal/products/7", "/internal/inventory/4", "/internal/suppliers/purchase-orders"]
)
def test_an_api_key_allows_only_the_calls_of_its_program(emitted: Emitted, caller: str, path: str) -> None:
    allowed = {
        "/internal/products/7": {"ms-inventory", "ms-supplier", "ms-order-management"},
        "/internal/inventory/4": {"ms-product", "ms-supplier", "ms-order-management"},
        "/internal/suppliers/purchase-orders": {"ms-inventory"},
    }
    got = kong(emitted).send(Request(path=path, headers={"X-API-Key": f"stand-in-{caller}"}))

    assert got.status == (200 if caller in allowed[path] else 403)


@pytest.mark.parametrize(
    "spelling", ["/metrics", "/METRICS/", "/%6Detrics", "//metrics", "/x/../metrics", "/metrics;a=b"]
)
@pytest.mark.parametrize("prefix", [*(each for paths in PATHS.values() for each in paths), *INTERNAL.values()])
def test_metrics_of_programs_are_not_public(emitted: Emitted, prefix: str, spelling: str) -> None:
    for headers in ({}, {"X-API-Key": "stand-in-ms-order-management"}):
        for bearer in (None, "right"):
            got = kong(emitted).send(Request(path=f"{prefix}{spelling}", bearer=bearer, headers=headers))

            assert (got.status, got.service) == (404, None)


def test_health_is_public_only_by_its_own_path(emitted: Emitted) -> None:
    key = {"X-API-Key": "stand-in-ms-order-management"}

    assert kong(emitted).send(Request(path="/api/product/health")).status == 200
    assert kong(emitted).send(Request(path="/internal/products/health", headers=key)).status == 404
    assert kong(emitted).send(Request(path="/api/product/HEALTH", bearer="right")).status == 404


def test_the_health_path_of_the_gateway_shows_only_that_it_serves(emitted: Emitted) -> None:
    got = kong(emitted).send(Request(path="/api/gateway/health"))

    assert (got.status, got.service, json.loads(got.text)) == (200, None, {"status": "ok"})
    assert kong(emitted).send(Request(path="/api/gateway/health/x")).status == 401
    assert kong(emitted).send(Request(path="/api/gateway")).status == 401


def test_no_header_of_a_client_sets_the_identity(emitted: Emitted) -> None:
    forged = {"X-Consumer-Username": "admin", "X_Authenticated_Groups": "admin", "X-Credential-Identifier": "1"}
    got = kong(emitted).send(Request(path="/api/product/health", headers=forged))

    assert {"x-consumer-username", "x_authenticated_groups", "x-credential-identifier"} <= got.unseen


def test_the_stricter_header_has_precedence_and_the_software_is_not_revealed(emitted: Emitted) -> None:
    for path in ("/", "/about", "/api/product"):
        headers = kong(emitted).send(Request(path=path, bearer="right")).headers

        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert not {"Server", "X-Powered-By"} & headers.keys()


def test_the_page_may_sign_in_and_call_its_own_origin(emitted: Emitted) -> None:
    policy = kong(emitted).send(Request(path="/")).headers["Content-Security-Policy"]
    sources = dict(each.strip().split(" ", 1) for each in policy.split(";"))

    assert sources["connect-src"] == "'self' https://api.asgardeo.io"
    assert sources["frame-src"] == "https://api.asgardeo.io"
    assert sources["default-src"] == "'self'"
    assert sources["frame-ancestors"] == "'none'"


def sent(emitted: Emitted, to: str, method: str, path: str, body: Any) -> tuple[int, int]:
    """The response of the program itself, and the response through the gateway."""
    text, headers = written(body)
    request = Request(method=method, path=f"{PATHS[to][0]}{path}", bearer="right", body=text, headers=headers)
    return directly(to, method, path, body), kong(emitted).send(request).status


def test_each_valid_body_is_accepted(emitted: Emitted) -> None:
    for to, method, path, right, _ in CHANGED:
        own, got = sent(emitted, to, method, path, right)

        assert own == got < 300, (to, method, path)


def in_texts(value: Any) -> Any:
    """The same body with each number as a string."""
    if isinstance(value, dict):
        return {key: in_texts(each) for key, each in value.items()}
    if isinstance(value, list):
        return [in_texts(each) for each in value]
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def test_numbers_are_accepted_as_strings_if_the_program_accepts_them(emitted: Emitted) -> None:
    taken = set()
    for to, method, path, right, _ in CHANGED:
        own, got = sent(emitted, to, method, path, in_texts(right))
        taken |= {to} if in_texts(right) != right and own < 300 else set()

        assert own == got, (to, method, path)
    assert {"ms-product", "ms-inventory", "ms-supplier", "ms-order-management"} <= taken


def test_no_invalid_body_causes_a_500_and_no_valid_body_is_refused(emitted: Emitted) -> None:
    worker, found = kong(emitted), list[str]()
    for to, method, path, body in wrong():
        text, headers = written(body)
        request = Request(method=method, path=f"{PATHS[to][0]}{path}", bearer="right", body=text, headers=headers)
        worker.counts.clear()
        own, got = directly(to, method, path, body), worker.send(request).status

        if (body, own) == ("[]", 200):
            continue  # the program finds no field in it, and needs none; a list is not an object all the same
        if not (400 <= got < 500 if own >= 400 else got == own):
            found.append(f"{method} {to}{path}: the program says {own}, the gateway {got} of {text[:300]}")

    assert not found, "\n".join(found)
