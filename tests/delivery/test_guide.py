"""docs/rollout.md agrees with the manifests of production."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
import yaml
from support import Manifest

from kubestock.changes.change import Effect
from kubestock.values.sync import HOOK, WAVE

ROOT = Path(__file__).parent.parent.parent
GUIDE = (ROOT / "docs/rollout.md").read_text("utf-8")
COLUMNS = re.compile(r"^\| (.+?) \| (.+?) \|", re.MULTILINE)


def emitted(path: str) -> list[Manifest]:
    return list(yaml.safe_load_all((ROOT / path).read_text("utf-8")))


@pytest.fixture(scope="module")
def production() -> list[Manifest]:
    return emitted("dist/production.k8s.yaml")


@pytest.fixture(scope="module")
def kinds(production: list[Manifest]) -> dict[str, set[str]]:
    """The kinds of each wave."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in production:
        annotations = each["metadata"].get("annotations", {})
        if HOOK not in annotations:
            found[annotations.get(WAVE, "0")].add(each["kind"])
    return dict(found)


def test_the_guide_names_the_kinds_of_each_wave(kinds: dict[str, set[str]]) -> None:
    listed = {wave: set(re.findall(r"[A-Z]\w+", what.split(":")[0])) for wave, what in COLUMNS.findall(GUIDE)}

    assert len(kinds) > 5
    assert {wave: listed[wave] for wave in kinds} == kinds


def test_the_guide_explains_every_kind_of_change_in_the_diff() -> None:
    listed = {word.strip("`") for word, _ in COLUMNS.findall(GUIDE)}

    assert set(Effect) <= listed


def test_the_commands_of_the_guide_name_existing_objects(production: list[Manifest]) -> None:
    application = next(each for each in emitted("dist/argocd/production.k8s.yaml") if each["kind"] == "Application")
    names = {(each["kind"].lower(), each["metadata"]["name"]) for each in production}
    named = re.findall(r"\b(deployment|job)[/ ]([a-z-]+)\b", GUIDE)

    assert set(re.findall(r"^argocd app \S+ (\S+)", GUIDE, re.MULTILINE)) == {application["metadata"]["name"]}
    assert set(re.findall(r"--namespace (\S+)", GUIDE)) == {application["spec"]["destination"]["namespace"]}
    assert named
    assert set(named) <= names


def test_the_numbers_of_the_guide_are_those_of_the_manifests(production: list[Manifest]) -> None:
    specs = [each["spec"] for each in production if each["kind"] == "Deployment"]
    application = next(each for each in emitted("dist/argocd/production.k8s.yaml") if each["kind"] == "Application")

    assert {each["minReadySeconds"] for each in specs} == {10}
    assert {each["progressDeadlineSeconds"] for each in specs} == {600}
    assert {each["revisionHistoryLimit"] for each in specs} == {10}
    assert application["spec"]["revisionHistoryLimit"] == 10
    assert application["spec"]["syncPolicy"]["retry"]["limit"] == 3
    assert all(
        listed in GUIDE
        for listed in (
            "tries the sync again three times",
            "ready for 10 seconds",
            "after ten minutes",
            "Ten are kept",
            "Ten revisions are kept",
        )
    )
