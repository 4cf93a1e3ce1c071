"""Each single change that breaks manifests is found by the rule that is about it; what works is not."""

import pytest
from bases import PROVIDED, base, crds
from editing import FOLDER, Manifest, Mutation, table

from kubestock.checks import Finding, built_in_rules, findings

RULES = {each.id: each for each in built_in_rules()}
TABLES = sorted(each.stem for each in FOLDER.glob("*.yaml") if each.stem not in ("legitimate", "platform"))
AWAITED = pytest.mark.xfail(reason="the rule is not written yet")
"""Strict, as all of them: where the rule is written, the mark goes by itself."""


def mutations() -> list[object]:
    found = [each for name in TABLES for each in table(name)]
    return [
        pytest.param(each, id=f"{each.rule}: {each.title}", marks=() if each.rule in RULES else AWAITED)
        for each in found
    ]


def said(mutation: Mutation, manifests: list[Manifest], *rules: str) -> set[Finding]:
    """Return what rules say, all of them where none is named."""
    provided, kind = PROVIDED.get(mutation.base, ()), mutation.object.split()[0]
    chosen = [RULES[each] for each in rules] or None
    return set(findings(manifests, provided=provided, rules=chosen, crds=crds(kind)))


def new(mutation: Mutation, *rules: str) -> list[str]:
    """Return what rules say of a change, and do not say without it."""
    before = base(mutation.base)
    known = said(mutation, before, *rules)
    return sorted(str(each) for each in said(mutation, mutation.apply(before), *rules) - known)


@pytest.mark.parametrize("mutation", mutations())
def test_what_breaks_is_found_by_its_rule(mutation: Mutation) -> None:
    found = new(mutation, mutation.rule)

    assert len(found) > 0


@pytest.mark.parametrize("mutation", [pytest.param(each, id=each.title) for each in table("legitimate")])
def test_what_works_has_no_finding(mutation: Mutation) -> None:
    assert new(mutation) == []


def test_the_tables_are_large() -> None:
    assert sum(1 for name in TABLES for _ in table(name)) >= 600
    assert sum(1 for _ in table("legitimate")) >= 120
