"""Limits on the size of bodies in the emitted file."""

from typing import Any

import pytest
import yaml
from kong_bypass_routes import SHOP, service
from kong_lua import Lua

from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.file import Configuration
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.functions import PostFunction
from kubestock.gateway.kong.plugins.limits import RequestSizeLimiting

TEN = RequestSizeLimiting(allowed_payload_size=10, size_unit="bytes")
KILO = RequestSizeLimiting(allowed_payload_size=1, size_unit="kilobytes")
OWN = PostFunction(access=["kong.response.exit(200, { message = 'own' })"])


def rendered(*plugins: Plugin, global_plugins: tuple[Plugin, ...] = (), of_consumer: tuple[Plugin, ...] = ()) -> Any:
    orders = Route(name="orders", path="/api", hosts=[SHOP], plugins=plugins)
    caller = Consumer(username="reports", plugins=of_consumer)
    made = Configuration(services=[service("orders", orders)], plugins=global_plugins, consumers=[caller])
    return yaml.safe_load(made.render())


def effective_lua(document: Any) -> list[str]:
    """Return the Lua that runs last for the route."""
    (route,) = document["services"][0]["routes"]
    found = [each for each in (*route.get("plugins", []), *document["plugins"]) if each["name"] == "post-function"]
    return list(found[0]["config"]["access"]) if found else []


def status(document: Any, size: int, *, length: bool = True, consumer: str | None = None, **headers: str) -> int | None:
    given = {**headers, **({"Content-Length": str(size)} if length else {})}
    for source in effective_lua(document):
        ran = Lua().run(source, method="POST", headers=given, body="x" * size, route="orders", consumer=consumer)
        if ran.status is not None:
            return ran.status
    return None


@pytest.mark.parametrize("length", [True, False])
def test_a_body_above_the_limit_gets_413(length: bool) -> None:
    document = rendered(TEN)

    assert status(document, 10, length=length) is None
    assert status(document, 11, length=length) == 413
    assert status(document, 11, Expect="100-continue") == 417


def test_the_most_specific_limit_applies() -> None:
    assert status(rendered(KILO, global_plugins=(TEN,)), 1024) is None
    assert status(rendered(KILO, global_plugins=(TEN,)), 1025) == 413
    assert status(rendered(global_plugins=(TEN,)), 11) == 413
    assert status(rendered(TEN, of_consumer=(KILO,)), 1024, consumer="reports") is None
    assert status(rendered(TEN, of_consumer=(KILO,)), 1024, consumer="others") == 413
    assert status(rendered(RequestSizeLimiting(enabled=False), global_plugins=(TEN,)), 11) == 413


def test_a_body_without_content_length_can_be_rejected() -> None:
    document = rendered(RequestSizeLimiting(require_content_length=True))

    assert status(document, 5, length=False) == 411
    assert status(document, 5, length=False, **{"Transfer-Encoding": "chunked"}) is None


def test_other_lua_runs_after_the_limit() -> None:
    assert status(rendered(OWN, TEN), 11) == 413
    assert status(rendered(OWN, TEN), 1) == 200
    assert status(rendered(OWN, global_plugins=(TEN,)), 11) == 413


def test_kongs_own_size_plugin_is_not_in_the_file() -> None:
    document = rendered(TEN, global_plugins=(KILO,), of_consumer=(TEN,))

    assert "request-size-limiting" not in str(document)
    assert effective_lua(rendered()) == []
