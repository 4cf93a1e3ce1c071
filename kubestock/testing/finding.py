"""Finds the finished manifests of a chart by kind and name."""

import copy
from collections.abc import Iterable
from typing import Any

import cdk8s

from kubestock.app import App
from kubestock.app.checking import check_charts
from kubestock.errors import ConfigurationError
from kubestock.kube import objects
from kubestock.kube.rendering import one_rendering
from kubestock.yaml import writer

Manifest = dict[str, Any]
"""A finished manifest, as a YAML parser returns it."""


def synthesize(scope: cdk8s.App | cdk8s.Chart, *, judged: bool = True) -> list[Manifest]:
    """Return the finished manifests of an app or a chart, in the order of the file, without writing them.

    Args:
        scope: the app or the chart.
        judged: whether to check them with the rules first, as a synth does. Defaults to true.

    Raises:
        ConfigurationError: if the rules find errors; the message lists all of them.
    """
    charts = [scope] if isinstance(scope, cdk8s.Chart) else _charts_of(scope)
    with one_rendering():
        if judged:
            check_charts(charts)
        return copy.deepcopy([each for chart in charts for each in objects.manifests(chart)])


def find(scope: cdk8s.App | cdk8s.Chart, kind: str, name: str) -> Manifest:
    """Return the object of a chart or an app with a kind and a name, without checking the rules.

    Raises:
        ConfigurationError: if there is no such object, or several; the message lists the objects of the kind.
    """
    return pick(synthesize(scope, judged=False), kind, name)


def find_all(scope: cdk8s.App | cdk8s.Chart, kind: str) -> list[Manifest]:
    """Return all objects of a kind in a chart or an app, without checking the rules."""
    return [each for each in synthesize(scope, judged=False) if each.get("kind") == kind]


def pick(manifests: Iterable[Manifest], kind: str, name: str) -> Manifest:
    """Return the manifest with a kind and a name.

    Raises:
        ConfigurationError: if there is no such object, or several; the message lists the objects of the kind.
    """
    of_kind = [each for each in manifests if each.get("kind") == kind]
    found = [each for each in of_kind if each["metadata"]["name"] == name]
    if len(found) != 1:
        known = ", ".join(sorted(each["metadata"]["name"] for each in of_kind)) or "none"
        raise ConfigurationError(f"exactly one {kind} must be named {name!r}, got {len(found)}; the names are {known}")
    return found[0]


def to_yaml(manifests: Iterable[Manifest]) -> str:
    """Return manifests as YAML, in the format of an app."""
    return writer.to_yaml(list(manifests))


def _charts_of(app: cdk8s.App) -> list[cdk8s.Chart]:
    folders = app.folders if isinstance(app, App) else []
    return [chart for each in (app, *folders) for chart in each.charts]
