"""The calls of the page and of the peers, through Kong itself where there is one, to servers that fake the programs."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from kong_guide import ISSUED, TOKENS, production
from kong_model import Kong
from kong_requests import Request
from programs import running, served
from programs.calls import INTERNAL, PAGE, PATHS, PEERS
from programs.wrong import wrong

MISSING = "there is no Kong here: name the program in KONG_BIN, or put kong 3.9.3 on the PATH; only a model of it ran"
JSON = {"Content-Type": "application/json"}
SPELLINGS = ("/metrics", "/METRICS/", "/%6Detrics", "//metrics", "/x/../metrics", "/metrics;a=b", "/%256detrics")
ISSUER = served.Issuer()
BEARERS = {"right": ("admin",), "supplier": ("supplier",)}

pytestmark = pytest.mark.skipif(served.kong_program() is None, reason=MISSING)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    document, variables = copy.deepcopy(production())
    with served.everything(document, variables, tmp_path_factory.mktemp("kong"), ISSUER) as found:
        yield found


def written(method: str, path: str, body: Any, **fields: Any) -> Request:
    text = "" if body is None else body if isinstance(body, str) else json.dumps(body)
    headers = {**({} if body is None else JSON), **fields.pop("headers", {})}
    return Request(method=method, path=path, body=text, headers=headers, **fields)


def requests() -> Iterator[Request]:
    for call in PAGE:
        for prefix in PATHS[call.to]:
            for bearer in ("right", "supplier", None):
                yield written(call.method, f"{prefix}{call.path}", call.body, bearer=bearer)
    for peer in PEERS:
        for key in (f"stand-in-{peer.by}", "stand-in-ms-identity"):
            yield written(peer.method, f"{INTERNAL[peer.to]}{peer.path}", peer.body, headers={"X-API-Key": key})
    for to, method, path, body in wrong():
        yield written(method, f"{PATHS[to][0]}{path}", body, bearer="right")
    for prefix in (*(each for paths in PATHS.values() for each in paths), *INTERNAL.values()):
        yield from (written("GET", f"{prefix}{each}", None, bearer="right") for each in SPELLINGS)
    yield written("GET", "/api/gateway/health", None)
    yield written("POST", "/api/inventory/alerts/check", None, bearer="right")
    yield written("GET", "/about", None)


def asked(port: int, request: Request) -> tuple[int, dict[str, str]]:
    headers = dict(request.headers)
    if request.bearer is not None:
        headers["Authorization"] = f"Bearer {ISSUER.token({**ISSUED, 'groups': BEARERS[request.bearer]})}"
    return served.ask(port, request.method, request.path, headers, request.body)


def test_kong_answers_as_the_model_of_it_does(port: int) -> None:
    differences = []
    for request in requests():
        model = Kong(*production(), TOKENS, running.answer).send(request)
        status, headers = asked(port, request)
        if (status, headers.get("x-program")) != (model.status, model.service):
            told = f"{status} of {headers.get('x-program')}, and the model {model.status} of {model.service}"
            differences.append(f"{request.method} {request.path} {request.body[:200]}: Kong says {told}")

    assert not differences, "\n".join(differences)


def test_programs_see_no_identity_that_a_client_wrote(port: int) -> None:
    forged = {"X-Consumer-Username": "admin", "X_Consumer_Id": "1", "X-Authenticated-Groups": "admin"}
    _, headers = served.ask(port, "GET", "/api/product/health", forged, "")

    assert headers["x-program"] == "ms-product"
    assert not {each for each in headers["x-seen"].split(",") if "consumer" in each or "authenticated" in each}


def test_the_stricter_headers_win(port: int) -> None:
    for path in ("/about", "/api/product/health"):
        _, headers = served.ask(port, "GET", path, {}, "")

        assert headers["x-frame-options"] == "DENY"
        assert headers["strict-transport-security"].startswith("max-age=31536000")
        assert "x-powered-by" not in headers
