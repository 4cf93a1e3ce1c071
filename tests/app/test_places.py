"""A finding in a chart names the construct and the line of Python that created the object."""

import inspect
from pathlib import Path

import pytest
from cdk8s_plus_27 import k8s

from kubestock import App, Chart, ConfigurationError
from kubestock.kube import KubeObject
from kubestock.production import PRODUCTION, build_app

SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "sample"}, "stringData": {"a": "made up"}}
HERE = Path(__file__)


def line() -> int:
    frame = inspect.currentframe()

    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


def test_a_finding_names_the_line_that_created_the_object(chart: Chart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE.parent)
    made, _ = line(), KubeObject(chart, "sample", manifest=SECRET)
    (found,) = chart.findings()

    assert found.startswith("Secret/")
    assert found.endswith(f"[plain-secret]\n    at {chart.node.id}/sample (test_places.py:{made})")


def test_a_file_outside_the_current_folder_has_its_full_path(
    chart: Chart, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    KubeObject(chart, "sample", manifest=SECRET)

    assert f"({HERE}:" in chart.findings()[0]


def test_an_object_of_another_library_is_named_by_its_path(chart: Chart) -> None:
    k8s.KubeSecret(chart, "foreign", metadata=k8s.ObjectMeta(name="plain"), string_data={"a": "made up"})

    assert chart.findings()[0].endswith(f"\n    at {chart.node.id}/foreign")


def test_the_error_of_a_synth_names_the_line(app: App) -> None:
    KubeObject(Chart(app, "shop", namespace="shop"), "sample", manifest=SECRET)

    with pytest.raises(ConfigurationError, match=r"\[plain-secret\]\n    at shop/sample \(.*test_places.py:\d+\)"):
        app.synth_yaml()


def test_a_finding_about_an_object_in_two_charts_names_one_place(app: App) -> None:
    plain = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "sample"}}
    for name in ("one", "two"):
        KubeObject(Chart(app, name, namespace="shop"), "sample", manifest=plain)

    with pytest.raises(ConfigurationError) as refused:
        app.synth_yaml()
    assert str(refused.value).count("\n    at ") == 1
    assert "\n    at two/sample (" in str(refused.value)


def test_objects_of_production_are_created_in_its_files() -> None:
    built = build_app(PRODUCTION)
    charts = [each for app in (built, *built.folders) for each in app.charts]
    files = {
        Path(construct.made_at.file).parent.name
        for chart in charts
        if isinstance(chart, Chart)
        for _, construct in chart.made()
        if isinstance(construct, KubeObject)
    }

    assert files <= {"production", "services"}


def test_an_annotation_silences_a_rule_in_a_chart(chart: Chart) -> None:
    annotations = {"kubestock/skip.plain-secret": "these are made up"}
    KubeObject(chart, "sample", manifest={**SECRET, "metadata": {"name": "sample", "annotations": annotations}})

    assert chart.findings() == []
