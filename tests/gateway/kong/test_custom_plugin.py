from dataclasses import replace
from typing import Any

import pytest
from kong_bypass_routes import PEOPLE, route, service

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.analysis.view import GatewayContext
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.file import Configuration
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.plugins import known
from kubestock.gateway.kong.plugins.authentication import Jwt
from kubestock.gateway.kong.plugins.custom import CustomPlugin
from kubestock.gateway.kong.plugins.log_fields import redactions
from kubestock.gateway.kong.plugins.traits import Traits
from kubestock.gateway.kong.plugins.untyped import TRAITS


def test_settings_are_emitted_unchanged() -> None:
    made = CustomPlugin(plugin="proxy-cache", settings={"strategy": "memory", "response_code": [200]})

    assert made.to_kong()["config"] == {"strategy": "memory", "response_code": [200]}


@pytest.mark.parametrize("plugin", ["udp-log", "syslog", "loggly"])
def test_rejects_any_log_that_would_contain_credentials(plugin: str) -> None:
    fields = {name: source for name, source in redactions().items() if name != "request.headers.cookie"}
    settings = {"host": "logs.example.com", "custom_fields_by_lua": fields}

    with pytest.raises(
        ConfigurationError, match=f"custom_fields_by_lua of {plugin} must remove request.headers.cookie"
    ):
        CustomPlugin(plugin=plugin, settings=settings)
    with pytest.raises(ConfigurationError, match=f"of {plugin} must remove .*start with redactions"):
        CustomPlugin(plugin=plugin)


@pytest.mark.parametrize("plugin", ["openid-connect", "canary", "my-own", "rate-limit"])
def test_rejects_an_unknown_plugin(plugin: str) -> None:
    with pytest.raises(
        ConfigurationError,
        match=f"'{plugin}' must be a plugin of open-source Kong 3.9 .*Enterprise are not available; for a plugin",
    ):
        CustomPlugin(plugin=plugin)


def test_no_plugin_has_both_a_class_and_an_entry_in_the_table_of_traits() -> None:
    assert not known.classes().keys() & TRAITS.keys()


OWN = CustomPlugin(plugin="my-own", traits=Traits(priority=1600, answers=True), settings={"mode": "fast"})


def found(own: CustomPlugin, loaded: frozenset[str] = frozenset({"my-own"})) -> list[str]:
    made = Configuration(services=[service("orders", route("orders", "/api/orders", Jwt(), own))], consumers=[PEOPLE])
    return [each.id for each in made.findings(GatewayContext(loaded=loaded))]


def test_your_own_plugin_has_the_declared_traits() -> None:
    assert OWN.to_kong()["config"] == {"mode": "fast"}
    assert found(OWN) == ["answers-before-authentication"]
    assert found(CustomPlugin(plugin="my-own", traits=Traits(priority=800))) == []


@pytest.mark.parametrize(
    ("traits", "scope"),
    [
        (Traits(priority=5, phases=["rewrite"]), "route"),
        (Traits(priority=5, phases=["certificate", "rewrite"]), "consumer"),
        (Traits(priority=1500), "consumer"),
    ],
)
def test_rejects_a_plugin_in_phases_before_kong_knows_its_scope(traits: Traits, scope: str) -> None:
    own = CustomPlugin(plugin="my-own", traits=traits)
    on = {scope: [own]}
    orders = route("orders", "/api/orders", Jwt(), *on.get("route", []))
    people = replace(PEOPLE, plugins=on.get("consumer", []))

    def ids(*global_plugins: CustomPlugin, on_route: Route = orders, caller: Consumer = people) -> list[str]:
        made = Configuration(services=[service("orders", on_route)], consumers=[caller], plugins=global_plugins)
        return [each.id for each in made.findings()]

    assert ids() == ["plugin-phase"]
    assert ids(own, on_route=route("orders", "/api/orders", Jwt()), caller=PEOPLE) == []


def test_rejects_your_own_plugin_if_kong_does_not_load_it() -> None:
    own = CustomPlugin(plugin="my-own", traits=Traits(priority=800))

    assert found(own, frozenset()) == ["plugin-not-loaded"]


@pytest.mark.parametrize(
    ("plugin", "settings", "message"),
    [
        ("oauth2", {}, "'oauth2' must not be used, because it needs a database .*; use Jwt"),
        ("response-ratelimiting", {"policy": "cluster"}, "policy of response-ratelimiting must not be 'cluster'"),
        ("session", {"storage": "kong"}, "storage of session must not be 'kong', because Kong runs without a database"),
        ("aws-lambda", {"function_name": "f"}, "connects_to of aws-lambda must contain the hosts"),
        ("proxy-cache", {"cache_ttl": float("nan")}, "settings of proxy-cache must be valid JSON"),
        ("proxy-cache", {"cache_ttl": {1}}, "settings of proxy-cache must be valid JSON"),
    ],
)
def test_rejects_plugins_and_settings_that_kong_cannot_run(plugin: str, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        CustomPlugin(plugin=plugin, settings=settings)


@pytest.mark.parametrize(
    ("plugin", "settings", "destinations"),
    [
        ("udp-log", {"host": "logs.shop"}, [("logs.shop", "UDP")]),
        ("loggly", {}, [("logs-01.loggly.com", "UDP")]),
        ("loggly", {"host": "logs.shop"}, [("logs.shop", "UDP")]),
        ("opentelemetry", {"traces_endpoint": "http://otel.shop:4318/v1/traces"}, [("otel.shop", "TCP")]),
        ("response-ratelimiting", {"redis": {"host": "redis.shop"}}, [("redis.shop", "TCP")]),
        ("statsd", {}, []),
        ("proxy-cache", {"host": "redis.shop"}, []),
    ],
)
def test_destinations_are_read_from_the_settings(
    plugin: str, settings: dict[str, Any], destinations: list[tuple[str, str]]
) -> None:
    by = TRAITS[plugin].redacts_by
    filled = {**settings, **({by: redactions()} if by else {})}

    assert CustomPlugin(plugin=plugin, settings=filled).destinations == tuple(destinations)


def test_destinations_include_connects_to() -> None:
    made = CustomPlugin(plugin="aws-lambda", connects_to=["lambda.eu-west-1.amazonaws.com"])

    assert made.destinations == (("lambda.eu-west-1.amazonaws.com", "TCP"),)
    assert "config" not in made.to_kong()


@pytest.mark.parametrize("plugin", ["basic-auth", "hmac-auth"])
def test_rejects_authentication_by_a_credential_that_no_consumer_has(plugin: str) -> None:
    orders = route("orders", "/api/orders", CustomPlugin(plugin=plugin))
    made = Configuration(services=[service("orders", orders)], consumers=[PEOPLE])

    assert [each.id for each in made.findings()] == ["consumer-missing"]
