"""A construct of this library is in the cdk8s tree when the tree is read, and not in Node.js before that."""

from pathlib import Path
from typing import Any

import cdk8s
import constructs
import jsii
import pytest
import yaml
from cdk8s_plus_27 import k8s
from support import find
from workload.samples import microservice

from kubestock import App, Chart, ConfigurationError, Microservice
from kubestock.kube import KubeObject

LIBRARIES = [App, cdk8s.App]


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sent: list[str] = []
    process: Any = jsii.kernel.provider._process  # type: ignore[attr-defined]  # jsii has only one provider
    send = process.send

    def counted(request: Any, response: Any) -> Any:
        sent.append(type(request).__name__)
        return send(request, response)

    monkeypatch.setattr(process, "send", counted)
    return sent


def shop(library: type[cdk8s.App], folder: Path) -> tuple[cdk8s.App, Chart, Microservice]:
    app = library(outdir=str(folder))
    chart = Chart(app, "shop", namespace="shop")
    return app, chart, microservice(chart)


def written(folder: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((folder / "shop.k8s.yaml").read_text()))


def test_a_service_sends_no_message_to_node(tmp_path: Path, messages: list[str]) -> None:
    _, chart, _ = shop(App, tmp_path)
    del messages[:]
    microservice(chart, "more").calls(microservice(chart, "others"))

    assert messages == []


def test_writing_sends_the_same_messages_to_node_for_one_service_and_for_ten(
    tmp_path: Path, messages: list[str]
) -> None:
    app, chart, _ = shop(App, tmp_path)
    del messages[:]
    app.synth()
    few = len(messages)
    for number in range(9):
        microservice(chart, f"more-{number}")
    del messages[:]
    app.synth()

    assert len(messages) == few


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_children_of_a_chart_and_of_a_service_are_found(library: type[cdk8s.App], tmp_path: Path) -> None:
    _, chart, orders = shop(library, tmp_path)

    assert [each.node.id for each in chart.node.children] == ["orders"]
    assert chart.node.find_child("orders") is orders
    assert orders.node.find_child("Deployment") is orders.deployment
    assert orders.node.path == "shop/orders"
    assert {type(each) for each in orders.node.children if cdk8s.ApiObject.is_api_object(each)} >= {KubeObject}


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_visitor_of_the_app_finds_every_object_and_can_label_it(library: type[cdk8s.App], tmp_path: Path) -> None:
    app, _, _ = shop(library, tmp_path)
    for each in app.node.find_all():
        if isinstance(each, cdk8s.ApiObject):
            each.metadata.add_label("team", "shop")
    app.synth()

    assert len(written(tmp_path)) > 4
    assert {each["metadata"]["labels"]["team"] for each in written(tmp_path)} == {"shop"}


@pytest.mark.parametrize("library", LIBRARIES)
def test_labels_and_annotations_are_added_to_the_metadata(library: type[cdk8s.App], tmp_path: Path) -> None:
    app, chart, orders = shop(library, tmp_path)
    orders.deployment.metadata.add_label("team", "shop")
    orders.deployment.metadata.add_annotation("owner", "shop")
    app.synth()
    metadata = find(chart, "Deployment", "orders")["metadata"]

    assert metadata["labels"]["team"] == "shop"
    assert metadata["annotations"] == {"owner": "shop"}
    assert metadata["labels"]["app"] == orders.deployment.metadata.get_label("app") == "orders"
    assert next(each for each in written(tmp_path) if each["kind"] == "Deployment")["metadata"] == metadata


@pytest.mark.parametrize("library", LIBRARIES)
def test_an_object_is_written_after_those_that_it_depends_on(library: type[cdk8s.App], tmp_path: Path) -> None:
    app, _, orders = shop(library, tmp_path)
    assert orders.service_account is not None
    orders.service_account.node.add_dependency(orders.network_policy)
    app.synth()
    kinds = [each["kind"] for each in written(tmp_path)]

    assert kinds.index("NetworkPolicy") < kinds.index("ServiceAccount")


@pytest.mark.parametrize("library", LIBRARIES)
def test_constructs_of_other_libraries_are_written_too(library: type[cdk8s.App], tmp_path: Path) -> None:
    app, chart, orders = shop(library, tmp_path)
    k8s.KubeConfigMap(chart, "flags", metadata=k8s.ObjectMeta(name="flags"), data={"a": "b"})
    k8s.KubeConfigMap(orders, "inner", metadata=k8s.ObjectMeta(name="inner"), data={"a": "b"})
    app.synth()
    found = [each["metadata"]["name"] for each in written(tmp_path) if each["kind"] == "ConfigMap"]

    assert sorted(found) == ["flags", "inner"]
    assert any(each["kind"] == "Deployment" for each in written(tmp_path))


def test_a_service_in_a_construct_of_another_library_is_found_and_written(tmp_path: Path) -> None:
    app, chart, _ = shop(App, tmp_path)
    stack = constructs.Construct(chart, "stack")
    inner = microservice(stack, "inner")  # type: ignore[arg-type]  # typed for the usual case
    app.synth()

    assert inner.deployment in stack.node.find_all()
    found = [each["metadata"]["name"] for each in written(tmp_path) if each["kind"] == "Deployment"]
    assert sorted(found) == ["inner", "orders"]


def test_the_app_writes_a_chart_of_plain_constructs(tmp_path: Path) -> None:
    app, _, _ = shop(App, tmp_path)
    plain = cdk8s.Chart(app, "plain", namespace="plain")
    k8s.KubeConfigMap(plain, "flags", metadata=k8s.ObjectMeta(name="flags"), data={"a": "b"})
    app.synth()

    assert [each.name for each in sorted(tmp_path.iterdir())] == ["plain.k8s.yaml", "shop.k8s.yaml"]
    assert "namespace: plain" in (tmp_path / "plain.k8s.yaml").read_text()


def test_charts_with_dependencies_are_numbered_as_in_cdk8s(tmp_path: Path) -> None:
    app, chart, _ = shop(App, tmp_path)
    first = Chart(app, "first", namespace="first")
    microservice(first)
    chart.add_dependency(first)
    app.synth()

    assert [each.name for each in sorted(tmp_path.iterdir())] == ["0000-first.k8s.yaml", "0001-shop.k8s.yaml"]


@pytest.mark.parametrize("library", LIBRARIES)
def test_both_apps_write_the_same_objects(library: type[cdk8s.App], tmp_path: Path) -> None:
    app, chart, _ = shop(library, tmp_path)
    app.synth()

    assert written(tmp_path) == chart.manifests() == cdk8s.Testing.synth(chart)


def test_a_validation_of_another_library_stops_the_synth(tmp_path: Path) -> None:
    @jsii.implements(constructs.IValidation)
    class Refusal:
        def validate(self) -> list[str]:
            return ["no release on a Friday"]

    app, _, orders = shop(App, tmp_path)
    orders.node.add_validation(Refusal())

    with pytest.raises(ConfigurationError, match="no release on a Friday"):
        app.synth()
    assert list(tmp_path.iterdir()) == []


def test_a_construct_with_an_error_adds_nothing_to_the_chart(tmp_path: Path) -> None:
    app, chart, _ = shop(App, tmp_path)
    with pytest.raises(ConfigurationError, match=r"must have metadata\.name"):
        KubeObject(chart, "flags", manifest={"apiVersion": "v1", "kind": "ConfigMap"})
    KubeObject(chart, "flags", manifest={"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "flags"}})
    app.synth()

    assert [each["metadata"]["name"] for each in written(tmp_path) if each["kind"] == "ConfigMap"] == ["flags"]


def test_refuses_an_id_that_a_construct_of_another_library_has(tmp_path: Path) -> None:
    app, chart, _ = shop(App, tmp_path)
    k8s.KubeConfigMap(chart, "flags", metadata=k8s.ObjectMeta(name="flags"), data={"a": "b"})
    microservice(chart, "flags")

    with pytest.raises(ConfigurationError, match="id 'flags' must be unique in 'shop'"):
        app.synth()


def test_refuses_a_scope_that_is_not_a_construct() -> None:
    with pytest.raises(ConfigurationError, match="scope must be Construct, got str"):
        microservice("shop")  # type: ignore[arg-type]  # what is tested
