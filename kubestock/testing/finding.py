"""Objects of a chart by kind and name, as finished manifests."""

import copy
from collections.abc import Iterable
from typing import Any

import cdk8s

from kubestock.app import App
from kubestock.app.judging import refuse_unworkable
from kubestock.errors import ConfigurationError
from kubestock.kube import objects
from kubestock.kube.rendering import one_rendering
from kubestock.yaml import writer

Manifest = dict[str, Any]
"""A finished manifest, as YAML loads it."""


def synthesize(scope: cdk8s.App | cdk8s.Chart, *, judged: bool = True) -> list[Manifest]:
    """Return the finished manifests of an app's charts, or of one chart, in the order of the file. Nothing is written.

    Args:
        scope: the app or the chart.
        judged: whether the rules read them first, as before they are written. Defaults to true.

    Raises:
        ConfigurationError: with what the rules find.
    """
    charts = [scope] if isinstance(scope, cdk8s.Chart) else _charts_of(scope)
    with one_rendering():
        if judged:
            refuse_unworkable(charts)
        return copy.deepcopy([each for chart in charts for each in objects.manifests(chart)])


def find(scope: cdk8s.App | cdk8s.Chart, kind: str, name: str) -> Manifest:
    """Return the one object of a chart or an app that has this kind and name; the rules are not asked.

    Raises:
        ConfigurationError: if there is none, or several; it names what there is of the kind.
    """
    return pick(synthesize(scope, judged=False), kind, name)


def find_all(scope: cdk8s.App | cdk8s.Chart, kind: str) -> list[Manifest]:
    """Return every object of a kind in a chart or an app; the rules are not asked."""
    return [each for each in synthesize(scope, judged=False) if each.get("kind") == kind]


def pick(manifests: Iterable[Manifest], kind: str, name: str) -> Manifest:
    """Return the one manifest that has this kind and name.

    Raises:
        ConfigurationError: if there is none, or several; it names what there is of the kind.
    """
    of_kind = [each for each in manifests if each.get("kind") == kind]
    found = [each for each in of_kind if each["metadata"]["name"] == name]
    if len(found) != 1:
        known = ", ".join(sorted(each["metadata"]["name"] for each in of_kind)) or "none"
        raise ConfigurationError(f"exactly one {kind} must be named {name!r}, got {len(found)}; there is {known}")
    return found[0]


def to_yaml(manifests: Iterable[Manifest]) -> str:
    """Return manifests as the YAML that an app writes."""
    return writer.to_yaml(list(manifests))


def _charts_of(app: cdk8s.App) -> list[cdk8s.Chart]:
    folders = app.folders if isinstance(app, App) else []
    return [chart for each in (app, *folders) for chart in each.charts]
