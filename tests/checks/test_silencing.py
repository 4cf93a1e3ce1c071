"""Silencing a rule, which requires a reason."""

import copy
from typing import Any

import pytest

from kubestock.checks import Finding, findings, judge

SECRET: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "sample", "namespace": "shop"},
    "stringData": {"password": "made-up"},
}


def annotated(**annotations: object) -> list[dict[str, Any]]:
    manifest = copy.deepcopy(SECRET)
    manifest["metadata"]["annotations"] = {f"kubestock/{key}": value for key, value in annotations.items()}
    return [manifest]


def ids(found: list[Finding]) -> list[str]:
    return [each.rule for each in found]


def test_an_annotation_silences_one_rule_for_its_object() -> None:
    silent = annotated(**{"skip.plain-secret": "a made-up sample"})
    judgement = judge([*silent, {**SECRET, "metadata": {"name": "other", "namespace": "shop"}}])

    assert [(each.rule, each.object) for each in judgement.findings] == [("plain-secret", "Secret/shop/other")]
    assert [(each.finding.object, each.reason) for each in judgement.silenced] == [
        ("Secret/shop/sample", "a made-up sample")
    ]


@pytest.mark.parametrize("reason", ["", "  ", None, 3, True])
def test_an_annotation_without_a_reason_silences_nothing(reason: object) -> None:
    found = findings(annotated(**{"skip.plain-secret": reason}))

    assert {"plain-secret", "skip-annotation"} <= set(ids(found))
    assert [each.fix for each in found if each.rule == "skip-annotation"] == [
        "write the reason for silencing the rule as its text"
    ]


def test_finds_a_misspelled_rule_in_an_annotation() -> None:
    (found,) = (each for each in findings(annotated(**{"skip.plain-secrets": "a sample"})) if each.rule[:4] == "skip")

    assert found.message == "has an annotation 'kubestock/skip.plain-secrets' that silences no rule"
    assert found.fix == "write kubestock/skip.plain-secret"
    assert found.field == "metadata.annotations['kubestock/skip.plain-secrets']"


def test_a_user_rule_can_be_silenced() -> None:
    silent = annotated(**{"skip.owner-of-samples": "the team that wrote it", "skip.plain-secret": "a sample"})

    assert findings(silent) == []


def test_other_annotations_silence_no_rule() -> None:
    assert ids(findings(annotated(note="skip.plain-secret"))) == ["plain-secret"]


def test_a_rule_can_be_silenced_for_all_objects() -> None:
    judgement = judge([SECRET], skipped={"plain-secret": "a repository of samples"})

    assert judgement.findings == ()
    assert [each.reason for each in judgement.silenced] == ["a repository of samples"]
