"""Kubernetes and the rules agree about every field of production's manifests with values that are probably wrong.

They may disagree about a few values that no one writes, such as empty fields; the share of these is limited.
"""

import copy
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from bases import base
from editing import Manifest
from validation.validator import Program, running

from kubestock.checks import Severity, built_in_rules, findings
from kubestock.checks.facts.apis import SERVED

PROGRAMS = [Path(each) for each in os.environ.get("KUBERNETES_VALIDATE", "").split(os.pathsep) if each]
pytestmark = pytest.mark.skipif(
    not PROGRAMS, reason="KUBERNETES_VALIDATE names no program: install Go and run 'make validation-check'"
)
ABSENT = object()
WRONG: list[Any] = [
    *(ABSENT, None, "", "a", "A b", "-1", -1, 0, 1.5, 70000, 3000000000, True, [], {}, ["a"], {"a": "b"}, "1Gb"),
    *("50%", "a" * 300, "a/b", "10.0.0.0/33"),
]
RULES = [each for each in built_in_rules() if each.severity is Severity.ERROR]
OF_SCHEMA = {each.id for each in RULES if ".rules.schema." in each.judging.__module__}
OF_OTHERS = {
    *("disruption-budget", "limit-range", "mount", "request-above-limit", "selector-matches-template"),
    *("cluster-scoped-namespace", "environment-unique"),
}
"""Rules of other families that also find objects that the API server rejects."""

KINDS = sorted({each["kind"] for each in base("production") if each["kind"] in SERVED})


@pytest.fixture(scope="module")
def programs() -> Iterator[list[Program]]:
    with ExitStack() as stack:
        yield [stack.enter_context(running(path)) for path in PROGRAMS]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each field, with only one item of each list."""
    items = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, inside in items:
        yield (*path, key)
        yield from places(inside, (*path, key))


def variants(kind: str) -> Iterator[tuple[tuple[Any, ...], Manifest]]:
    """Yield objects of a kind with one changed field, for each field once."""
    seen = set()
    for document in base("production"):
        for path in places(document) if document["kind"] == kind else ():
            if path in seen or path[:2] in (("metadata", "labels"), ("metadata", "annotations")):
                continue
            seen.add(path)
            for wrong in WRONG:
                yield path, changed(document, path, wrong)


def changed(document: Manifest, path: tuple[Any, ...], value: Any) -> Manifest:
    found = copy.deepcopy(document)
    holder: Any = found
    for step in path[:-1]:
        holder = holder[step]
    if value is ABSENT:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_kubernetes_and_the_rules_agree_on_every_field(kind: str, programs: list[Program]) -> None:
    checked = 0
    disagree = []
    for path, variant in variants(kind):
        verdicts = [each.judge([variant])[0] for each in programs]
        rejected = any(each.errors for each in verdicts)
        found = {each.rule for each in findings([variant], rules=RULES)}
        if rejected or any(each.judged for each in verdicts):
            checked += 1
            agreed = found & (OF_SCHEMA | OF_OTHERS) if rejected else not found & OF_SCHEMA
            disagree += [] if agreed else [(path, rejected, sorted(found))]

    assert checked > 50
    assert len(disagree) / checked < 0.05, disagree
