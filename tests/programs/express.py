"""What the backends share: Express 4 with helmet, JSON bodies of at most 100 kB, and tokens that are decoded."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

HELMET = {
    "Content-Security-Policy": "default-src 'self';frame-ancestors 'self'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=15552000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Powered-By": "Express",
}
LARGEST = 100 * 1024


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a program gets: headers with names in lower case, and the groups of the token that it decodes."""

    method: str
    uri: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    groups: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Reply:
    status: int
    headers: Mapping[str, str] = field(default_factory=lambda: dict(HELMET))
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call that a route has matched: the parameters of its path, its parsed body, and who calls."""

    of: Mapping[str, str]
    body: Any
    groups: tuple[str, ...] | None


Handler = Callable[[Call], int]


class Program:
    """A backend: its routes in their order, and the names that its metrics begin with."""

    def __init__(
        self, name: str, *, metrics: tuple[str, ...], routes: tuple[tuple[str, Handler], ...], bad_json: int = 400
    ) -> None:
        self.name, self.metrics, self.bad_json = name, metrics, bad_json
        own: tuple[tuple[str, Handler], ...] = (("GET /health", lambda _: 200), ("GET /metrics", lambda _: 200))
        split = [(*rule.partition(" "), handler) for rule, handler in (*own, *routes)]
        self.routes = tuple((method, path, handler) for method, _, path, handler in split)

    def answer(self, asked: Asked) -> Reply:
        parsed = self._parsed(asked)
        if isinstance(parsed, Reply):
            return parsed
        path, wanted = asked.uri.partition("?")[0], "GET" if asked.method == "HEAD" else asked.method
        for method, pattern, handler in self.routes:
            matched = re.fullmatch(_expression(pattern), path, re.IGNORECASE)
            if matched and method == wanted:
                of = {name: unquote(value) for name, value in matched.groupdict().items()}
                status = handler(Call(of=of, body=parsed, groups=asked.groups))
                return Reply(status=status, text="\n".join(self.metrics) if pattern == "/metrics" else "")
        return Reply(status=404)

    def serves(self, method: str, path: str) -> bool:
        """Whether a route exists, regardless of its response."""
        return any(
            method == known and re.fullmatch(_expression(pattern), path.partition("?")[0], re.IGNORECASE)
            for known, pattern, _ in self.routes
        )

    def _parsed(self, asked: Asked) -> Any:
        if asked.headers.get("content-type", "").partition(";")[0] != "application/json" or not asked.body:
            return {}
        if len(asked.body.encode()) > LARGEST:
            return Reply(status=413 if self.bad_json == 400 else self.bad_json)
        try:
            parsed = json.loads(asked.body)
        except ValueError:
            return Reply(status=self.bad_json)
        return parsed if isinstance(parsed, dict | list) else Reply(status=self.bad_json)


def _expression(pattern: str) -> str:
    return re.sub(r":(\w+)", r"(?P<\1>[^/]+)", pattern).rstrip("/") + "/?"


def known(handler: Handler) -> Handler:
    """Any token is enough, regardless of its signature."""
    return lambda call: 401 if call.groups is None else handler(call)


def of(*groups: str) -> Callable[[Handler], Handler]:
    """A token with one of the groups is required."""

    def asking(handler: Handler) -> Handler:
        def asked(call: Call) -> int:
            if call.groups is None:
                return 401
            return handler(call) if set(groups) & set(call.groups) else 403

        return asked

    return asking


def default_metrics(prefix: str, *names: str) -> tuple[str, ...]:
    """The names of prom-client's default metrics, as far as rules read them, and a program's own."""
    return tuple(f"{prefix}{each}" for each in (*names, "process_cpu_seconds_total", "nodejs_eventloop_lag_seconds"))


DATABASE = (
    "http_request_duration_seconds",
    "http_requests_total",
    "db_query_duration_seconds",
    "db_connections_active",
    "db_connections_idle",
)
