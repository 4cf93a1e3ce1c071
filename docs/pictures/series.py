"""Made-up series for the picture of the dashboard: the same in each run, and plausible."""

import hashlib
import json
import math
import random
import re
import zlib
from collections.abc import Mapping
from typing import Any

POINTS = 180
_OUTAGE = range(108, 116)
PRODUCT = "ms-product"

_SHARES = {
    "ms-product": 0.38,
    "ms-inventory": 0.52,
    "ms-supplier": 0.24,
    "ms-order-management": 0.61,
    "ms-identity": 0.19,
    "frontend": 0.12,
}
_PORTS = {
    "ms-product": "3002",
    "ms-inventory": "3003",
    "ms-supplier": "3004",
    "ms-order-management": "3005",
    "ms-identity": "3006",
    "frontend": "8080",
}
_SERVED = {f"{name}.{port}": share for (name, port), share in zip(_PORTS.items(), (46, 31, 9, 22, 12, 58), strict=True)}
_BACKENDS = tuple(name for name in _PORTS if name != "frontend")
_USERS = tuple(name for name in _BACKENDS if name != "ms-identity")


def _pods(name: str, share: float, count: int = 3) -> dict[str, float]:
    ends = ("2kq7x", "9d4mw", "tz5vh")[:count]
    return {f"{name}-6d5f7c9b8-{end}": share * (1 + 0.12 * place) for place, end in enumerate(ends)}


LEVELS: Mapping[str, Mapping[str, float]] = {
    "Overview/Availability": {"availability": 0.99962},
    "Overview/Error budget left": {"budget": 0.62},
    "Overview/Request rate": {"requests": 178},
    "Overview/Failing now": {"failing": 0.0004},
    "Overview/Latency objective": {"p99": 390},
    "Overview/Highest memory usage": {"highest": 0.62},
    "Overview/Requests by service": _SERVED,
    "Overview/Failing by service": dict.fromkeys(_SERVED, 0.0002) | {"ms-order-management.3005": 0.0004},
    "Overview/Latency of all services": {"p50": 48, "p95": 205, "p99": 390},
    "Overview/CPU against limit, by service": _SHARES,
    "Overview/Memory against limit, by service": {name: 0.28 + 0.52 * share for name, share in _SHARES.items()},
    "$service/Traffic": {"200": 38, "201": 3, "304": 4, "404": 1.2, "500": 0.01},
    "$service/Errors": {"5xx": 0.0003},
    "$service/Latency": {"p50": 33, "p95": 154, "p99": 322, "p95 of the service": 148},
    "$service/Replicas": {"ready": 3, "desired": 3, "maximum": 8},
    "$service/CPU against limit": _pods(PRODUCT, 0.38),
    "$service/Memory against limit": _pods(PRODUCT, 0.55),
    "$service/CPU throttling": _pods(PRODUCT, 0.04),
    "$service/Restarts in an hour": dict.fromkeys(_pods(PRODUCT, 0), 0),
    "Gateway/Status codes": {"200": 150, "201": 8, "304": 14, "401": 2.4, "404": 3, "429": 0.6, "500": 0.05},
    "Gateway/Rejected requests, by route": {
        "401 ms-order-management.api-orders": 1.3,
        "401 ms-identity.api-users": 0.8,
        "429 ms-product.api-products": 0.5,
    },
    "Gateway/Latency: services and Kong": {"all": 206, "service": 199, "Kong": 4},
    "Gateway/Healthy addresses, by upstream": {
        f"{name}.upstream": 3 if name.startswith("ms-p") else 2 for name in _SERVED
    },
    "Gateway/Ejected addresses, by upstream": {f"{name}.upstream": 0 for name in _SERVED}
    | {f"{name}.upstream not resolved": 0 for name in _SERVED},
    "Gateway/Traffic in bytes": {"egress": 2_100_000, "ingress": 240_000},
    "Gateway/Connections": {"active": 96, "reading": 1, "waiting": 78, "writing": 17},
    "Gateway/Shared memory of Kong": {
        "kong_core_db_cache": 0.11,
        "kong_db_cache": 0.16,
        "kong_healthchecks": 0.04,
        "prometheus_metrics": 0.21,
    },
    "Gateway/Configuration": {"desired": 2, "ready": 2, "not ready": 0},
    "Gateway/CPU against limit": _pods("kong", 0.29, 2),
    "Gateway/Memory against limit": _pods("kong", 0.47, 2),
    "Gateway/CPU throttling": _pods("kong", 0.02, 2),
    "Gateway/Restarts in an hour": dict.fromkeys(_pods("kong", 0, 2), 0),
    "Database/Connections against limit, by service": {name: 0.1 + 0.9 * _SHARES[name] for name in _USERS},
    "Database/Connections open, by service": {name: 60 * _SHARES[name] for name in _USERS},
    "Database/Restarts in ten minutes, by service": dict.fromkeys(_USERS, 0),
    "Programs/Responses, by service": {name: 40 * _SHARES[name] for name in _BACKENDS},
    "Programs/Failed responses, by service": dict.fromkeys(_BACKENDS, 0.0003),
    "Programs/Slow responses, by service": {name: 0.01 * _SHARES[name] for name in _BACKENDS},
    "Programs/Failed calls to external services": {"ms-identity to identity provider": 0.004},
    "Programs/Slow calls to external services": {"ms-identity to identity provider": 0.006},
    "Namespace/Quota used": {
        "limits.cpu": 0.62,
        "limits.memory": 0.66,
        "pods": 0.48,
        "requests.cpu": 0.55,
        "requests.memory": 0.6,
    },
    "Namespace/Pods by phase": {"Running": 15},
    "Namespace/Waiting containers, by reason": {"ContainerCreating": 0},
}
_LEVEL = re.compile(r"Replicas|Configuration|Pods|Restarts|Containers|Quota|Availability|budget")
_INCIDENTS = {
    "Overview/Failing by service": ("ms-order-management.3005", 0.0042),
    "Overview/Latency of all services": ("p99", 260),
    "Overview/Failing now": ("failing", 0.0009),
    "Gateway/Status codes": ("500", 3.0),
    "Gateway/Rejected requests, by route": ("429 ms-product.api-products", 4.2),
    "$service/Replicas": ("ready", -1.0),
    "Gateway/Ejected addresses, by upstream": ("ms-order-management.3005.upstream", 1.0),
}


def series(row: str, title: str, legend: str) -> dict[str, list[float]]:
    """Return the curves of one query, by the names that its legend gives them.

    Raises:
        KeyError: if there is no sample series for the panel.
    """
    path = f"{row}/{title}"
    named = re.compile(re.sub(r"\\\{\\\{.*?\\\}\\\}", ".+", re.escape(legend)))
    names = [name for name in LEVELS[path] if named.fullmatch(name)]
    if not names:
        raise KeyError(f"{path}: {legend}")
    return {name: _curve(path, name) for name in names}


def _curve(path: str, name: str) -> list[float]:
    level = LEVELS[path][name]
    random_ = random.Random(zlib.crc32(f"{path}/{name}".encode()))  # noqa: S311  # no secret, and the same each time
    incident, height = _INCIDENTS.get(path, ("", 0.0))
    if _LEVEL.search(path):
        return [level + (height if name == incident and at in _OUTAGE else 0) for at in range(POINTS)]
    values, drift = [], 0.0
    for at in range(POINTS):
        drift = 0.9 * drift + random_.gauss(0, 0.02)
        day = 1 + 0.18 * math.sin(2 * math.pi * (at / POINTS * 0.5 - 0.1))
        bump = height * math.exp(-(((at - 112) / 5) ** 2)) if name == incident else 0
        values.append(max(0.0, level * (day + drift) + bump))
    return values


def fingerprint(board: Mapping[str, Any]) -> str:
    """Return a digest of what the picture shows of a dashboard, so that a test can tell when it is out of date."""
    panels = [
        [
            panel["title"],
            panel["gridPos"],
            panel.get("fieldConfig"),
            [target["legendFormat"] for target in panel.get("targets", ())],
        ]
        for panel in board["panels"]
    ]
    return hashlib.sha256(json.dumps([board["title"], panels], sort_keys=True).encode()).hexdigest()
