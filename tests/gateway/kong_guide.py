"""The requests of the guide's table, and what a model of Kong makes of them."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import support
import yaml
from kong_model import Kong
from kong_requests import Answer, Request, Token
from support import Manifest, pick

ROOT = Path(__file__).parent.parent.parent
GUIDE = ROOT / "docs" / "gateway.md"
SITE = "https://kubestock.dpiyumal.me"
EVIL = {"Origin": "https://evil.example.net"}
ASKS = {"Access-Control-Request-Method": "POST"}
JSON = {"Content-Type": "application/json"}
GOOD = '{"items": [{"productId": "p-1", "quantity": 2}]}'
KEYED = {"X-API-Key": "stand-in-ms-product"}
HEALTH = "/api/products/health"
STOCK = "/internal/inventory"
ISSUED = {"iss": "https://api.asgardeo.io/t/kubestock/oauth2/token"}
OURS = (ROOT / "kubestock" / "production" / "identity-provider.pub.pem").read_text("utf-8")
TOKENS = {
    "right": Token(claims=ISSUED, algorithm="RS256", signed_for=OURS, groups=("admin",)),
    "supplier": Token(claims=ISSUED, algorithm="RS256", signed_for=OURS, groups=("supplier",)),
    "expired": Token(claims=ISSUED, algorithm="RS256", signed_for=OURS, expired=True),
    "wrong-algorithm": Token(claims=ISSUED, algorithm="HS256", signed_for=OURS),
    "unknown-issuer": Token(claims={"iss": "https://evil.example.net"}, algorithm="RS256", signed_for=OURS),
    "forged": Token(claims=ISSUED, algorithm="RS256", signed_for="a key of somebody else"),
}


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
    "wrong-algorithm": Request(path="/api/orders", bearer="wrong-algorithm"),
    "unknown-issuer": Request(path="/api/orders", bearer="unknown-issuer"),
    "forged-token": Request(path="/api/orders", bearer="forged"),
    "token-in-query": Request(path="/api/orders?jwt=right"),
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
    "wrong-key": Request(path=STOCK, headers={"X-API-Key": "wrong"}),
    "key-in-query": Request(path=f"{STOCK}?x-api-key=stand-in-ms-product"),
    "key-without-group": Request(path="/internal/suppliers", headers=KEYED),
    "right-key": Request(method="PUT", path=f"{STOCK}/3", headers=KEYED),
    "token-for-key": Request(path=STOCK, bearer="right"),
    "flood-with-token": Request(path="/api/orders", bearer="right"),
    "flood-with-key": Request(path=STOCK, headers=KEYED),
    "flood-without-token": Request(path="/api/orders", times=200),
    "flood-of-unknown-paths": Request(method="POST", path="/nothing", times=200),
    "http": Request(path="/api/orders?page=2", scheme="http"),
    "forged-https": Request(path="/api/orders", scheme="http", headers={"X-Forwarded-Proto": "https"}),
    "unknown-host": Request(host="other.example.com"),
    "unknown-path": Request(method="POST", path="/nothing"),
    "unknown-api": Request(path="/api/unknown"),
    "unknown-api-with-token": Request(path="/api/unknown", bearer="right"),
    "unknown-internal": Request(path="/internal/unknown"),
    "unknown-internal-with-key": Request(path="/internal/unknown", headers=KEYED),
    "wrong-method": Request(method="DELETE", path="/api/inventory/7", bearer="right"),
    "wrong-method-no-token": Request(method="DELETE", path="/api/inventory/7"),
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


@cache
def production() -> Emitted:
    return read(support.production())


def read(documents: list[Manifest]) -> Emitted:
    """Kong's file with stand-ins for credentials, and the variables of its pods."""
    text = pick(documents, "SealedSecret", "gateway-consumers")["spec"]["template"]["data"]["kong.yml"]
    filled = re.sub(r'\{\{ index \. "([^"]+)" \| toJson \}\}', r'"stand-in-\1"', text)
    (container,) = pick(documents, "Deployment", "kong")["spec"]["template"]["spec"]["containers"]
    return yaml.safe_load(filled), {each["name"]: each.get("value") for each in container["env"]}


def answer(name: str, emitted: Emitted) -> Answer:
    kong = Kong(*emitted, TOKENS)
    return kong.minutes_worth(REQUESTS[name], A_MINUTE[name]) if name in A_MINUTE else kong.send(REQUESTS[name])


def differences(name: str, emitted: Emitted) -> list[str]:
    """What a line of the guide says, and the model does not."""
    got = answer(name, emitted)
    status, remarks = rows()[name]
    pairs = [(status, str(got.status)), ("→" in remarks, got.service is not None)]
    pairs += [(service, got.service) for service in re.findall(r"→ ([\w-]+)", remarks)]
    pairs += [(uri, got.uri) for uri in re.findall(r"asked for (/\S*)", remarks)]
    pairs += [(True, "x-api-key" in got.unseen) for _ in re.findall("does not see the key", remarks)]
    pairs += [(value, got.headers.get(of)) for of, value in re.findall(r"`([A-Z][A-Za-z-]+): ([^`]+)`", remarks)]
    pairs += [(client, got.client) for client in re.findall(r"client is `([^`]+)`", remarks)]
    return [f"the guide says {told}, got {found}" for told, found in pairs if told != found]
