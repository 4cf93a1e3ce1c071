"""Adoption: an existing workload keeps its selector, labels, ServiceAccount and the names of its objects."""

from dataclasses import replace

import cdk8s
import pytest
from support import find, manifests
from workload.samples import IMAGE, PLATFORM, RESOURCES, container

from kubestock import (
    App,
    Autoscaler,
    Chart,
    ConfigurationError,
    Container,
    ContainerResources,
    Microservice,
    Platform,
    Probes,
)
from kubestock.checks import findings
from kubestock.values import Labels, Off
from kubestock.workload import (
    EmptyDir,
    Pod,
    PodSecurity,
    PolicyRule,
    Probe,
    RelatedObjects,
    ServiceAccount,
    TcpSocket,
    VolumeMount,
)


def adopted(chart: cdk8s.Chart, **arguments: object) -> Microservice:
    given: dict[str, object] = {"name": "orders", "platform": PLATFORM, "container": container(), **arguments}
    return Microservice(chart, "orders", **given)  # type: ignore[arg-type]  # a test gives any of the arguments


def test_a_selector_given_by_hand_selects_everywhere_and_is_on_the_pods(chart: Chart) -> None:
    selector = {"app.kubernetes.io/name": "shop", "tier": "orders"}
    made = adopted(chart, selector=selector)
    deployment = find(chart, "Deployment", "orders")

    assert deployment["spec"]["selector"]["matchLabels"] == selector
    assert selector.items() <= deployment["spec"]["template"]["metadata"]["labels"].items()
    assert deployment["metadata"]["labels"]["app.kubernetes.io/name"] == "orders"
    assert find(chart, "Service", "orders")["spec"]["selector"] == selector
    assert find(chart, "PodDisruptionBudget", "orders")["spec"]["selector"]["matchLabels"] == selector
    assert find(chart, "NetworkPolicy", "orders")["spec"]["podSelector"]["matchLabels"] == selector
    assert made.pods.labels == selector
    assert [each for each in findings(manifests(chart)) if "selector" in each.rule] == []


def test_refuses_a_selector_that_selects_all_pods(chart: Chart) -> None:
    with pytest.raises(ConfigurationError, match="selector of 'orders' must have at least one label"):
        adopted(chart, selector={})


def test_refuses_a_label_of_pods_that_contradicts_the_selector(chart: Chart) -> None:
    with pytest.raises(ConfigurationError, match=r"pod_labels\['tier'\] of 'orders' must be 'orders'"):
        adopted(chart, selector={"tier": "orders"}, pod_labels={"tier": "web"})


def test_labels_are_on_all_objects_and_pod_labels_only_on_pods(chart: Chart) -> None:
    platform = replace(PLATFORM, extra_labels={"team": "a", "cost": "1"}, extra_pod_labels={"mesh": "on"})
    adopted(chart, platform=platform, labels={"team": "b"}, pod_labels={"rotate": "yes"})
    deployment = find(chart, "Deployment", "orders")
    pods = deployment["spec"]["template"]["metadata"]["labels"]

    for kind in ("Deployment", "Service", "ServiceAccount", "NetworkPolicy", "PodDisruptionBudget"):
        labels = find(chart, kind, "orders")["metadata"]["labels"]
        assert {"team": "b", "cost": "1"}.items() <= labels.items()
        assert not {"mesh", "rotate"} & set(labels)
    assert {"mesh": "on", "rotate": "yes"}.items() <= pods.items()
    assert not {"team", "cost"} & set(pods)


@pytest.mark.parametrize("argument", ["labels", "pod_labels"])
def test_refuses_a_label_that_an_argument_sets(chart: Chart, argument: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{argument} of 'orders' must not set 'app.kubernetes.io/part-of'"):
        adopted(chart, **{argument: {"app.kubernetes.io/part-of": "other"}})


def test_the_manager_of_the_objects_is_a_setting(chart: Chart) -> None:
    adopted(chart, platform=Platform(part_of="shop", environment="production", managed_by="acme"))

    assert find(chart, "Deployment", "orders")["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "acme"


def test_refuses_a_manager_that_is_not_a_label_value() -> None:
    with pytest.raises(ConfigurationError, match="managed_by must be a label value"):
        Platform(part_of="shop", environment="production", managed_by="a b")


def test_related_objects_keep_their_names(chart: Chart) -> None:
    related = RelatedObjects(network_policy="orders-netpol", disruption_budget="orders-pdb", autoscaler="orders-hpa")
    adopted(chart, related_objects=related, scaling=Autoscaler(max_replicas=4))

    assert find(chart, "NetworkPolicy", "orders-netpol")
    assert find(chart, "PodDisruptionBudget", "orders-pdb")
    assert find(chart, "HorizontalPodAutoscaler", "orders-hpa")["spec"]["scaleTargetRef"]["name"] == "orders"


def test_refuses_a_malformed_name_of_a_derived_object() -> None:
    with pytest.raises(ConfigurationError, match="autoscaler must be made of"):
        RelatedObjects(autoscaler="Orders_HPA")


def test_policy_and_budget_can_be_left_out_with_a_reason(chart: Chart) -> None:
    off = RelatedObjects(network_policy=Off("the mesh has policies"), disruption_budget=Off("a batch of one"))
    made = adopted(chart, related_objects=off)

    assert made.network_policy is made.disruption_budget is None
    assert not {"NetworkPolicy", "PodDisruptionBudget"} & {each["kind"] for each in manifests(chart)}
    assert find(chart, "Deployment", "orders")["metadata"]["annotations"] == {
        "kubestock/relaxed-no-network-policy": "the mesh has policies",
        "kubestock/relaxed-no-disruption-budget": "a batch of one",
    }


def test_refuses_to_leave_something_out_without_a_reason() -> None:
    with pytest.raises(ConfigurationError, match="Off must have a reason"):
        Off(" ")


def test_workloads_share_one_service_account(chart: Chart) -> None:
    rule = PolicyRule(resources=("configmaps",), verbs=("get", "watch"))
    account = ServiceAccount(chart, "account", labels=PLATFORM.labels("shared"), rules=[rule])
    adopted(chart, pod=Pod(service_account=account.name))

    spec = find(chart, "Deployment", "orders")["spec"]["template"]["spec"]
    assert spec["serviceAccountName"] == "shared"
    assert [each["metadata"]["name"] for each in manifests(chart) if each["kind"] == "ServiceAccount"] == ["shared"]
    assert find(chart, "Role", "shared")["rules"] == [
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "watch"]}
    ]
    assert find(chart, "RoleBinding", "shared")["subjects"] == [
        {"kind": "ServiceAccount", "name": "shared", "namespace": "shop"}
    ]


def test_refuses_annotations_of_a_service_account_that_it_does_not_create() -> None:
    with pytest.raises(ConfigurationError, match="service_account_annotations must be left out"):
        Pod(service_account="shared", service_account_annotations={"a": "b"})


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"resources": ("*",)}, "must be a name, got '\\*'"),
        ({"resources": ("pods/*",)}, "must be a name"),
        ({"verbs": ("*",)}, "each of verbs must be one of get, list"),
        ({"verbs": ("impersonate",)}, "each of verbs must be one of"),
        ({"resources": ("secrets",)}, "must not be secrets"),
        ({"resources": ("roles",), "api_group": "rbac.authorization.k8s.io"}, "can grant additional permissions"),
        ({"verbs": ("create",), "names": ("a",)}, "names must be left out where verbs contains create"),
        ({"resources": ()}, "must have at least one resource"),
    ],
)
def test_refuses_a_rule_with_too_many_permissions(rule: dict[str, tuple[str, ...]], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        PolicyRule(**{"resources": ("configmaps",), "verbs": ("get",), **rule})  # type: ignore[arg-type]  # of several types


def test_a_size_limit_and_an_ephemeral_limit_can_be_left_out_with_a_reason(chart: Chart) -> None:
    resources = replace(RESOURCES, ephemeral_storage_limit=Off("sorts on disk"), ephemeral_storage_request=None)
    cache = VolumeMount(volume=EmptyDir(name="cache", size_limit=Off("as large as the disk")), path="/cache")
    adopted(chart, container=Container(image=IMAGE, resources=resources, mounts=(cache,)))
    template = find(chart, "Deployment", "orders")["spec"]["template"]

    assert "ephemeral-storage" not in str(template["spec"]["containers"][0]["resources"])
    assert {"name": "cache", "emptyDir": {}} in template["spec"]["volumes"]
    assert template["metadata"]["annotations"] == {
        "kubestock/relaxed-ephemeral-storage-limit": "orders: sorts on disk",
        "kubestock/relaxed-size-limit": "orders: volume cache: as large as the disk",
    }


def test_probes_may_be_identical_with_a_reason(chart: Chart) -> None:
    same = Probe(action=TcpSocket())
    adopted(chart, container=container(probes=Probes(readiness=same, liveness=same, identical=Off("it only listens"))))
    annotations = find(chart, "Deployment", "orders")["metadata"]["annotations"]

    assert annotations == {"kubestock/relaxed-identical-probes": "orders: it only listens"}


def test_refuses_a_reason_for_probes_that_differ() -> None:
    with pytest.raises(ConfigurationError, match="identical must be left out"):
        Probes(readiness=Probe(action=TcpSocket()), identical=Off("why"))


def test_the_behaviour_of_an_autoscaler_can_be_left_to_kubernetes(chart: Chart) -> None:
    adopted(chart, scaling=Autoscaler(max_replicas=4, scale_up=None, scale_down=None))

    assert "behavior" not in find(chart, "HorizontalPodAutoscaler", "orders")["spec"]


def test_one_side_of_the_behaviour_can_be_left_to_kubernetes(chart: Chart) -> None:
    adopted(chart, scaling=Autoscaler(max_replicas=4, scale_up=None))

    assert list(find(chart, "HorizontalPodAutoscaler", "orders")["spec"]["behavior"]) == ["scaleDown"]


def test_the_file_group_and_service_links_are_settings(chart: Chart) -> None:
    adopted(chart, pod=Pod(security=PodSecurity(set_fs_group=False), enable_service_links=True))
    spec = find(chart, "Deployment", "orders")["spec"]["template"]["spec"]

    assert "fsGroup" not in str(spec["securityContext"])
    assert spec["enableServiceLinks"] is True


def test_refuses_a_file_group_that_is_not_set() -> None:
    with pytest.raises(ConfigurationError, match="fs_group must be left out if set_fs_group is False"):
        PodSecurity(fs_group=1000, set_fs_group=False)


def test_a_user_of_1000_relaxes_nothing_and_root_does() -> None:
    assert PodSecurity(run_as_user=1000).annotations() == {}
    with pytest.raises(ConfigurationError, match="run_as_user must have a reason"):
        PodSecurity(run_as_user=0, run_as_non_root=False, reasons={"run_as_non_root": "binds port 80"})


@pytest.mark.parametrize("library", [App, cdk8s.App])
def test_labels_of_a_chart_are_on_every_object_that_does_not_set_them(library: type[cdk8s.App]) -> None:
    chart = Chart(library(), "shop", namespace="shop", labels={"team": "a", "app": "chart"})
    adopted(chart)
    cdk8s.ApiObject(chart, "plain", api_version="v1", kind="Secret", metadata=cdk8s.ApiObjectMetadata(name="plain"))
    found = {each["kind"]: each["metadata"]["labels"] for each in manifests(chart)}

    assert {labels["team"] for labels in found.values()} == {"a"}
    assert found["Deployment"]["app"] == "orders"
    assert found["Secret"]["app"] == "chart"
    assert "team" not in find(chart, "Deployment", "orders")["spec"]["template"]["metadata"]["labels"]


def test_refuses_a_malformed_label_of_a_chart(app: App) -> None:
    with pytest.raises(ConfigurationError, match=r"labels\['team'\] must be a label value"):
        Chart(app, "shop", namespace="shop", labels={"team": "a b"})


def test_further_labels_are_not_in_the_selector(chart: Chart) -> None:
    labels = Labels(name="orders", part_of="shop", environment="production", extra={"team": "a"})

    assert labels.metadata["team"] == "a"
    assert "team" not in labels.selector
    assert ContainerResources(cpu_request="1", memory_request="1Gi", memory_limit="1Gi").relaxations() == {}
