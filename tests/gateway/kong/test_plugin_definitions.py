"""A plugin class with a wrong name is refused where it is defined, and so is one whose traits name a missing field."""

import gc
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import pytest

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.plugins import known
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.custom import CustomPlugin
from kubestock.gateway.kong.plugins.rate_limiting import RateLimiting
from kubestock.gateway.kong.plugins.traits import Traits
from kubestock.gateway.kong.plugins.untyped import TRAITS
from kubestock.gateway.kong.runtime import Runtime
from kubestock.values.value import Value


@pytest.fixture(autouse=True)
def forget_refused_classes() -> Iterator[None]:
    yield
    gc.collect()


class Office(Value):
    """The server of a ticket office."""

    url: str


def define(*, name: str = "ticket-office", traits: Traits | None = None, **members: Any) -> type[Plugin]:
    """Define a plugin class with a URL, a token, an office and free settings."""
    fields = {"url": str, "token": str, "office": Office, "others": Mapping[str, str], "log": Mapping[str, str] | None}
    hints = {**fields, "name": ClassVar[str], "traits": ClassVar[Traits], **members.pop("hints", {})}
    given = {"name": name, "traits": traits or Traits(priority=1), "__annotations__": hints, "__module__": __name__}
    return type("TicketOffice", (Plugin,), {**given, **members})


@pytest.mark.parametrize(
    ("traits", "message"),
    [
        ({"host_settings": {"uri": "TCP"}}, r"host_settings in traits .* fields .*got 'uri'; did you mean 'url'\?"),
        ({"credential_settings": ("tokn",)}, r"credential_settings in traits .*got 'tokn'; did you mean 'token'\?"),
        ({"counts_by": "limit_by"}, r"counts_by in traits .*got 'limit_by'; it has .*url, token, office, others, log$"),
        ({"varies_by": "headers"}, "varies_by in traits of class TicketOffice must name fields of the class"),
        ({"redacts_by": "fields"}, "redacts_by in traits of class TicketOffice must name fields of the class"),
        ({"host_settings": {"office.uri": "TCP"}}, r"got 'office\.uri'; it has"),
        ({"host_settings": {"url.host": "TCP"}}, r"got 'url\.host'; it has"),
        ({"credential_settings": ("offices.url",)}, r"got 'offices\.url'; did you mean 'office'\?"),
    ],
)
def test_traits_that_name_a_missing_field_are_refused(traits: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        define(traits=Traits(priority=1, **traits))


def test_traits_may_name_fields_of_a_record_and_keys_of_a_mapping() -> None:
    paths = ("token", "office.url", "others.password", "log.token")
    traits = Traits(priority=1, host_settings={"url": "TCP"}, credential_settings=paths)

    assert define(traits=traits).traits.credential_settings == paths


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"always_written": ("nope",)},
            "always_written of class TicketOffice must name fields of the class, got 'nope'",
        ),
        ({"kong_defaults": {"tokens": ()}}, r"kong_defaults of class TicketOffice .*did you mean 'token'\?"),
        ({"name": "rate-limiting"}, r"name of class TicketOffice must not be 'rate-limiting', .* of RateLimiting of"),
        (
            {"name": "jwt"},
            "which is the name of Jwt of .*; use that class or a subclass of it, or the name of your own",
        ),
        (
            {"name": "Ticket Office"},
            "name of class TicketOffice must be a plugin name such as my-plugin, got 'Ticket O",
        ),
        ({"hints": {"name": str}}, "name of class TicketOffice must be a class variable, .*annotate it with ClassVar"),
        ({"hints": {"traits": Traits}}, "traits of class TicketOffice must be a class variable"),
    ],
)
def test_a_wrong_class_is_refused(members: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        define(**members)


def test_a_subclass_of_a_class_of_the_library_may_have_its_name() -> None:
    class PerSecond(RateLimiting):
        second: int | None = 5

    assert PerSecond().to_kong()["name"] == RateLimiting.name


@pytest.mark.parametrize(
    "make",
    [
        type("Nameless", (Plugin,), {"traits": Traits(priority=1), "__module__": __name__}),
        lambda: CustomPlugin(plugin="", traits=Traits(priority=1)),
        lambda: CustomPlugin(plugin="My Plugin", traits=Traits(priority=1)),
    ],
)
def test_a_plugin_without_a_valid_name_is_refused(make: Any) -> None:
    with pytest.raises(
        ConfigurationError, match=r"name of .* must be a plugin name such as my-plugin, got '(My Plugin)?'"
    ):
        make()


@pytest.mark.parametrize("name", sorted({"bundled", "off", *known.of_library(), *TRAITS}))
def test_the_runtime_refuses_a_plugin_that_kong_loads_by_default(name: str) -> None:
    with pytest.raises(
        ConfigurationError, match=f"plugins must not contain '{name}', because Kong loads .* by default"
    ):
        Runtime(plugins=("my-plugin", name))


def test_the_runtime_refuses_duplicated_plugins() -> None:
    with pytest.raises(ConfigurationError, match="each of plugins must be unique, got 'a' more than once"):
        Runtime(plugins=("a", "a"))
