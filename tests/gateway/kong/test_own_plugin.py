"""A plugin of your own is a class in one file, with traits and fields. Errors name what is missing."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import cdk8s
import pytest
import yaml
from kong_bypass_routes import PEOPLE, route, service
from kong_gateways import backend, gateway
from support import find
from test_plugin_defaults import untyped_fields, wrong_defaults

from kubestock.errors import ConfigurationError
from kubestock.gateway import kong
from kubestock.gateway.kong.analysis.foreign import findings_of_file
from kubestock.gateway.kong.backends import Egress, ServiceOptions
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.config.file import Configuration
from kubestock.gateway.kong.plugins import known
from kubestock.gateway.kong.plugins.authentication import Acl, Jwt
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.custom import CustomPlugin
from kubestock.gateway.kong.plugins.observability import Prometheus
from kubestock.gateway.kong.plugins.traits import NOT_ON_CONSUMERS, Scope, Traits
from kubestock.gateway.kong.plugins.untyped import TRAITS
from kubestock.gateway.kong.runtime import Runtime
from kubestock.kube.peers import Pods
from kubestock.workload.image import ContainerImage


class TicketCheck(Plugin):
    """Requires a ticket of a central office in a header. Other requests get 401.

    Unlike Kong: `hide_ticket` is True, because otherwise the service would get the ticket.
    """

    name: ClassVar[str] = "ticket-office"
    traits: ClassVar[Traits] = Traits(
        priority=1350,
        scopes=NOT_ON_CONSUMERS,
        authenticates="tickets",
        host_settings={"office": "TCP"},
        reads=("request.headers",),
        writes=("request.headers",),
    )
    kong_defaults: ClassVar[Mapping[str, Any]] = {"hide_ticket": False}
    always_written: ClassVar[tuple[str, ...]] = ("hide_ticket", "header_names")

    office: str
    header_names: Sequence[str] = ("x-ticket",)
    hide_ticket: bool = True
    timeout: int = 1000

    def check(self) -> None:
        for each in self.header_names:
            http.header_name("each of header_names", each)

    @property
    def credential_headers(self) -> frozenset[str]:
        """The headers that contain a ticket."""
        return frozenset(each.lower() for each in self.header_names)


CHECK = TicketCheck(office="https://office.example.com/tickets")
LOADED = Runtime(image=ContainerImage("ghcr.io/acme/kong", tag="3.9.3"), plugins=("ticket-office",))
SCHEMA = {
    "fields": [
        {
            "config": {
                "type": "record",
                "fields": [
                    {"office": {"type": "string", "required": True}},
                    {"header_names": {"type": "array", "elements": {"type": "string"}, "default": ["x-ticket"]}},
                    {"hide_ticket": {"type": "boolean", "default": False}},
                    {"timeout": {"type": "integer", "default": 1000}},
                ],
            }
        }
    ]
}


def test_own_plugin_is_written_with_changed_and_always_written_fields(chart: cdk8s.Chart) -> None:
    egress = Egress(host="office.example.com", peer=Pods(namespace="office"), port=8443)
    gateway(chart, egress=(egress,), runtime=LOADED).route("/api/orders", to=backend(chart), plugins=[CHECK])
    document = yaml.safe_load(find(chart, "ConfigMap", "kong-config")["data"]["kong.yml"])
    (written,) = document["services"][0]["routes"][0]["plugins"]

    assert written == {
        "name": "ticket-office",
        "config": {"office": CHECK.office, "header_names": ["x-ticket"], "hide_ticket": True},
    }


def found(*plugins: Plugin, prefix: str = "/api") -> list[str]:
    orders = service("orders", route("orders", "/api/orders", *plugins))
    made = Configuration(services=[orders], consumers=[PEOPLE], protected_prefixes=[prefix])
    return [each.id for each in made.findings()]


def test_every_rule_knows_an_own_plugin_by_its_traits() -> None:
    orders = service("orders", route("orders", "/api/orders", CHECK), route("other", "/open"))

    assert found() == ["route-unprotected"]
    assert found(CHECK) == []
    assert [each.id for each in Configuration(services=[orders]).findings()] == ["route-bypass"]
    assert "route-unprotected" not in found(CHECK, Acl(allow=["people"]))


def test_a_message_about_authentication_covers_own_plugins() -> None:
    orders = service("orders", route("orders", "/api/orders", Acl(allow=["people"])))
    made = Configuration(services=[orders], consumers=[PEOPLE], protected_prefixes=["/api"])

    found = {each.id: each.message for each in made.findings()}
    assert found.keys() == {"route-unprotected", "identity-missing"}
    assert all("Jwt, KeyAuth or another plugin that authenticates" in each for each in found.values())


@pytest.mark.parametrize(
    ("scopes", "places"),
    [
        (["route"], "a route"),
        (["consumer", "route"], "a route or a consumer"),
        (["consumer", "global", "route"], "a route, a consumer or all requests"),
    ],
)
def test_a_plugin_on_a_wrong_scope_is_reported_with_its_own_scopes(scopes: Sequence[Scope], places: str) -> None:
    own = CustomPlugin(plugin="my-own", traits=Traits(priority=5, scopes=scopes))
    orders = service("orders", route("orders", "/api/orders"), plugins=(own,))

    (finding,) = Configuration(services=[orders]).findings()
    assert finding.id == "plugin-scope"
    assert (finding.message, finding.fix) == ("plugin my-own must not be on orders", f"put it on {places}")


def own(name: str, priority: int, **traits: Any) -> CustomPlugin:
    return CustomPlugin(plugin=name, traits=Traits(priority=priority, **traits))


@pytest.mark.parametrize(
    ("plugins", "message"),
    [
        (
            [Jwt(), own("my-header", 2000, requires_identity=True)],
            "my-header of .* after jwt,.* 2000 is not below 1450; set a priority below 1450 for my-header",
        ),
        (
            [own("my-auth", 900, authenticates="mine"), Acl(deny=["people"])],
            "acl of orders must run after my-auth,.*; set a priority above 950 for my-auth, in its traits",
        ),
        ([own("my-auth", 950, authenticates="mine"), Acl(deny=["people"])], "priority 950 is not below 950"),
        (
            [Jwt(), own("my-header", 1, phases=("log", "rewrite", "access"), requires_identity=True)],
            "my-header of orders must run after jwt,.* it runs in phase rewrite, and jwt in phase access; do this in",
        ),
    ],
)
def test_a_plugin_that_needs_the_consumer_must_run_after_authentication(plugins: list[Plugin], message: str) -> None:
    orders = service("orders", route("orders", "/api/orders", *plugins))

    (finding,) = Configuration(services=[orders], consumers=[PEOPLE]).findings()
    assert finding.id == "identity-late"
    assert re.search(message, str(finding))


@pytest.mark.parametrize(
    "plugins",
    [
        [Jwt(), own("my-header", 790, requires_identity=True)],
        [own("my-auth", 951, authenticates="mine"), Acl(deny=["people"])],
        [Jwt(), own("my-header", 2000, phases=("header_filter",), requires_identity=True)],
        [own("my-auth", 5, phases=("rewrite",), authenticates="mine"), Acl(deny=["people"])],
        [own("late-auth", 5, authenticates="mine"), Jwt(), Acl(deny=["people"])],
    ],
)
def test_a_plugin_after_authentication_knows_the_consumer(plugins: list[Plugin]) -> None:
    orders = service("orders", route("orders", "/api/orders", *plugins))

    assert "identity-late" not in [each.id for each in Configuration(services=[orders], consumers=[PEOPLE]).findings()]


class TicketLog(Plugin):
    """Logs one line for each request."""

    name: ClassVar[str] = "ticket-log"
    traits: ClassVar[Traits] = Traits(priority=5, phases=("log",), reads=("request.headers",))


def test_own_log_plugin_must_have_a_setting_that_removes_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(CHECK, TicketLog()) == ["credential-logged"]

    monkeypatch.setattr(TicketLog, "traits", replace(TicketLog.traits, reads=("response.status",)))
    assert found(CHECK, TicketLog()) == []


def test_a_chart_reports_to_which_host_an_own_plugin_connects(chart: cdk8s.Chart) -> None:
    gateway(chart, runtime=LOADED).route("/api/orders", to=backend(chart), plugins=[CHECK])

    with pytest.raises(ConfigurationError, match=r"ticket-office connects to 'office.example.com', .*add Egress"):
        chart.to_json()


@pytest.mark.parametrize("place", ["route", "service", "all requests", "consumer"])
def test_a_chart_reports_an_own_plugin_that_kong_does_not_load(place: str, chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match=r"plugin ticket-log on .* must be loaded by Kong.*=\['ticket-log'\]"):
        _write_with(chart, {place: [TicketLog()]})


def _write_with(chart: cdk8s.Chart, plugins: Mapping[str, Sequence[Plugin]]) -> None:
    people = replace(PEOPLE, plugins=plugins.get("consumer", ()))
    made = gateway(chart, *plugins.get("all requests", ()), consumers=(people,))
    options = ServiceOptions(plugins=plugins.get("service", ()))
    made.route("/", to=backend(chart), plugins=plugins.get("route", ()), service_options=options)
    chart.to_json()


def test_kong_loads_the_plugins_of_open_source_kong_by_default(chart: cdk8s.Chart) -> None:
    made = gateway(chart, CustomPlugin(plugin="grpc-web"), Prometheus())

    assert made.findings() == []


def test_own_plugin_is_read_in_another_file() -> None:
    given = {"name": "ticket-office", "config": {"office": "https://office.example.com", "header_names": ["x ticket"]}}

    (finding,) = findings_of_file({"plugins": [given]})
    assert (finding.id, "each of header_names must be a header name" in finding.message) == ("plugin-setting", True)


def test_the_guide_names_the_priorities_of_plugins() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guides" / "own-plugins.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|$", guide, re.MULTILINE))
    classes = {each.__name__: str(each.traits.priority) for each in known.of_library().values()}

    assert rows == {name: classes[name] for name in ("Jwt", "KeyAuth", "Acl", "RateLimiting")}


def test_custom_plugin_refers_to_the_own_class() -> None:
    with pytest.raises(ConfigurationError, match=r"'ticket-office' must not be a CustomPlugin, .*; use TicketCheck"):
        CustomPlugin(plugin="ticket-office")


def test_a_class_without_traits_is_rejected() -> None:
    with pytest.raises(ConfigurationError, match=r"class Forgetful of plugin 'forgetful' must have traits, .*add"):
        type("Forgetful", (Plugin,), {"name": "forgetful", "__module__": __name__})


def test_differences_from_kongs_schema_are_found() -> None:
    assert wrong_defaults(TicketCheck, SCHEMA) == set()
    assert untyped_fields(TicketCheck, SCHEMA) == set()

    class Wrong(TicketCheck):
        kong_defaults: ClassVar[Mapping[str, Any]] = {}
        retries: int = 3

    assert wrong_defaults(Wrong, SCHEMA) == {"hide_ticket"}
    assert untyped_fields(Wrong, SCHEMA) == {"retries"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"priority": 10**8}, "priority must be from -10000000 to 10000000"),
        ({"priority": 1, "phases": []}, "phases must contain at least one value"),
        ({"priority": 1, "scopes": []}, "scopes must contain at least one value"),
        ({"priority": 1, "scopes": ["route", "route"]}, "each of scopes must be unique"),
        ({"priority": 1, "phases": ["acces"]}, "phases"),
        (
            {"priority": 1, "optional_authentication": True},
            "optional_authentication must be given together with authenticates",
        ),
        ({}, "Traits requires 'priority'"),
    ],
)
def test_rejects_invalid_traits(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Traits(**given)


def test_only_plugin_modules_contain_names_of_plugins() -> None:
    package = Path(kong.__file__).parent
    names = {*known.classes(), *TRAITS}
    found = {
        f"{path.relative_to(package)}:{node.lineno}: {node.value}"
        for path in package.rglob("*.py")
        if path.parent.name != "plugins"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in names
    }

    assert found == set()
