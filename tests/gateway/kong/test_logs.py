"""The content of logs after redaction. The Lua runs on a log entry like those of Kong 3.9."""

import json
from typing import Any

import pytest
from lupa import luajit21

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.plugins.log_fields import redactions
from kubestock.gateway.kong.plugins.logs import FileLog, HttpLog, TcpLog

CANARY = "canary-in-a-coal-mine"
KONG = """
kong = { request = {
  get_path = function() return "/api/orders" end,
  get_host = function() return "shop.example.com" end,
  get_scheme = function() return "https" end,
} }
"""


def entry() -> dict[str, Any]:
    address = f"/api/orders?jwt={CANARY}"
    names = ("apikey", "x-api-key", "authorization", "cookie", "proxy-authorization", "referer", "x-own-key")
    other = ("x_api_key", "x_own_key", "proxy_authorization")
    return {
        "request": {
            "uri": address,
            "url": f"https://shop.example.com:443{address}",
            "querystring": {"jwt": CANARY},
            "headers": {**dict.fromkeys((*names, *other), CANARY), "user-agent": "curl"},
            "method": "GET",
        },
        "upstream_uri": f"/?jwt={CANARY}",
        "response": {"headers": {"set-cookie": CANARY, "location": f"/login?code={CANARY}"}, "status": 302},
    }


def logged(fields: dict[str, str]) -> dict[str, Any]:
    """Return the entry that is sent: each custom field replaces or removes the field with its name."""
    lua = luajit21.LuaRuntime()
    lua.execute(KONG)
    found = entry()
    for name, source in fields.items():
        inside = found
        *above, last = name.split(".", 2)
        for step in above:
            inside = inside[step]
        value = lua.execute(source)
        inside.pop(last, None)
        if value is not None:
            inside[last] = value
    return found


def test_logs_contain_no_credential_and_no_query_string() -> None:
    sent = logged(dict(redactions("X-Own-Key")))

    assert CANARY not in json.dumps(sent)
    assert CANARY in json.dumps(logged({}))


def test_logs_contain_what_an_engineer_needs() -> None:
    sent = logged(dict(redactions()))

    assert sent["request"]["uri"] == "/api/orders"
    assert sent["request"]["url"] == "https://shop.example.com/api/orders"
    assert sent["request"]["headers"]["user-agent"] == "curl"
    assert sent["response"]["status"] == 302


@pytest.mark.parametrize("name", sorted(redactions()))
@pytest.mark.parametrize(
    "log",
    [
        lambda fields: FileLog(path="/dev/stdout", custom_fields_by_lua=fields),
        lambda fields: HttpLog(http_endpoint="http://logs.example.com", custom_fields_by_lua=fields),
        lambda fields: TcpLog(host="logs.example.com", port=5000, custom_fields_by_lua=fields),
    ],
)
def test_rejects_a_log_without_one_of_the_redactions(log: Any, name: str) -> None:
    fields = {each: source for each, source in redactions().items() if each != name}

    with pytest.raises(ConfigurationError, match=f"must remove {name} from the log"):
        log(fields)


def adding(name: str, source: str) -> FileLog:
    return FileLog(path="/dev/stdout", custom_fields_by_lua={**redactions("X-Own-Key"), name: source})


@pytest.mark.parametrize("name", ["request", "request.headers", "response", "response.headers"])
def test_rejects_a_field_that_contains_a_redacted_one(name: str) -> None:
    with pytest.raises(
        ConfigurationError, match=f"'{name}' in .* of file-log must not be given together with re.*; rename it"
    ):
        adding(name, "return { method = 'GET' }")


def test_rejects_a_field_inside_a_redacted_one() -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"'request\.querystring' in .* must not be given together with request\.querystring\.x",
    ):
        adding("request.querystring.x", "return 'y'")


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("return kong.request.get_headers()", "get_headers"),
        ("return kong.request['get_headers']()", "get_headers"),
        ("local all = function() return kong.response.get_headers() end return all()", "get_headers"),
        ("return kong.request.get_path_with_query()", "get_path_with_query"),
        ("return kong.request.get_query()", "get_query"),
        ("return kong.request.get_query_arg('code')", "get_query_arg"),
        ("return kong.request.get_raw_query()", "get_raw_query"),
        ("return kong.request.get_raw_body()", "get_raw_body"),
        ("return kong.request.get_body()", "get_body"),
        ("return kong.log.serialize()", "serialize"),
        ("return kong.client.get_credential().key", "get_credential"),
        ("return ngx.req.get_uri_args()", "get_uri_args"),
        ("return kong.request.get_header('cookie')", "get_header of 'cookie'"),
        ('return kong.request.get_header "Cookie"', "get_header of 'Cookie'"),
        ("return kong.request.get_header('x_own_key')", "get_header of 'x_own_key'"),
        ("return kong.response.get_header('Set-Cookie')", "get_header of 'Set-Cookie'"),
        ("return kong.request.get_header('X-Auth-Token')", "get_header of 'X-Auth-Token'"),
        (
            "local name = 'coo' .. 'kie' return kong.request.get_header(name)",
            "get_header of a name that is not a literal",
        ),
        ("return ngx.var.request_uri", "request_uri"),
        ("return ngx.var.arg_code", "arg_code"),
        ("return ngx.var.cookie_sid", "cookie_sid"),
        ("return ngx.var.http_x_own_key", "http_x_own_key"),
        ("return ngx.var.request", "ngx.var.request"),
    ],
)
def test_rejects_a_field_that_reads_what_is_redacted(source: str, word: str) -> None:
    with pytest.raises(
        ConfigurationError, match=f"'mine' in .* must not use {word}, because redactions.* removes .*; use kong"
    ):
        adding("mine", source)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("tenant", "return kong.request.get_header('X-Tenant')"),
        ("request.tls.version", "return ngx.var.ssl_protocol"),
        ("path", "return kong.request.get_path()"),
        ("agent", "return ngx.var.http_user_agent"),
        ("requests", "return 'get_path'"),
        ("who", "local it = kong.client.get_consumer() return it and it.username"),
    ],
)
def test_accepts_other_fields(name: str, source: str) -> None:
    assert adding(name, source).custom_fields_by_lua[name] == source
