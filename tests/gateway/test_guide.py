"""Each line of the guide's table is what a model of Kong makes of production's file."""

import importlib.util
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import cdk8s
import pytest
import yaml
from kong_model import Answer, Kong, Request
from support import Manifest, manifests, pick

from kubestock import ProductionChart
from kubestock.production import PRODUCTION

ROOT = Path(__file__).parent.parent.parent
GUIDE = ROOT / "docs" / "gateway.md"
SITE = "https://kubestock.dpiyumal.me"
EVIL = {"Origin": "https://evil.example.net"}
ASKS = {"Access-Control-Request-Method": "POST"}
JSON = {"Content-Type": "application/json"}
GOOD = '{"items": [{"productId": "p-1", "quantity": 2}]}'
KEYED = {"X-API-Key": "the key"}
HEALTH = "/api/products/health"
STOCK = "/internal/inventory"


def order(**fields: Any) -> Request:
    return Request(
        **{"method": "POST", "path": "/api/orders", "bearer": "right", "headers": JSON, "body": GOOD, **fields}
    )


REQUESTS = {
    "frontend": Request(path="/about"),
    "public": Request(path=HEALTH),
    "beside-public": Request(path="/api/products/healthz"),
    "preflight": Request(method="OPTIONS", path="/api/orders", headers={"Origin": SITE, **ASKS}),
    "evil-preflight": Request(method="OPTIONS", path="/api/orders", headers={**EVIL, **ASKS}),
    "evil-origin": Request(path=HEALTH, headers=EVIL),
    "no-token": Request(path="/api/orders"),
    "expired-token": Request(path="/api/orders", bearer="expired"),
    "wrong-algorithm": Request(path="/api/orders", bearer="wrong algorithm"),
    "unknown-issuer": Request(path="/api/orders", bearer="unknown issuer"),
    "token-in-query": Request(path="/api/orders?jwt=a-token"),
    "right-token": Request(path="/api/orders/7", bearer="right"),
    "valid-order": order(),
    "valid-stock": order(path="/api/inventory", body='{"productId": "p-1", "quantity": 0}'),
    "wrong-content-type": order(headers={"Content-Type": "text/plain"}),
    "not-json": order(body="{"),
    "invalid-order": order(body='{"items": [{"productId": "p-1", "quantity": 0}]}'),
    "invalid-stock": order(path="/api/inventory", body='{"quantity": 5}'),
    "unknown-field": order(body='{"items": [{"productId": "p-1", "quantity": 1, "price": 0}]}'),
    "invalid-body-no-token": order(bearer=None, body="{"),
    "too-large": order(length=1024 * 1024 + 1),
    "far-too-large": order(length=11 * 1024 * 1024),
    "no-key": Request(path=STOCK),
    "wrong-key": Request(path=STOCK, key="wrong", headers=KEYED),
    "key-in-query": Request(path=f"{STOCK}?x-api-key=the-key", key="ms-product"),
    "key-without-group": Request(path="/internal/suppliers", key="ms-product", headers=KEYED),
    "right-key": Request(method="PUT", path=f"{STOCK}/3", key="ms-product", headers=KEYED),
    "token-for-key": Request(path=STOCK, bearer="right"),
    "flood-with-token": Request(path="/api/orders", bearer="right"),
    "flood-with-key": Request(path=STOCK, key="ms-product", headers=KEYED),
    "flood-without-token": Request(path="/api/orders", times=200),
    "flood-of-unknown-paths": Request(method="POST", path="/nothing", times=200),
    "http": Request(path="/api/orders?page=2", scheme="http"),
    "forged-https": Request(path="/api/orders", scheme="http", headers={"X-Forwarded-Proto": "https"}),
    "unknown-host": Request(host="other.example.com"),
    "unknown-path": Request(method="POST", path="/nothing"),
    "wrong-method": Request(method="DELETE", path="/api/inventory/7", bearer="right"),
    "lookalike-path": Request(path="/api/ordersfoo"),
    "dotted-path": Request(path=f"{HEALTH}/../../orders"),
    "doubled-slash": Request(path="//api//orders"),
    "forged-address": Request(path=HEALTH, headers={"X-Forwarded-For": "192.0.2.1"}),
}
BY_NGINX = {"flood-without-token", "flood-of-unknown-paths", "far-too-large"}
A_MINUTE = {"flood-with-token": 151, "flood-with-key": 201}


def rows() -> dict[str, tuple[str, str]]:
    """Each line's status and remarks, by its name."""
    found = re.findall(
        r"^\| `([a-z-]+)` \|[^|]*\| ([0-9]{3}) \| ?([^|]*?) ?\|$", GUIDE.read_text("utf-8"), re.MULTILINE
    )
    assert len(found) == len({name for name, _, _ in found})
    return {name: (status, remarks) for name, status, remarks in found}


Emitted = tuple[Any, dict[str, str]]


@pytest.fixture(scope="module")
def emitted() -> Emitted:
    return read(manifests(ProductionChart(cdk8s.App(), "production", settings=PRODUCTION)))


def read(documents: list[Manifest]) -> Emitted:
    """Kong's file with stand-ins for credentials, and the variables of its pods."""
    text = pick(documents, "SealedSecret", "gateway-consumers")["spec"]["template"]["data"]["kong.yml"]
    filled = re.sub(r"\{\{ index [^}]+ \}\}", "a-stand-in", text)
    (container,) = pick(documents, "Deployment", "kong")["spec"]["template"]["spec"]["containers"]
    return yaml.safe_load(filled), {each["name"]: each.get("value") for each in container["env"]}


def answer(name: str, emitted: Emitted) -> Answer:
    kong = Kong(*emitted)
    return kong.minutes_worth(REQUESTS[name], A_MINUTE[name]) if name in A_MINUTE else kong.send(REQUESTS[name])


def test_the_table_has_a_line_for_each_request_and_no_other() -> None:
    assert rows().keys() == REQUESTS.keys()
    assert len(REQUESTS) >= 25


def test_behind_a_load_balancer_the_client_is_the_one_that_it_names(tmp_path: Path) -> None:
    path = ROOT / "examples" / "gateway_of_another_product.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.build(str(tmp_path)).synth()
    emitted = read([each for file in tmp_path.iterdir() for each in yaml.safe_load_all(file.read_text())])
    asked = Request(host=module.HOST, path="/api/catalogue", headers={"X-Forwarded-For": "192.0.2.1, 203.0.113.9"})

    assert Kong(*emitted).send(replace(asked, peer="10.20.3.4")).client == "203.0.113.9"
    assert Kong(*emitted).send(asked).client == asked.peer


@pytest.mark.parametrize("name", REQUESTS)
def test_the_guide_tells_the_status_the_service_and_the_headers(emitted: Emitted, name: str) -> None:
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
def test_every_answer_but_that_of_nginx_carries_the_security_headers(emitted: Emitted, name: str) -> None:
    headers = answer(name, emitted).headers

    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_evil_origin_is_never_the_allowed_one(emitted: Emitted) -> None:
    for name in ("evil-preflight", "evil-origin"):
        assert answer(name, emitted).headers["Access-Control-Allow-Origin"] == SITE
