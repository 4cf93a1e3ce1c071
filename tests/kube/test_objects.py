from pathlib import Path
from typing import Any

import cdk8s
import pytest
from support import find

from kubestock import App, Chart
from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.scalars import int_or_string, quantity
from kubestock.values.quantities import Quantity


def deployment(chart: cdk8s.Chart, name: str = "web") -> KubeObject:
    container = k8s.Container(
        name="web",
        resources=k8s.ResourceRequirements(limits={"memory": quantity(Quantity("128Mi"))}),
        readiness_probe=k8s.Probe(http_get=k8s.HttpGetAction(port=int_or_string("http"))),
    )
    spec = k8s.DeploymentSpec(
        selector=k8s.LabelSelector(match_labels={"app": name}),
        strategy=k8s.DeploymentStrategy(rolling_update=k8s.RollingUpdateDeployment(max_surge=int_or_string(1))),
        template=k8s.PodTemplateSpec(spec=k8s.PodSpec(containers=[container])),
    )
    return KubeObject(chart, name, manifest=k8s.KubeDeployment.manifest(metadata=meta(name), spec=spec))


def test_a_namespaced_object_gets_the_namespace_of_its_chart(chart: cdk8s.Chart) -> None:
    deployment(chart)

    assert find(chart, "Deployment", "web")["metadata"]["namespace"] == "shop"


def test_a_cluster_scoped_object_has_no_namespace(chart: cdk8s.Chart) -> None:
    KubeObject(chart, "Namespace", manifest=k8s.KubeNamespace.manifest(metadata=meta("shop")))

    assert "namespace" not in find(chart, "Namespace", "shop")["metadata"]


def test_an_override_keeps_fields_that_the_types_do_not_know(chart: cdk8s.Chart) -> None:
    deployment(chart).override("/spec/template/spec/containers/0/resizePolicy", [{"resourceName": "cpu"}])

    container = find(chart, "Deployment", "web")["spec"]["template"]["spec"]["containers"][0]
    assert container["resizePolicy"] == [{"resourceName": "cpu"}]


@pytest.mark.parametrize("library", [App, cdk8s.App])
def test_an_override_reaches_the_synthesized_file(library: type[cdk8s.App]) -> None:
    app = library()
    chart = cdk8s.Chart(app, "shop", namespace="shop")
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": {"level": "info"}}
    KubeObject(chart, "web", manifest=manifest).override("/data/level", "debug")

    assert "level: debug" in str(app.synth_yaml())


def test_patches_of_cdk8s_apply_to_the_final_manifest_too(chart: cdk8s.Chart) -> None:
    web = deployment(chart)
    web.add_json_patch(cdk8s.JsonPatch.replace("/spec/strategy/rollingUpdate/maxSurge", "30%"))
    web.add_json_patch(cdk8s.JsonPatch.add("/spec/notInTheTypes", 1))

    spec = find(chart, "Deployment", "web")["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": "30%"}
    assert spec["notInTheTypes"] == 1


def test_fields_are_replaced_and_removed(chart: cdk8s.Chart) -> None:
    web = deployment(chart)
    web.replace("/spec/strategy/rollingUpdate/maxSurge", 2)
    web.remove("/spec/template/spec/containers/0/resources")

    spec = find(chart, "Deployment", "web")["spec"]
    assert spec["strategy"]["rollingUpdate"]["maxSurge"] == 2
    assert "resources" not in spec["template"]["spec"]["containers"][0]


def test_refuses_an_override_of_a_path_that_does_not_exist(chart: cdk8s.Chart) -> None:
    web = deployment(chart)
    attempts: list[tuple[str, Any]] = [
        ("add '/spec/tmplate/spec'", lambda: web.override("/spec/tmplate/spec", 1)),
        ("replace '/spec/minReadySeconds'", lambda: web.replace("/spec/minReadySeconds", 1)),
        ("remove '/spec/minReadySeconds'", lambda: web.remove("/spec/minReadySeconds")),
        ("a patch", lambda: web.add_json_patch(cdk8s.JsonPatch.add("/spec/tmplate/spec", 1))),
    ]
    before = web.to_json()

    for attempt, act in attempts:
        with pytest.raises(ConfigurationError, match=r"the paths? of an? (override|patch)") as refused:
            act()
        assert attempt in str(refused.value)
    assert web.to_json() == before


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ("/metadata/annotations/example.com~1owner", "/metadata/annotations"),
        ("/spec/template/spec/containers/web/image", "/spec/template/spec/containers/web"),
        ("/spec/template/spec/nodeSelector/example.com/pool", "/spec/template/spec/nodeSelector"),
        ("/spec/template/spec/containers/7/image", "/spec/template/spec/containers/7"),
    ],
)
def test_an_override_names_the_first_part_of_its_path_that_is_missing(
    chart: cdk8s.Chart, path: str, missing: str
) -> None:
    with pytest.raises(
        ConfigurationError, match=f"except for its last part: '{missing}' does not; override '{missing}'"
    ):
        deployment(chart).override(path, "x")


def test_an_override_of_a_list_item_by_name_does_not_claim_that_the_list_is_missing(chart: cdk8s.Chart) -> None:
    path = "/spec/template/spec/containers/web"

    with pytest.raises(ConfigurationError, match=f"of Deployment 'web': '{path}' does not; correct the path: an item"):
        deployment(chart).override(path, {})


def test_refuses_a_path_that_is_not_a_json_pointer(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="path must be a JSON pointer such as '/spec/replicas', got 'spec'"):
        deployment(chart).override("spec", 1)


def test_a_later_change_of_the_value_does_not_change_the_manifest(chart: cdk8s.Chart) -> None:
    value = {"a": 1}
    web = deployment(chart)
    web.override("/spec/extra", value)
    value["a"] = 2

    assert web.to_json()["spec"]["extra"] == {"a": 1}


def learning(chart: cdk8s.Chart) -> tuple[KubeObject, dict[str, Any]]:
    spec: dict[str, Any] = {"replicas": 2}
    head = k8s.KubeDeployment.manifest(metadata=meta("web"))
    return KubeObject(chart, "web", manifest=head, body=lambda: {"spec": spec}), spec


def test_an_object_has_what_its_construct_knows_when_it_is_read(chart: cdk8s.Chart) -> None:
    web, spec = learning(chart)
    before = web.to_json()
    spec["replicas"] = 3

    assert before["spec"] == {"replicas": 2}
    assert web.to_json()["spec"] == {"replicas": 3}


def test_an_override_is_applied_after_later_declarations(chart: cdk8s.Chart) -> None:
    web, spec = learning(chart)
    web.override("/spec/replicas", 7)
    spec["replicas"] = 3

    assert web.to_json()["spec"] == {"replicas": 7}


def test_refuses_an_override_whose_path_no_longer_exists_when_the_object_is_read(chart: cdk8s.Chart) -> None:
    web, spec = learning(chart)
    web.replace("/spec/replicas", 7)
    del spec["replicas"]

    with pytest.raises(
        ConfigurationError, match=r"the path of an override .* must exist in the manifest of Deployment 'web'"
    ):
        web.to_json()


def test_an_error_about_an_override_does_not_show_the_manifest(chart: cdk8s.Chart) -> None:
    config = k8s.KubeConfigMap.manifest(metadata=meta("flags"), data={"token": "confidential"})

    with pytest.raises(ConfigurationError) as refused:
        KubeObject(chart, "Flags", manifest=config).replace("/data/tokn", "x")
    assert "confidential" not in str(refused.value)


@pytest.mark.parametrize("chart_of_the_second", ["shop", "another"])
def test_a_second_object_of_one_kind_name_and_namespace_is_not_written(app: App, chart_of_the_second: str) -> None:
    charts = {name: Chart(app, name, namespace="shop") for name in ("shop", "another")}
    for number, each in enumerate((charts["shop"], charts[chart_of_the_second])):
        manifest = k8s.KubeConfigMap.manifest(metadata=meta("flags"), data={"a": "b"})
        KubeObject(each, f"flags-{number}", manifest=manifest)

    with pytest.raises(ConfigurationError, match=r"ConfigMap/shop/flags: exists twice.*duplicate-object"):
        app.synth()


def test_one_name_in_two_namespaces_is_two_objects(app: App) -> None:
    for namespace in ("shop", "other"):
        manifest = k8s.KubeConfigMap.manifest(metadata=meta("flags"), data={"a": "b"})
        KubeObject(Chart(app, namespace, namespace=namespace), "flags", manifest=manifest)
    app.synth()

    assert [each.name for each in sorted(Path(app.outdir).iterdir())] == ["other.k8s.yaml", "shop.k8s.yaml"]


def test_refuses_an_object_without_a_name(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match=r"ConfigMap 'x' must have metadata\.name"):
        KubeObject(chart, "x", manifest={"apiVersion": "v1", "kind": "ConfigMap"})


def test_name_is_first_in_every_map(chart: cdk8s.Chart) -> None:
    manifest = deployment(chart).to_json()

    assert next(iter(manifest["spec"]["template"]["spec"]["containers"][0])) == "name"
