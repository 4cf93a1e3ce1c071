from dataclasses import replace
from pathlib import Path

import cdk8s
import pytest
from cdk8s_plus_27 import k8s
from support import find
from workload.samples import microservice

from kubestock import App, Chart
from kubestock.errors import ConfigurationError
from kubestock.kube import KubeObject
from kubestock.kube.objects import meta
from kubestock.production import PRODUCTION, build_app


def broken(app: cdk8s.App) -> Chart:
    chart = Chart(app, "shop", namespace="shop")
    microservice(chart).deployment.replace("/spec/template/metadata/labels", {"app": "somebody-else"})
    return chart


def files(folder: Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*.yaml"))


def test_all_findings_are_in_one_error_and_nothing_is_written(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path / "out"))
    broken(app)

    with pytest.raises(ConfigurationError, match="nothing was written") as refused:
        app.synth()
    assert "selector" in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_a_plain_cdk8s_app_writes_nothing_if_there_are_findings(tmp_path: Path) -> None:
    app = cdk8s.App(outdir=str(tmp_path / "out"))
    broken(app)

    with pytest.raises(RuntimeError, match="Validation failed"):
        app.synth()
    assert not list(tmp_path.rglob("*.yaml"))


def test_the_rules_read_objects_of_other_libraries(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    chart = Chart(app, "shop", namespace="shop")
    k8s.KubeSecret(chart, "secret", metadata=k8s.ObjectMeta(name="plain"), string_data={"a": "confidential"})

    with pytest.raises(ConfigurationError, match="plain-secret") as refused:
        app.synth()
    assert "confidential" not in str(refused.value)


def test_a_chart_without_findings_is_written(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    microservice(Chart(app, "shop", namespace="shop"))
    app.synth()

    assert "kind: Deployment" in (tmp_path / "shop.k8s.yaml").read_text()


def test_a_reference_to_an_object_that_the_cluster_provides_is_not_a_finding(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    chart = Chart(app, "shop", namespace="shop", provided=("ConfigMap/flags",))
    orders = microservice(chart)
    orders.deployment.override("/spec/template/spec/containers/0/envFrom", [{"configMapRef": {"name": "flags"}}])
    app.synth()

    assert find(chart, "Deployment", "orders")


def test_building_the_app_writes_nothing_to_disk(tmp_path: Path) -> None:
    build_app(PRODUCTION, outdir=str(tmp_path / "out"))

    assert list(tmp_path.iterdir()) == []


def test_the_file_of_an_environment_has_its_name(tmp_path: Path) -> None:
    build_app(replace(PRODUCTION, environment="preview"), outdir=str(tmp_path)).synth()

    assert files(tmp_path) == ["argocd/preview.k8s.yaml", "preview.k8s.yaml"]


def test_an_environment_without_argo_cd_is_one_file(tmp_path: Path) -> None:
    build_app(replace(PRODUCTION, delivery=None), outdir=str(tmp_path)).synth()

    assert files(tmp_path) == ["production.k8s.yaml"]


def test_findings_in_a_folder_stop_the_whole_app(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    microservice(Chart(app, "shop", namespace="shop"))
    broken(app.folder("inner"))

    with pytest.raises(ConfigurationError, match="nothing was written"):
        app.synth()
    assert files(tmp_path) == []


def test_refuses_an_invalid_namespace(app: cdk8s.App) -> None:
    with pytest.raises(ConfigurationError, match="namespace must be made of"):
        Chart(app, "shop", namespace="My Shop")


def test_the_rules_read_custom_objects(app: cdk8s.App) -> None:
    chart = Chart(app, "shop", namespace="shop")
    KubeObject(chart, "config", manifest=k8s.KubeConfigMap.manifest(metadata=meta("flags"), data={"a": "b"}))

    assert chart.node.validate() == []
