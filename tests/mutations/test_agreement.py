"""The rules of the schema family agree with the validation of Kubernetes for every mutation."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from bases import PROVIDED, base
from editing import FOLDER, Manifest, Mutation, table
from validation.validator import Program, running

from kubestock.checks import Finding, Rule, Severity, built_in_rules, findings
from kubestock.checks.finding import reference

PROGRAMS = [Path(each) for each in os.environ.get("KUBERNETES_VALIDATE", "").split(os.pathsep) if each]
pytestmark = pytest.mark.skipif(
    not PROGRAMS, reason="KUBERNETES_VALIDATE names no program: install Go and run 'make validation-check'"
)
TABLES = sorted(each.stem for each in FOLDER.glob("*.yaml") if each.stem != "platform")
EVERY = [pytest.param(each, id=f"{each.rule}: {each.title}") for name in TABLES for each in table(name)]


EXCEPTIONS = {
    "duplicate-object": "the validation checks only one object",
    "medium must be one of": "the kubelet rejects it",
    "volumes[1].image": "the oldest release does not have this field",
    "spec.limits is missing": "only the schema requires it",
}
"""Texts in findings that the validation of a single object does not have, with the reasons."""


@pytest.fixture(scope="module")
def releases() -> Iterator[list[Program]]:
    with ExitStack() as stack:
        yield [stack.enter_context(running(path)) for path in PROGRAMS]


@cache
def rules() -> tuple[Rule, ...]:
    return tuple(each for each in built_in_rules() if each.severity is Severity.ERROR)


def errors(name: str, manifests: list[Manifest]) -> set[Finding]:
    return set(findings(manifests, provided=PROVIDED.get(name, ()), rules=rules()))


@cache
def errors_of_base(name: str) -> set[Finding]:
    return errors(name, base(name))


def of_schema(found: Finding) -> bool:
    (rule,) = [each for each in rules() if each.id == found.rule]
    return ".rules.schema." in rule.judging.__module__


@pytest.mark.parametrize("mutation", EVERY)
def test_the_rules_find_an_error_exactly_if_kubernetes_rejects_the_object(
    mutation: Mutation, releases: list[Program]
) -> None:
    before = base(mutation.base)
    after = mutation.apply(before)
    new = [each for each in after if not any(each is one for one in before)]
    if not new:
        pytest.skip("the change removes the object")
    changed = new[0]
    verdicts = [program.judge([changed])[0] for program in releases]
    rejected = [error for verdict in verdicts for error in verdict.errors]
    found = errors(mutation.base, after) - errors_of_base(mutation.base)
    own = {each for each in found if each.object == reference(changed)}

    if rejected:
        assert own or any(exception in error for error in rejected for exception in EXCEPTIONS), rejected
    elif any(verdict.judged for verdict in verdicts):
        assert [
            each for each in map(str, filter(of_schema, own)) if not any(exception in each for exception in EXCEPTIONS)
        ] == []
