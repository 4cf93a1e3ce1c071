"""Each rule has one finding in its failing example, and none in its passing example."""

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kubestock.checks import Finding, Rule, Severity, built_in_rules, findings

EVERY_RULE = pytest.mark.parametrize("rule", [pytest.param(each, id=each.id) for each in built_in_rules()])


def found_in(example: str) -> Sequence[Finding]:
    """Return the findings of all rules in an example, which is read like a file."""
    documents = list(yaml.safe_load_all(example))

    assert all(isinstance(each, dict) and {"apiVersion", "kind", "metadata"} <= each.keys() for each in documents)
    return findings(documents)


def of_others(rule: Rule, found: Sequence[Finding]) -> list[str]:
    """Return the errors of other rules. Warnings are allowed, because an example does not show everything."""
    return [str(each) for each in found if each.rule != rule.id and each.severity is Severity.ERROR]


@EVERY_RULE
def test_the_failing_example_has_exactly_one_finding(rule: Rule) -> None:
    found = found_in(rule.fails)
    (own,) = [each for each in found if each.rule == rule.id]

    assert own.severity is rule.severity
    assert own.fix
    assert of_others(rule, found) == []


@EVERY_RULE
def test_the_passing_example_has_no_finding(rule: Rule) -> None:
    found = found_in(rule.passes)

    assert [str(each) for each in found if each.rule == rule.id] == []
    assert of_others(rule, found) == []


@EVERY_RULE
def test_a_rule_has_a_title_a_reason_and_sources(rule: Rule) -> None:
    assert rule.reason.endswith((".", ":"))
    assert rule.title[0].isupper()
    assert not rule.title.endswith(".")
    assert rule.sources
    assert all(re.fullmatch(r"https://[a-z0-9.-]+/\S*", source) for source in rule.sources)


@EVERY_RULE
def test_message_and_fix_of_a_finding_have_no_full_stop(rule: Rule) -> None:
    for found in findings(list(yaml.safe_load_all(rule.fails)), rules=[rule]):
        assert not found.message.endswith((".", ";"))
        assert not found.fix.endswith((".", ";"))
        assert "\n" not in f"{found.message}{found.fix}"


NEARLY = ["null", "true", "0", "-1", "1.5", '""', '"a"', '"100%"', '"1Gi"', '"http://["', "[]", "{}", "[null]", "[1]"]


@EVERY_RULE
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_rule_never_raises_for_changed_examples(rule: Rule, data: st.DataObject) -> None:
    documents = list(yaml.safe_load_all(data.draw(st.sampled_from([rule.fails, rule.passes]))))
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(places(documents)))
        holder[key] = json.loads(data.draw(st.sampled_from(NEARLY)))

    assert [str(each) for each in findings(documents) if each.object == "the rule itself"] == []


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return each map and list with each of its keys."""
    if not isinstance(value, dict | list):
        return []
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    return [(value, key) for key in keys] + [each for key in keys for each in places(value[key])]
