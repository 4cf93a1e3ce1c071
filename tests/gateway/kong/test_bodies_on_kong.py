"""Bodies that try to keep Kong busy, sent to a real Kong."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from programs.kong_echo import EchoingKong, echoing, needs_kong, route

from kubestock.gateway.kong.plugins.validation import JsonBody

JSON = {"Content-Type": "application/json"}
SLOW = "^a*a*a*[bc]$"
SCHEMAS: dict[str, Any] = {
    "/tree": {"properties": {"child": {"$ref": "#"}}},
    "/slow": {"items": {"pattern": SLOW}},
    "/not-slow": {"items": {"not": {"pattern": SLOW}}},
    "/code": {"items": {"pattern": "^[A-Z]{2}$"}},
}

pytestmark = needs_kong


@pytest.fixture(scope="module")
def kong(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EchoingKong]:
    routes = [route(path, JsonBody(schema=schema).to_plugin()) for path, schema in SCHEMAS.items()]
    with echoing(tmp_path_factory.mktemp("kong"), routes) as running:
        yield running


def nested(levels: int) -> str:
    return '{"child":' * (levels - 1) + "{}" + "}" * (levels - 1)


@pytest.mark.parametrize(("levels", "status"), [(1, 200), (100, 200), (101, 400), (500, 400), (2000, 400)])
def test_a_body_has_at_most_100_levels(kong: EchoingKong, levels: int, status: int) -> None:
    assert kong.send("POST", "/tree", headers=JSON, body=nested(levels)).status == status


@pytest.mark.parametrize("path", ["/slow", "/not-slow"])
def test_a_text_for_which_pcre_stops_is_rejected_quickly(kong: EchoingKong, path: str) -> None:
    started = time.monotonic()
    response = kong.send("POST", path, headers=JSON, body=json.dumps(["a" * 20000 + "!c!"] * 40))

    assert (response.status, response.asked) == (400, None)
    assert "too long for a pattern" in response.text
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(("code", "status"), [("US", 200), ("US\n", 400), ("\nUS", 400), ("USA", 400)])
def test_a_dollar_matches_only_the_end_of_the_text(kong: EchoingKong, code: str, status: int) -> None:
    assert kong.send("POST", "/code", headers=JSON, body=json.dumps([code])).status == status
