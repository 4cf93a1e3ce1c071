"""Each line of the guide's table is what a model of Kong makes of the example's file."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from kong_model import Answer, Kong, Request

ROOT = Path(__file__).parent.parent.parent
GUIDE = ROOT / "docs" / "gateway.md"
SITE = "https://acme.example.com"
EVIL = {"Origin": "https://evil.example.net"}
ASKS = {"Access-Control-Request-Method": "POST"}
JSON = {"Content-Type": "application/json"}
GOOD = '{"sku": "ABC-1234", "quantity": 2}'
KEYED = {"X-API-Key": "the key"}


def order(**fields: Any) -> Request:
    return Request(
        **{"method": "POST", "path": "/api/orders", "bearer": "right", "headers": JSON, "body": GOOD, **fields}
    )


REQUESTS = {
    "public": Request(path="/api/catalogue/1"),
    "storefront": Request(path="/about"),
    "preflight": Request(method="OPTIONS", path="/api/orders", headers={"Origin": SITE, **ASKS}),
    "evil-preflight": Request(method="OPTIONS", path="/api/orders", headers={**EVIL, **ASKS}),
    "evil-origin": Request(path="/api/catalogue", headers=EVIL),
    "no-token": Request(path="/api/orders"),
    "expired-token": Request(path="/api/orders", bearer="expired"),
    "wrong-algorithm": Request(path="/api/orders", bearer="wrong algorithm"),
    "unknown-issuer": Request(path="/api/orders", bearer="unknown issuer"),
    "token-in-query": Request(path="/api/orders?jwt=a-token"),
    "right-token": Request(path="/api/orders/7", bearer="right"),
    "valid-body": order(),
    "wrong-content-type": order(headers={"Content-Type": "text/plain"}),
    "not-json": order(body="{"),
    "invalid-body": order(body='{"sku": "ABC-1234", "quantity": 0}'),
    "unknown-field": order(body='{"sku": "ABC-1234", "quantity": 1, "price": 0}'),
    "invalid-body-no-token": order(bearer=None, body="{"),
    "too-large": order(length=65 * 1024),
    "far-too-large": order(length=2 * 1024 * 1024),
    "no-key": Request(path="/api/stock"),
    "wrong-key": Request(path="/api/stock", key="wrong", headers=KEYED),
    "key-in-query": Request(path="/api/stock?x-api-key=the-key", key="warehouse"),
    "key-without-group": Request(path="/api/stock", key="reports", headers=KEYED),
    "right-key": Request(method="PUT", path="/api/stock/3", key="warehouse", headers=KEYED),
    "token-for-key": Request(path="/api/stock", bearer="right"),
    "flood-with-token": Request(path="/api/orders", bearer="right"),
    "flood-with-key": Request(path="/api/stock", key="warehouse", headers=KEYED),
    "flood-without-token": Request(path="/api/orders", times=100),
    "flood-of-unknown-paths": Request(method="POST", path="/nothing", times=100),
    "http": Request(path="/api/orders?page=2", scheme="http"),
    "forged-https": Request(path="/api/orders", scheme="http", headers={"X-Forwarded-Proto": "https"}),
    "unknown-host": Request(host="other.example.com"),
    "unknown-path": Request(method="POST", path="/nothing"),
    "wrong-method": Request(method="DELETE", path="/api/orders/7", bearer="right"),
    "lookalike-path": Request(path="/api/ordersfoo"),
    "dotted-path": Request(path="/api/catalogue/../stock"),
    "doubled-slash": Request(path="//api//orders"),
    "forged-address": Request(path="/api/catalogue", headers={"X-Forwarded-For": "192.0.2.1"}),
    "balanced": Request(path="/api/catalogue", peer="10.20.3.4", headers={"X-Forwarded-For": "192.0.2.1, 203.0.113.9"}),
}
BY_NGINX = {"flood-without-token", "flood-of-unknown-paths", "far-too-large"}
A_MINUTE = {"flood-with-token": 101, "flood-with-key": 61}


def rows() -> dict[str, tuple[str, str]]:
    """Each line's status and remarks, by its name."""
    found = re.findall(
        r"^\| `([a-z-]+)` \|[^|]*\| ([0-9]{3}) \| ?([^|]*?) ?\|$", GUIDE.read_text("utf-8"), re.MULTILINE
    )
    assert len(found) == len({name for name, _, _ in found})
    return {name: (status, remarks) for name, status, remarks in found}


@pytest.fixture(scope="module")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, dict[str, str], Any]:
    path = ROOT / "examples" / "gateway_of_another_product.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    outdir = tmp_path_factory.mktemp("acme")
    module.build(str(outdir)).synth()
    documents = [each for file in outdir.iterdir() for each in yaml.safe_load_all(file.read_text())]
    (sealed,) = [each for each in documents if each["kind"] == "SealedSecret"]
    template = re.sub(r"\{\{ index [^}]+ \}\}", "a-stand-in", sealed["spec"]["template"]["data"]["kong.yml"])
    (pods,) = [each for each in documents if each["kind"] == "Deployment" and each["metadata"]["name"] == "kong"]
    variables = pods["spec"]["template"]["spec"]["containers"][0]["env"]
    return yaml.safe_load(template), {each["name"]: each.get("value") for each in variables}, module.ORDER


def answer(name: str, emitted: tuple[Any, dict[str, str], Any]) -> Answer:
    kong = Kong(*emitted)
    return kong.minutes_worth(REQUESTS[name], A_MINUTE[name]) if name in A_MINUTE else kong.send(REQUESTS[name])


def test_the_table_has_a_line_for_each_request_and_no_other() -> None:
    assert rows().keys() == REQUESTS.keys()
    assert len(REQUESTS) >= 25


@pytest.mark.parametrize("name", REQUESTS)
def test_the_guide_tells_the_status_the_service_and_the_headers(
    emitted: tuple[Any, dict[str, str], Any], name: str
) -> None:
    got = answer(name, emitted)
    status, remarks = rows()[name]

    assert str(got.status) == status
    if got.service is not None:
        assert f"→ {got.service}" in remarks
    else:
        assert "→" not in remarks
    for header, value in re.findall(r"`([A-Z][A-Za-z-]+): ([^`]+)`", remarks):
        assert got.headers[header] == value
    for client in re.findall(r"client is `([^`]+)`", remarks):
        assert got.client == client


@pytest.mark.parametrize("name", [each for each in REQUESTS if each not in BY_NGINX])
def test_every_answer_but_that_of_nginx_carries_the_security_headers(
    emitted: tuple[Any, dict[str, str], Any], name: str
) -> None:
    headers = answer(name, emitted).headers

    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_evil_origin_is_never_the_allowed_one(emitted: tuple[Any, dict[str, str], Any]) -> None:
    for name in ("evil-preflight", "evil-origin"):
        assert answer(name, emitted).headers["Access-Control-Allow-Origin"] == SITE
