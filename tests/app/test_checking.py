"""The rules check all charts of an app together, also plain cdk8s charts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cdk8s
import pytest

from kubestock import App, Chart, ConfigurationError
from kubestock.checks import Inventory, Problem, rule
from kubestock.kube import KubeObject


def config(chart: cdk8s.Chart, name: str = "settings", **data: str) -> KubeObject:
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data or {"level": "info"}}
    return KubeObject(chart, name, manifest=manifest)


def pods(chart: cdk8s.Chart, name: str = "orders", reads: str = "settings") -> KubeObject:
    labels = {"app": name}
    source = {"configMapRef": {"name": reads}}
    container = {"name": name, "image": f"ghcr.io/acme/{name}:1.4.2", "envFrom": [source]}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    manifest = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}
    return KubeObject(chart, name, manifest=manifest)


def reads_everything(chart: cdk8s.Chart) -> KubeObject:
    rules = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get"]}]
    manifest: dict[str, Any] = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "rules": rules}
    return KubeObject(chart, "reader", manifest={**manifest, "metadata": {"name": "reader"}})


@rule(
    "says-level",
    title="A ConfigMap does not say its level",
    source="https://example.com/levels",
    fails="{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: a}, data: {x: y}}",
    passes="{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: a}, data: {level: info}}",
)
def says_level(inventory: Inventory) -> Iterator[Problem]:
    """Our programs read it."""
    for each in inventory.of_kind("ConfigMap"):
        if "level" not in each["data"]:
            yield Problem(each, "has no level", fix="add one")


@pytest.mark.parametrize("library", [App, cdk8s.App])
@pytest.mark.parametrize("first", [0, 1])
def test_two_charts_of_one_namespace_may_use_each_others_objects(
    library: type[cdk8s.App], first: int, tmp_path: Path
) -> None:
    app = library(outdir=str(tmp_path))
    charts = [Chart(app, name, namespace="shop") for name in ("one", "two")]
    pods(charts[first])
    config(charts[1 - first])
    app.synth()

    assert {each.name for each in tmp_path.iterdir()} == {"one.k8s.yaml", "two.k8s.yaml"}


def test_a_plain_chart_is_checked_too(app: App) -> None:
    plain = cdk8s.Chart(app, "plain", namespace="shop")
    pods(plain, reads="missing")

    with pytest.raises(ConfigurationError, match="ConfigMap 'missing', which is not in the manifests"):
        app.synth()


def test_a_chart_may_use_objects_of_a_plain_chart(app: App) -> None:
    pods(Chart(app, "shop", namespace="shop"))
    config(cdk8s.Chart(app, "plain", namespace="shop"))
    app.synth()

    assert (Path(app.outdir) / "plain.k8s.yaml").exists()


@pytest.mark.parametrize("kind", [Chart, cdk8s.Chart])
def test_a_warning_is_printed_and_does_not_stop_the_synth(
    app: App, kind: type[cdk8s.Chart], capsys: pytest.CaptureFixture[str]
) -> None:
    chart = kind(app, "shop", namespace="shop")
    reads_everything(chart)
    app.synth()

    assert "kubestock: warning: Role/shop/reader" in capsys.readouterr().err
    assert (Path(app.outdir) / "shop.k8s.yaml").exists()


def test_provided_objects_of_one_chart_apply_to_all_charts(app: App) -> None:
    Chart(app, "one", namespace="shop", provided=["ConfigMap/settings"])
    pods(Chart(app, "two", namespace="shop"))
    app.synth()

    assert (Path(app.outdir) / "two.k8s.yaml").exists()


@pytest.mark.parametrize("library", [App, cdk8s.App])
def test_a_custom_rule_checks_every_chart(library: type[cdk8s.App], tmp_path: Path) -> None:
    app = library(outdir=str(tmp_path))
    Chart(app, "one", namespace="shop", rules=[says_level])
    config(Chart(app, "two", namespace="shop"), "orders", color="red")

    with pytest.raises((ConfigurationError, RuntimeError), match=r"has no level; add one \[says-level\]"):
        app.synth()


def test_detects_duplicate_objects_across_charts(app: App) -> None:
    config(Chart(app, "one", namespace="shop"))
    config(cdk8s.Chart(app, "two", namespace="shop"))

    with pytest.raises(ConfigurationError, match="ConfigMap/shop/settings"):
        app.synth()


def test_a_chart_that_is_synthesized_alone_is_checked_with_the_others(app: App) -> None:
    chart = Chart(app, "shop", namespace="shop")
    pods(chart)
    config(Chart(app, "other", namespace="shop"))

    assert len(cdk8s.Testing.synth(chart)) == 1
