"""Defining, selecting and running rules."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any

import pytest

from kubestock.checks import (
    Finding,
    Inventory,
    Place,
    Places,
    Problem,
    Rule,
    Severity,
    Unjudged,
    built_in_rules,
    findings,
    installed_rules,
    judge,
    registry,
    rule,
    rules_with,
)
from kubestock.errors import ConfigurationError

CONFIG: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "settings", "namespace": "shop", "labels": {"a.b/c": "d"}},
    "data": {"mode": "odd"},
}


@rule("no-settings", title="There are settings", severity="warning", source="https://example.com/settings")
def no_settings(inventory: Inventory) -> Iterator[Problem]:
    """Settings are read by no program."""
    for each in inventory.of_kind("ConfigMap"):
        yield Problem(each, "is read by no program", fix="remove it", part=each["metadata"], field=("name",))


def test_a_user_rule_runs_together_with_the_others() -> None:
    found = findings([CONFIG], rules=rules_with([no_settings]))

    assert found == [
        Finding(
            rule="no-settings",
            severity=Severity.WARNING,
            object="ConfigMap/shop/settings",
            message="is read by no program",
            fix="remove it",
        )
    ]
    assert [each.field for each in found] == ["metadata.name"]
    assert no_settings.reason == "Settings are read by no program."


def test_the_text_of_a_finding_is_one_line() -> None:
    found = Finding(rule="mount", severity=Severity.ERROR, object="Pod/a", message="is wrong", fix="change it")

    assert str(found) == "Pod/a: is wrong; change it [mount]"


def test_the_path_of_a_field_is_written_as_text() -> None:
    @rule("labels", title="There are labels")
    def labels(inventory: Inventory) -> Iterator[Problem]:
        for each in inventory.objects:
            yield Problem(each, "has labels", fix="remove them", field=("metadata", "labels", "a.b/c", 0))

    (found,) = findings([CONFIG], rules=[labels])

    assert found.field == "metadata.labels['a.b/c'][0]"


def test_a_copied_part_has_no_field_path() -> None:
    @rule("copies", title="There are copies")
    def copies(inventory: Inventory) -> Iterator[Problem]:
        for each in inventory.objects:
            yield Problem(each, "is copied", fix="do not", part=dict(each["metadata"]), field=("name",))

    (found,) = findings([CONFIG], rules=[copies])

    assert found.field == ""


def test_an_equal_finding_is_listed_once() -> None:
    @rule("twice", title="Twice")
    def twice(inventory: Inventory) -> Iterator[Problem]:
        for each in inventory.objects:
            yield Problem(each, "is wrong", fix="change it", field=("data",))
            yield Problem(each, "is wrong", fix="change it", field=("kind",))

    assert [each.field for each in findings([CONFIG], rules=[twice])] == ["data"]


def test_the_place_of_a_finding_is_the_place_of_its_field() -> None:
    class Lines(Places):
        def place(self, document: object, path: tuple[str | int, ...]) -> Place:
            assert document is CONFIG
            return Place(file="shop.yaml", line=len(path))

    (found,) = judge([CONFIG], rules=[no_settings], places=Lines()).findings

    assert str(found.place) == "shop.yaml:2"
    assert str(Place(file="shop.py", line=7, construct="shop/settings")) == "shop/settings (shop.py:7)"


def test_an_unchecked_object_is_not_a_finding() -> None:
    @rule("modes", title="A mode is unknown")
    def modes(inventory: Inventory) -> Iterator[Unjudged]:
        for each in inventory.objects:
            yield Unjudged(each, "has a mode of its own", field=("data", "mode"))

    judgement = judge([CONFIG], rules=[modes])
    (not_checked,) = judgement.not_checked

    assert judgement.findings == ()
    assert (not_checked.severity, not_checked.field) == (Severity.NOTE, "data.mode")
    assert str(not_checked) == "ConfigMap/shop/settings: has a mode of its own [modes]"


def test_a_rule_that_raises_becomes_an_error_and_other_rules_still_run() -> None:
    @rule("raising", title="Raises", severity="warning")
    def raising(inventory: Inventory) -> Iterator[Problem]:
        for each in inventory.objects:
            yield Problem(each, "is first", fix="change it")
            raise KeyError(each["data"]["mode"])

    first, broken, other = findings([CONFIG], rules=[raising, no_settings])

    assert (first.message, other.rule) == ("is first", "no-settings")
    assert (broken.rule, broken.object, broken.severity) == ("raising", "the rule itself", Severity.ERROR)
    assert "raised KeyError at test_framework.py:" in broken.message
    assert "odd" not in str(broken)


@pytest.mark.parametrize("id", ["", "Owner", "has_underscore", "-a", "a--b", "a b"])
def test_rejects_an_invalid_rule_id(id: str) -> None:
    with pytest.raises(ConfigurationError, match="the id of a rule must be lowercase words joined by hyphens"):
        rule(id, title="Wrong")(lambda _: [])


def test_rejects_a_rule_without_a_title() -> None:
    with pytest.raises(ConfigurationError, match="the rule owner must have a title"):
        rule("owner", title=" ")(lambda _: [])


@pytest.mark.parametrize("severity", ["fatal", "note"])
def test_rejects_an_unknown_severity(severity: str) -> None:
    with pytest.raises(ConfigurationError, match="the severity of the rule owner must be error or warning"):
        rule("owner", title="No owner", severity=severity)(lambda _: [])


def test_rejects_two_rules_with_the_same_id() -> None:
    mount = Rule(id="mount", title="Mine", reason="", judging=lambda _: [])

    with pytest.raises(ConfigurationError, match="two rules 'mount': rename one"):
        rules_with([mount])


def test_a_rule_that_is_given_twice_runs_once() -> None:
    assert rules_with([no_settings, no_settings]) == (*built_in_rules(), no_settings)


def module_of_rules() -> ModuleType:
    made = ModuleType("acme")
    vars(made).update(first=no_settings, helper=len)
    return made


@pytest.mark.parametrize("named", [no_settings, [no_settings], (no_settings,), module_of_rules()])
def test_an_installed_package_can_provide_rules(named: object, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, named)

    assert installed_rules() == (no_settings,)


@pytest.mark.parametrize("named", [7, [no_settings, "text"], no_settings.judging, [], ModuleType("empty")])
def test_rejects_an_entry_point_that_is_not_a_rule(named: object, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, named)

    with pytest.raises(ConfigurationError, match=r"the entry point acme of kubestock\.rules must name a rule"):
        installed_rules()


def test_an_entry_point_that_cannot_be_imported_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = EntryPoint("acme", "acme_rules_that_do_not_exist", "kubestock.rules")
    monkeypatch.setattr(registry, "entry_points", lambda **_: [broken])

    with pytest.raises(ConfigurationError, match=r"entry point acme of kubestock\.rules must name a module.*No module"):
        installed_rules()


@pytest.mark.parametrize(
    ("given", "found"), [(None, "returned NoneType"), (["text"], "yielded str"), (7, "returned int")]
)
def test_a_rule_that_yields_no_problems_is_told_what_to_yield(given: Any, found: str) -> None:
    broken = rule("broken", title="Is broken")(lambda _: given)
    (finding,) = findings([CONFIG], rules=[broken])

    assert finding.message == f"must yield Problem or Unjudged for each fault, but {found}"
    assert finding.fix == "write 'yield Problem(document, message, fix=…)'"


def offer(monkeypatch: pytest.MonkeyPatch, named: object) -> None:
    """Let an installed package offer something by an entry point."""

    class Offered(EntryPoint):
        def load(self) -> object:
            return named

    def entry_points(*, group: str) -> list[EntryPoint]:
        assert group == "kubestock.rules"
        return [Offered("acme", "acme:rules", group)]

    monkeypatch.setattr(registry, "entry_points", entry_points)
