"""What a log holds after its redactions: the Lua is run, on an entry as Kong 3.9 makes it."""

import json
from typing import Any

import pytest
from lupa import luajit21

from kubestock.errors import ConfigurationError
from kubestock.gateway.plugins.logs import FileLog, HttpLog, TcpLog, redactions

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
    return {
        "request": {
            "uri": address,
            "url": f"https://shop.example.com:443{address}",
            "querystring": {"jwt": CANARY},
            "headers": {**dict.fromkeys(names, CANARY), "user-agent": "curl"},
            "method": "GET",
        },
        "upstream_uri": f"/?jwt={CANARY}",
        "response": {"headers": {"set-cookie": CANARY, "location": f"/login?code={CANARY}"}, "status": 302},
    }


def logged(fields: dict[str, str]) -> dict[str, Any]:
    """The entry that is sent: each field takes the place of the one of its name, or takes it away."""
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


def test_no_credential_and_no_query_string_reaches_a_log() -> None:
    sent = logged(dict(redactions("X-Own-Key")))

    assert CANARY not in json.dumps(sent)
    assert CANARY in json.dumps(logged({}))


def test_what_an_engineer_looks_for_stays() -> None:
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
def test_refuses_a_log_that_leaves_one_redaction_out(log: Any, name: str) -> None:
    fields = {each: source for each, source in redactions().items() if each != name}

    with pytest.raises(ConfigurationError, match=f"must keep {name} out of the log"):
        log(fields)
