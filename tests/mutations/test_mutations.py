"""The rule about each breaking change finds it, and no rule finds a legitimate change."""

import pytest
from bases import PROVIDED, base, crds
from editing import FOLDER, Manifest, Mutation, table

from kubestock.checks import Finding, built_in_rules, findings

RULES = {each.id: each for each in built_in_rules()}
TABLES = sorted(each.stem for each in FOLDER.glob("*.yaml") if each.stem not in ("legitimate", "platform"))
AWAITED = pytest.mark.xfail(reason="the rule is not written yet")
"""All xfail marks are strict, so the mark must be removed when the rule is written."""


def mutations() -> list[object]:
    listed = [each for name in TABLES for each in table(name)]
    return [
        pytest.param(each, id=f"{each.rule}: {each.title}", marks=() if each.rule in RULES else AWAITED)
        for each in listed
    ]


def findings_for(mutation: Mutation, manifests: list[Manifest], *rules: str) -> set[Finding]:
    """Return the findings of these rules, or of all rules if none is given."""
    provided, kind = PROVIDED.get(mutation.base, ()), mutation.object.split()[0]
    chosen = [RULES[each] for each in rules] or None
    return set(findings(manifests, provided=provided, rules=chosen, crds=crds(kind)))


def added_findings(mutation: Mutation, *rules: str) -> list[str]:
    """Return the findings that a change adds."""
    before = base(mutation.base)
    known = findings_for(mutation, before, *rules)
    return sorted(str(each) for each in findings_for(mutation, mutation.apply(before), *rules) - known)


@pytest.mark.parametrize("mutation", mutations())
def test_a_breaking_change_is_found_by_its_rule(mutation: Mutation) -> None:
    found = added_findings(mutation, mutation.rule)

    assert len(found) > 0


@pytest.mark.parametrize("mutation", [pytest.param(each, id=each.title) for each in table("legitimate")])
def test_a_legitimate_change_has_no_finding(mutation: Mutation) -> None:
    assert added_findings(mutation) == []


def test_the_tables_are_large() -> None:
    assert sum(1 for name in TABLES for _ in table(name)) >= 600
    assert sum(1 for _ in table("legitimate")) >= 120
