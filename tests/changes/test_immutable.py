from pathlib import Path

import pytest
import yaml
from updates import UPDATES, Update

from kubestock.changes.change import Effect
from kubestock.changes.compare import compare
from kubestock.changes.fields import differences
from kubestock.changes.frozen import Frozen
from kubestock.changes.immutable import KINDS, rules_of

ROOT = Path(__file__).parent.parent.parent
RULES = [(kind, rule) for kind, rules in KINDS.items() for rule in rules.frozen]


def dist() -> list[dict[str, object]]:
    files = sorted((ROOT / "dist").rglob("*.yaml"))
    return [document for path in files for document in yaml.load_all(path.read_bytes(), Loader=yaml.CSafeLoader)]


@pytest.mark.parametrize("update", [pytest.param(each, id=each.name) for each in UPDATES])
def test_an_update_is_immutable_if_and_only_if_it_is_refused(update: Update) -> None:
    changes = compare([update.before], [update.after])

    assert len(changes) == 1
    assert (changes[0].effect is Effect.RECREATE) == update.refused


@pytest.mark.parametrize(
    ("kind", "rule"), [pytest.param(kind, rule, id=f"{kind[1]} {'.'.join(rule.path)}") for kind, rule in RULES]
)
def test_every_rule_of_the_table_refuses_one_of_the_updates(kind: tuple[str, str], rule: Frozen) -> None:
    refusing = [
        update
        for update in UPDATES
        if update.refused and rules_of(update.before) is KINDS[kind]
        for found in differences(kind[1], update.before, update.after)
        if rule.refuses(found, update.before, update.after)
    ]

    assert refusing


def test_every_kind_in_dist_is_in_the_table() -> None:
    kinds = {(str(each["apiVersion"]).rpartition("/")[0], str(each["kind"])) for each in dist()}

    assert len(kinds) > 10
    assert kinds <= set(KINDS)


@pytest.mark.parametrize(
    "kind",
    [
        ("batch", "Job"),
        ("argoproj.io", "Application"),
        ("argoproj.io", "AppProject"),
        ("cert-manager.io", "Certificate"),
        ("monitoring.coreos.com", "ServiceMonitor"),
    ],
    ids="/".join,
)
def test_kinds_that_a_chart_may_add_are_in_the_table(kind: tuple[str, str]) -> None:
    assert kind in KINDS


def test_every_kind_has_a_source_and_a_note_on_recreating() -> None:
    assert all(rules.source for rules in KINDS.values())
    assert all(bool(rules.recreating) == bool(rules.frozen) for rules in KINDS.values())


def test_no_custom_resource_has_a_transition_rule() -> None:
    folder = ROOT.parent / "shared" / "crds"
    if not folder.is_dir():
        pytest.skip("the CRDs are missing next to the repository")
    definitions = [yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader) for path in sorted(folder.glob("*.yaml"))]

    assert {(each["spec"]["group"], each["spec"]["names"]["kind"]) for each in definitions} <= set(KINDS)
    assert not [each["metadata"]["name"] for each in definitions if "oldSelf" in str(each)]


def test_a_kind_of_another_group_has_other_rules() -> None:
    assert rules_of({"apiVersion": "serving.knative.dev/v1", "kind": "Service"}) is None


def test_removing_the_whole_specification_changes_its_immutable_fields() -> None:
    update = UPDATES[0]
    changes = compare([update.before], [{**update.before, "spec": None}])

    assert changes[0].effect is Effect.RECREATE


def test_a_note_says_what_recreating_means() -> None:
    changes = compare([UPDATES[0].before], [UPDATES[0].after])

    assert any("pods stop" in note for note in changes[0].notes)
