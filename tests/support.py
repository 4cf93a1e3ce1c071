"""Helpers of many tests, in addition to `kubestock.testing`."""

import copy
from collections.abc import Iterable
from functools import cache

import cdk8s
import yaml

from kubestock import App
from kubestock.production import PRODUCTION, ProductionChart
from kubestock.testing import Manifest, find, pick, synthesize

__all__ = ["Manifest", "as_yaml", "find", "manifests", "pick", "production"]


@cache
def _production() -> list[Manifest]:
    return manifests(ProductionChart(App(), "production", settings=PRODUCTION))


def production() -> list[Manifest]:
    """The finished manifests of production, in the order of its file; a copy, for tests that break something."""
    return copy.deepcopy(_production())


def manifests(chart: cdk8s.Chart) -> list[Manifest]:
    return synthesize(chart, judged=False)


def as_yaml(documents: Iterable[Manifest]) -> str:
    return yaml.safe_dump_all(list(documents), sort_keys=False, width=110)
