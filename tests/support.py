"""What many tests need: finding objects in a chart by kind and name, and showing them as YAML."""

import copy
from collections.abc import Iterable
from functools import cache
from typing import Any

import cdk8s
import yaml

from kubestock import App
from kubestock.kube import objects
from kubestock.production import PRODUCTION, ProductionChart

Manifest = dict[str, Any]


@cache
def _production() -> list[Manifest]:
    return objects.manifests(ProductionChart(App(), "production", settings=PRODUCTION))


def production() -> list[Manifest]:
    """The finished manifests of production, in the order of its file; a copy, for tests that break something."""
    return copy.deepcopy(_production())


def manifests(chart: cdk8s.Chart) -> list[Manifest]:
    return objects.manifests(chart)


def find(chart: cdk8s.Chart, kind: str, name: str) -> Manifest:
    return pick(manifests(chart), kind, name)


def pick(documents: Iterable[Manifest], kind: str, name: str) -> Manifest:
    found = [each for each in documents if each["kind"] == kind and each["metadata"]["name"] == name]
    assert len(found) == 1, f"{len(found)} objects are {kind} {name}"
    return found[0]


def as_yaml(documents: Iterable[Manifest]) -> str:
    return yaml.safe_dump_all(list(documents), sort_keys=False, width=110)
