"""A model of Kong 3.9.3, as far as the table of the guide needs it. It describes observed behavior and is not Kong.

It reads only the emitted file and the emitted environment variables, so the table depends on nothing else.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from kong_lua import Lua
from kong_requests import Answer, Request, State, Token
from programs.express import Asked, Reply

ORDER = (
    *(
        "pre-function",
        "cors",
        "jwt",
        "key-auth",
        "acl",
        "rate-limiting",
        "request-transformer",
    ),
    *("request-termination", "post-function"),
)
KONGS: Mapping[str, Mapping[str, Any]] = {"rate-limiting": {"error_code": 429}}
"""Kong's defaults of fields that the file leaves out."""


class Kong:
    """One pod that has just started."""

    def __init__(
        self,
        document: Mapping[str, Any],
        environment: Mapping[str, str],
        tokens: Mapping[str, Token],
        programs: Callable[[str, Asked], Reply] = lambda _service, _asked: Reply(status=200, headers={}),
    ) -> None:
        self.document, self.environment, self.tokens, self.programs = document, environment, tokens, programs
        self.lua = Lua()
        self.counts: Counter[tuple[str, str]] = Counter()
        self.global_plugins = _configured(document["plugins"])

    def send(self, request: Request) -> Answer:
        """Send a request `times` times, and return the last response."""
        client = self._client(request)
        if request.method in ("TRACE", "CONNECT"):
            return self._by_nginx(405, client)
        rate = int(re.findall(r"rate=(\d+)r/s", self.environment["KONG_NGINX_HTTP_LIMIT_REQ_ZONE"])[0])
        burst = int(re.findall(r"burst=(\d+)", self.environment["KONG_NGINX_PROXY_LIMIT_REQ"])[0])
        if request.times > rate + burst:
            return self._by_nginx(int(self.environment["KONG_NGINX_PROXY_LIMIT_REQ_STATUS"]), client)
        longest = _bytes(self.environment["KONG_NGINX_PROXY_LARGE_CLIENT_HEADER_BUFFERS"].partition(" ")[2])
        if any(len(f"{name}: {value}") > longest for name, value in request.headers.items()):
            return self._by_nginx(400, client)
        if request.size > _bytes(self.environment["KONG_NGINX_HTTP_CLIENT_MAX_BODY_SIZE"]):
            return self._by_nginx(413, client)
        for _ in range(request.times):
            answer = self._once(request, client)
        return answer

    def _by_nginx(self, status: int, client: str) -> Answer:
        """Return a response of nginx before Kong reads the request. Plugins that change responses still run."""
        return Answer(status, self._added({}), None, client)

    def send_in_a_minute(self, request: Request, times: int) -> Answer:
        """Send a request so often within a minute, slowly enough for the limit of nginx."""
        for _ in range(times):
            answer = self.send(request)
        return answer

    def _client(self, request: Request) -> str:
        named = [each for each in self.environment.get("KONG_TRUSTED_IPS", "").split(",") if each]
        trusted = [ipaddress.ip_network(each) for each in named]
        chain = [request.peer, *reversed(request.headers.get("X-Forwarded-For", "").replace(" ", "").split(","))]
        for hop in chain:
            if hop and not any(ipaddress.ip_address(hop) in each for each in trusted):
                return hop
        return request.peer

    def _once(self, request: Request, client: str) -> Answer:
        found = self._route(request)
        if found is None:
            return Answer(404, self._added({}), None, client)
        service, route = found
        if request.scheme == "http" and route["protocols"] == ["https"]:
            location = f"https://{request.host.lower().removesuffix('.')}{request.path}"
            return Answer(route["https_redirect_status_code"], {**self._added({}), "Location": location}, None, client)
        own = _configured([*service.get("plugins", []), *route.get("plugins", [])])
        plugins: dict[str, Any] = {**self.global_plugins, **own}
        headers: dict[str, str] = {}
        scope = route["name"] if "rate-limiting" in own else "all"
        state = State(client=client, route=scope, uri=_upstream_uri(route, request), found=(service, route))
        for name in ORDER:
            if name in plugins and (status := self._plugin(name, plugins[name], request, state, headers)):
                text = plugins[name].get("body") or ""
                return Answer(status, {**self._added({}), **headers}, None, client, text=text)
        name = service["name"].partition(".")[0]
        reply = self.programs(name, self._forwarded(request, state))
        final = {**self._added(reply.headers), **headers}
        return Answer(reply.status, final, name, client, uri=state.uri, unseen=frozenset(state.hidden), text=reply.text)

    def _route(self, request: Request) -> tuple[Any, Any] | None:
        path = _normalized(request.path.partition("?")[0])
        fits = [
            ((len(route.get("methods", [])) > 0, route["paths"] != ["/"], route["regex_priority"]), service, route)
            for service in self.document["services"]
            for route in service["routes"]
            if request.host.lower().removesuffix(".") in route["hosts"]
            and request.method in route.get("methods", [request.method])
            and any(each == "/" or re.match(each[1:], path) for each in route["paths"])
        ]
        return max(fits, key=lambda each: each[0])[1:] if fits else None

    def _added(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the headers of a response after response-transformer. Names are compared without case."""
        config, original_names = self.global_plugins["response-transformer"], {name.lower(): name for name in headers}
        made = dict(headers)
        for name in config["remove"]["headers"]:
            made.pop(original_names.pop(name.lower(), name), None)
        for name, value in (each.split(":", 1) for each in config["replace"]["headers"]):
            if name.lower() in original_names:
                made[original_names[name.lower()]] = value
        return {
            **{name: value for name, value in _entries(config["add"]) if name.lower() not in original_names},
            **made,
        }

    def _forwarded(self, request: Request, state: State) -> Asked:
        """Return the request to the pods: without the headers that plugins removed, and with those of the consumer."""
        kept = {name.lower(): value for name, value in request.headers.items() if name.lower() not in state.hidden}
        token = self.tokens.get(request.bearer or "")
        if state.consumer:
            kept["x-consumer-username"] = state.consumer["username"]
        return Asked(
            method=request.method,
            uri=state.uri + ("?" + request.path.partition("?")[2] if "?" in request.path else ""),
            headers=kept,
            body=request.body,
            groups=None if token is None else token.groups,
        )

    def _plugin(
        self, name: str, config: Mapping[str, Any], request: Request, state: State, headers: dict[str, str]
    ) -> int | None:
        if name in ("jwt", "key-auth") and request.method == "OPTIONS" and not config["run_on_preflight"]:
            return None
        gates: dict[str, Callable[[], int | None]] = {
            "cors": lambda: _cors(config, request, headers),
            "jwt": lambda: self._token(config, request, state),
            "key-auth": lambda: self._key(config, request, state),
            "acl": lambda: None if state.groups & set(config["allow"]) else 403,
            "rate-limiting": lambda: self._limited(config, state, headers),
            "request-transformer": lambda: _transformed(config, state),
            "request-termination": lambda: int(config["status_code"]),
            "pre-function": lambda: self._function(config, request, state),
            "post-function": lambda: self._function(config, request, state),
        }
        return gates[name]()

    def _token(self, config: Mapping[str, Any], request: Request, state: State) -> int | None:
        found = [each for name in config["uri_param_names"] for each in request.query.get(name, [])]
        for name in config["header_names"]:
            found += re.findall(r"[Bb]earer\s+(.+)", request.header(name) or "")
        token = self.tokens.get(found[0]) if found else None
        if token is None or (token.seconds < 0 and "exp" in config["claims_to_verify"]):
            return 401
        if 0 < config["maximum_expiration"] < token.seconds:
            return 401
        for consumer in self.document["consumers"]:
            for issuer in consumer.get("jwt_secrets", []):
                if issuer["key"] == token.claims.get(config["key_claim_name"]):
                    state.consumer, state.credential, state.token = consumer, issuer["key"], token.text
                    key = issuer.get("secret" if issuer["algorithm"].startswith("HS") else "rsa_public_key")
                    return None if (token.algorithm, token.signed_for) == (issuer["algorithm"], key) else 401
        return 401

    def _key(self, config: Mapping[str, Any], request: Request, state: State) -> int | None:
        found = [request.header(name) for name in config["key_names"] if config["key_in_header"]]
        if config["key_in_query"]:
            found += [each for name in config["key_names"] for each in request.query.get(name, [])]
        for consumer in self.document["consumers"]:
            for credential in consumer.get("keyauth_credentials", []):
                if credential["key"] in found:
                    state.consumer, state.credential = consumer, credential["key"]
                    state.hidden |= set(config["key_names"]) if config["hide_credentials"] else set()
                    return None
        return 401

    def _limited(self, config: Mapping[str, Any], state: State, headers: dict[str, str]) -> int | None:
        who = state.client if config["limit_by"] == "ip" else state.credential or state.client
        self.counts[state.route, who] += 1
        if self.counts[state.route, who] <= config["minute"]:
            return None
        headers["Retry-After"] = "60"
        return int(config["error_code"])

    def _function(self, config: Mapping[str, Any], request: Request, state: State) -> int | None:
        """Run the Lua itself, with the results of the router and of the plugins before it."""
        service, route = state.found
        headers = {**request.headers, "Content-Length": str(request.size)}
        for source in config["access"]:
            ran = self.lua.run(
                source,
                method=request.method,
                uri=state.uri,
                headers=headers,
                body=request.body,
                route=route["name"],
                service=service["name"],
                token=state.token,
                credential=state.credential,
                consumer=state.consumer["username"] if state.consumer else None,
            )
            state.hidden |= {each.lower() for each in ran.cleared}
            if ran.status is not None:
                return ran.status
        return None


def _configured(plugins: list[Any]) -> dict[str, Any]:
    return {each["name"]: {**KONGS.get(each["name"], {}), **each.get("config", {})} for each in plugins}


def _entries(change: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (each.partition(":") for each in change["headers"])]


def _upstream_uri(route: Mapping[str, Any], request: Request) -> str:
    """Return the path for the pods: the rest of the path if it is stripped, and the whole path otherwise."""
    path = _normalized(request.path.partition("?")[0])
    if not route["strip_path"]:
        return path
    matched = next(filter(None, (re.match(each.removeprefix("~"), path) for each in route["paths"])), None)
    return "/" + path[matched.end() if matched else 0 :].lstrip("/")


def _transformed(config: Mapping[str, Any], state: State) -> None:
    state.uri = config["replace"].get("uri") or state.uri


def _cors(config: Mapping[str, Any], request: Request, headers: dict[str, str]) -> int | None:
    # With one configured origin, Kong always returns that origin.
    if "Origin" in request.headers:
        headers["Access-Control-Allow-Origin"] = config["origins"][0]
        headers["Access-Control-Allow-Credentials"] = "true" if config["credentials"] else ""
    is_preflight = {"Origin", "Access-Control-Request-Method"} <= request.headers.keys()
    if request.method == "OPTIONS" and is_preflight:
        headers["Access-Control-Allow-Methods"] = ",".join(config["methods"])
    return 200 if request.method == "OPTIONS" and is_preflight and not config["preflight_continue"] else None


def _bytes(size: str) -> int:
    return int(size[:-1]) * {"k": 1024, "m": 1024 * 1024}[size[-1]]


def _normalized(path: str) -> str:
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            kept = kept[:-1]
        elif part not in ("", "."):
            kept.append(part)
    return "/" + "/".join(kept)
