"""The requests in the table of the guide, and the responses of the model of Kong."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import support
import yaml
from kong_model import Kong
from kong_requests import Answer, Request, Token
from programs import running
from programs.calls import ORDER, PERSON, PRODUCT, PURCHASE, RESERVATION, STOCK
from support import Manifest, pick

ROOT = Path(__file__).parents[3]
GUIDE = ROOT / "docs" / "gateway.md"
SITE = "https://kubestock.dpiyumal.me"
FOREIGN = {"Origin": "https://evil.example.net"}
PREFLIGHT = {"Access-Control-Request-Method": "POST"}
JSON = {"Content-Type": "application/json"}
KEYED = {"X-API-Key": "stand-in-ms-product"}
HEALTH = "/api/products/health"
INTERNAL_INVENTORY = "/internal/inventory"
ISSUED = {"iss": "https://api.asgardeo.io/t/kubestock/oauth2/token"}
ISSUER_KEY = (ROOT / "kubestock" / "production" / "identity-provider.pub.pem").read_text("utf-8")
TOKENS = {
    "right": Token(claims=ISSUED, algorithm="RS256", signed_for=ISSUER_KEY, groups=("admin",)),
    "supplier": Token(claims=ISSUED, algorithm="RS256", signed_for=ISSUER_KEY, groups=("supplier",)),
    "expired": Token(claims=ISSUED, algorithm="RS256", signed_for=ISSUER_KEY, seconds=-3600),
    "lasting": Token(claims=ISSUED, algorithm="RS256", signed_for=ISSUER_KEY, seconds=100 * 365 * 86400),
    "early": Token(claims={**ISSUED, "nbf": 2**40}, algorithm="RS256", signed_for=ISSUER_KEY),
    "wrong-algorithm": Token(claims=ISSUED, algorithm="HS256", signed_for=ISSUER_KEY),
    "unknown-issuer": Token(claims={"iss": "https://evil.example.net"}, algorithm="RS256", signed_for=ISSUER_KEY),
    "forged": Token(claims=ISSUED, algorithm="RS256", signed_for="a key of another issuer"),
}


def post(path: str, body: Any, **fields: Any) -> Request:
    text = body if isinstance(body, str) else json.dumps(body)
    return Request(**{"method": "POST", "path": path, "bearer": "right", "headers": JSON, "body": text, **fields})


def order(**fields: Any) -> Request:
    return post("/api/orders", fields.pop("body", ORDER), **fields)


def by_key(of: str, path: str, body: Any) -> Request:
    return post(path, body, bearer=None, headers={**JSON, "X-API-Key": f"stand-in-{of}"})


REQUESTS = {
    "frontend": Request(path="/about"),
    "public": Request(path=HEALTH),
    "next-to-public": Request(path="/api/products/healthz"),
    "preflight": Request(method="OPTIONS", path="/api/orders", headers={"Origin": SITE, **PREFLIGHT}),
    "foreign-preflight": Request(method="OPTIONS", path="/api/orders", headers={**FOREIGN, **PREFLIGHT}),
    "foreign-origin": Request(path=HEALTH, headers=FOREIGN),
    "no-token": Request(path="/api/orders"),
    "expired-token": Request(path="/api/orders", bearer="expired"),
    "long-lived-token": Request(path="/api/orders", bearer="lasting"),
    "not-yet-valid-token": Request(path="/api/orders", bearer="early"),
    "wrong-algorithm": Request(path="/api/orders", bearer="wrong-algorithm"),
    "unknown-issuer": Request(path="/api/orders", bearer="unknown-issuer"),
    "forged-token": Request(path="/api/orders", bearer="forged"),
    "token-in-query": Request(path="/api/orders?jwt=right"),
    "right-token": Request(path="/api/orders/7", bearer="right"),
    "other-name": Request(path="/api/order/7", bearer="right"),
    "person": Request(path="/api/identity/users/3f2c", bearer="right"),
    "users": Request(path="/api/users/suppliers", bearer="right"),
    "users-alone": Request(path="/api/users", bearer="right"),
    "purchase-orders": Request(path="/api/suppliers/purchase-orders", bearer="right"),
    "suppliers-alone": Request(path="/api/suppliers", bearer="right"),
    "wrong-role": Request(path="/api/users/staff", bearer="supplier"),
    "valid-order": order(),
    "order-status": post("/api/order/7/status", {"status": "shipped"}, method="PUT"),
    "valid-stock": post("/api/inventory", STOCK),
    "numbers-as-texts": post("/api/inventory", {**STOCK, "product_id": "7"}),
    "reserve": post("/api/inventory/reserve", RESERVATION),
    "valid-product": post("/api/products", PRODUCT),
    "valid-purchase": post("/api/supplier/purchase-orders", PURCHASE),
    "valid-person": post("/api/identity/staff", PERSON),
    "no-body": Request(method="POST", path="/api/inventory/alerts/check", bearer="right"),
    "no-schema": post("/api/supplier/purchase-orders/5/status", {"status": "cancelled"}, method="PATCH"),
    "wrong-content-type": order(headers={"Content-Type": "text/plain"}),
    "not-json": order(body="{"),
    "not-json-no-schema": post("/api/users/users/3f2c", "{", method="DELETE"),
    "invalid-order": order(body=json.dumps({**ORDER, "items": [{"product_id": 7, "quantity": 0}]})),
    "invalid-stock": post("/api/inventory", {"quantity": 5}),
    "invalid-on-another-path": post("/api/inventory/ADJUST/", {"quantity": 5}),
    "ignored-field": order(body=json.dumps({**ORDER, "coupon": "x"})),
    "unknown-field": post("/api/inventory", {**STOCK, "coupon": "x"}),
    "too-deep": order(body=json.dumps({**ORDER, "coupon": None}).replace("null", '{"a":' * 500 + "1" + "}" * 500)),
    "line-feed": post("/api/products", {**PRODUCT, "unit_price": "1.10\n"}),
    "invalid-body-no-token": order(bearer=None, body="{"),
    "too-large": order(length=100 * 1024 + 1),
    "far-too-large": order(length=11 * 1024 * 1024),
    "no-key": Request(path=f"{INTERNAL_INVENTORY}/product/7"),
    "wrong-key": Request(path=f"{INTERNAL_INVENTORY}/product/7", headers={"X-API-Key": "wrong"}),
    "key-in-query": Request(path=f"{INTERNAL_INVENTORY}/product/7?x-api-key=stand-in-ms-product"),
    "key-without-group": Request(path="/internal/suppliers/purchase-orders", headers=KEYED),
    "right-key": Request(path=f"{INTERNAL_INVENTORY}/product/7", headers=KEYED),
    "new-stock-with-key": by_key("ms-product", INTERNAL_INVENTORY, STOCK),
    "reserve-with-key": by_key("ms-order-management", f"{INTERNAL_INVENTORY}/reserve", RESERVATION),
    "batch-with-key": by_key("ms-inventory", "/internal/products/batch", {"ids": [7, 8]}),
    "invalid-with-key": by_key("ms-order-management", f"{INTERNAL_INVENTORY}/reserve", {}),
    "wrong-path-with-key": by_key("ms-supplier", f"{INTERNAL_INVENTORY}/api/inventory/adjust", {}),
    "token-for-key": Request(path=f"{INTERNAL_INVENTORY}/product/7", bearer="right"),
    "metrics": Request(path="/api/products/metrics", bearer="right"),
    "metrics-in-capitals": Request(path="/api/products/METRICS/", bearer="right"),
    "metrics-with-key": Request(path="/internal/inventory/metrics", headers=KEYED),
    "internal-health": Request(path="/internal/inventory/health", headers=KEYED),
    "gateway-health": Request(path="/api/gateway/health"),
    "forged-identity": Request(path=HEALTH, headers={"X-Consumer-Username": "admin"}),
    "flood-with-token": Request(path="/api/orders", bearer="right"),
    "flood-with-key": Request(path=f"{INTERNAL_INVENTORY}/product/7", headers=KEYED),
    "flood-without-token": Request(path="/api/orders", times=200),
    "flood-of-unknown-paths": Request(method="POST", path="/nothing", times=200),
    "http": Request(path="/api/orders?page=2", scheme="http"),
    "forged-https": Request(path="/api/orders", scheme="http", headers={"X-Forwarded-Proto": "https"}),
    "host-in-capitals": Request(host="KubeStock.DPiyumal.ME", path="/about"),
    "host-with-a-dot": Request(host="kubestock.dpiyumal.me.", path="/api/orders", scheme="http"),
    "long-cookie": Request(path="/about", headers={"Cookie": f"a={'x' * 9000}"}),
    "key-with-underscores": Request(
        path=f"{INTERNAL_INVENTORY}/product/7", headers={"X_API_KEY": "stand-in-ms-product"}
    ),
    "unknown-host": Request(host="other.example.com"),
    "unknown-path": Request(method="POST", path="/nothing"),
    "frames": Request(path="/"),
    "unknown-api": Request(path="/api/unknown"),
    "unknown-api-with-token": Request(path="/api/unknown", bearer="right"),
    "unknown-internal": Request(path="/internal/unknown"),
    "unknown-internal-with-key": Request(path="/internal/unknown", headers=KEYED),
    "wrong-method": Request(method="PATCH", path="/api/inventory/7", bearer="right"),
    "wrong-method-no-token": Request(method="PATCH", path="/api/inventory/7"),
    "trace": Request(method="TRACE", path="/api/orders", bearer="right"),
    "lookalike-path": Request(path="/api/ordersfoo"),
    "dotted-path": Request(path=f"{HEALTH}/../../orders"),
    "doubled-slash": Request(path="//api//orders"),
    "forged-host": Request(path="/api/orders", scheme="http", headers={"X-Forwarded-Host": "evil.example.net"}),
    "long-identifier": Request(path=HEALTH, headers={"X-Request-ID": "a" * 5000}),
    "forged-address": Request(path=HEALTH, headers={"X-Forwarded-For": "192.0.2.1"}),
}
REQUESTS_IN_A_MINUTE = {"flood-with-token": 151, "flood-with-key": 201}


def rows() -> dict[str, tuple[str, str]]:
    """Return the status and the remarks of each line, by its name."""
    found = re.findall(
        r"^\| `([a-z-]+)` \|[^|]*\| ([0-9]{3}) \| ?([^|]*?) ?\|$", GUIDE.read_text("utf-8"), re.MULTILINE
    )
    assert len(found) == len({name for name, _, _ in found})
    return {name: (status, remarks) for name, status, remarks in found}


Emitted = tuple[Any, dict[str, str]]


@cache
def production() -> Emitted:
    return read(support.production())


def read(documents: list[Manifest]) -> Emitted:
    """Return Kong's file with placeholders for credentials, and the environment variables of its pods."""
    text = pick(documents, "SealedSecret", "gateway-consumers")["spec"]["template"]["data"]["kong.yml"]
    filled = re.sub(r'\{\{ index \. "([^"]+)" \| toJson \}\}', r'"stand-in-\1"', text)
    (container,) = pick(documents, "Deployment", "kong")["spec"]["template"]["spec"]["containers"]
    return yaml.safe_load(filled), {each["name"]: each.get("value") for each in container["env"]}


def answer(name: str, emitted: Emitted) -> Answer:
    kong = Kong(*emitted, TOKENS, running.answer)
    return (
        kong.send_in_a_minute(REQUESTS[name], REQUESTS_IN_A_MINUTE[name])
        if name in REQUESTS_IN_A_MINUTE
        else kong.send(REQUESTS[name])
    )


def differences(name: str, emitted: Emitted) -> list[str]:
    """Return what a line of the guide says differently from the model."""
    return contradictions(name, answer(name, emitted))


def contradictions(name: str, got: Answer) -> list[str]:
    """Return what a line of the guide says differently from the response."""
    status, remarks = rows()[name]
    pairs = [(status, str(got.status)), ("→" in remarks, got.service is not None)]
    pairs += [(service, got.service) for service in re.findall(r"→ ([\w-]+)", remarks)]
    pairs += [(uri, got.uri) for uri in re.findall(r"gets (/\S*)", remarks)]
    pairs += [(True, "x-api-key" in got.unseen) for _ in re.findall("does not get the key", remarks)]
    pairs += [(True, name.lower() in got.unseen) for name in re.findall(r"does not get `([\w-]+)`", remarks)]
    pairs += [(body, got.text) for body in re.findall(r"answers `([^`]+)`", remarks)]
    pairs += [(value, got.headers.get(of)) for of, value in re.findall(r"`([A-Z][A-Za-z-]+): ([^`]+)`", remarks)]
    pairs += [(client, got.client) for client in re.findall(r"client is `([^`]+)`", remarks)]
    return [f"the guide says {expected}, got {found}" for expected, found in pairs if expected != found]
