from fractions import Fraction
from typing import Any

import cdk8s
import kubernetes_validate
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import as_yaml, find, manifests
from syrupy.assertion import SnapshotAssertion

from kubestock.checks import findings
from kubestock.errors import ConfigurationError
from kubestock.namespace import NamespaceQuota, Quota
from kubestock.values.footprint import rollout_footprint
from kubestock.values.labels import Labels
from kubestock.values.quantities import Quantity

LABELS = Labels(name="shop", part_of="shop", environment="production")


def deployment(name: str, replicas: int, cpu: str, memory: str) -> dict[str, Any]:
    amounts = {"cpu": cpu, "memory": memory, "ephemeral-storage": "64Mi"}
    container = {"name": "app", "resources": {"requests": amounts, "limits": amounts}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {
            "replicas": replicas,
            "strategy": {"rollingUpdate": {"maxSurge": 1}},
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}},
        },
    }


def as_object(hard: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "shop", "namespace": "shop"},
        "spec": {"hard": hard},
    }


workloads = st.lists(
    st.builds(
        deployment,
        st.sampled_from(["a", "b", "c"]),
        st.integers(1, 20),
        st.integers(1, 4000).map(lambda millicores: f"{millicores}m"),
        st.integers(1, 4096).map(lambda mebibytes: f"{mebibytes}Mi"),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda each: str(each["metadata"]["name"]),
)


@given(workloads, st.integers(0, 100))
def test_a_computed_quota_admits_the_rollout_that_it_was_computed_for(
    manifests: list[dict[str, Any]], headroom: int
) -> None:
    quota = Quota.admitting(manifests, headroom_percent=headroom)

    rules = {finding.rule for finding in findings([*manifests, as_object(dict(quota.hard))])}
    assert "quota-stops-rollout" not in rules


@given(workloads)
def test_the_headroom_is_added_and_rounded_up_by_less_than_one_step(manifests: list[dict[str, Any]]) -> None:
    quota = Quota.admitting(manifests, headroom_percent=25)

    steps = {"cpu": Fraction(1, 10), "memory": Fraction(2**20), "storage": Fraction(2**20), "pods": Fraction(1)}
    for name, needed in rollout_footprint(manifests).items():
        if not needed:
            continue
        step = next(value for suffix, value in steps.items() if name.endswith(suffix))
        assert 0 <= Quantity(quota.hard[name]).amount - needed * Fraction(5, 4) < step


def test_one_pod_less_than_the_largest_rollout_is_refused() -> None:
    manifests = [deployment("a", 3, "100m", "64Mi")]
    hard = dict(Quota.admitting(manifests, headroom_percent=0).hard)
    assert hard["pods"] == "4"

    rules = {finding.rule for finding in findings([*manifests, as_object({**hard, "pods": "3"})])}
    assert "quota-stops-rollout" in rules


def test_a_computed_quota_admits_the_claims_of_every_pod() -> None:
    store = {"metadata": {"name": "store"}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}}
    stateful = {**deployment("db", 3, "100m", "64Mi"), "kind": "StatefulSet"}
    stateful["spec"] = {**stateful["spec"], "volumeClaimTemplates": [store]}
    hard = dict(Quota.admitting([stateful], headroom_percent=0).hard)
    narrow = {**hard, "requests.storage": "2Gi"}

    assert (hard["persistentvolumeclaims"], hard["requests.storage"], hard["pods"]) == ("3", "3Gi", "3")
    assert [each.rule for each in findings([stateful, as_object(narrow)]) if each.rule == "quota-stops-rollout"]


def test_a_computed_quota_counts_a_daemon_set_on_every_node() -> None:
    agent = {**deployment("agent", 1, "100m", "64Mi"), "kind": "DaemonSet"}

    assert Quota.admitting([agent], headroom_percent=0, nodes=6).hard["pods"] == "6"
    with pytest.raises(ConfigurationError, match=r"nodes must be given if there is a DaemonSet \(agent\)"):
        Quota.admitting([agent])


def test_a_computed_quota_has_an_annotation_with_its_headroom(chart: cdk8s.Chart) -> None:
    quota = Quota.admitting([deployment("a", 3, "100m", "64Mi")], headroom_percent=30)
    NamespaceQuota(chart, "quota", quota=quota, labels=LABELS)

    annotations = find(chart, "ResourceQuota", "shop")["metadata"]["annotations"]
    assert annotations == {"kubestock/headroom": "30% above the largest rollout"}


def test_a_given_quota_does_not_change(chart: cdk8s.Chart) -> None:
    NamespaceQuota(chart, "quota", quota=Quota(hard={"pods": "10", "count/jobs.batch": "5"}), labels=LABELS)

    manifest = find(chart, "ResourceQuota", "shop")
    assert manifest["spec"]["hard"] == {"pods": "10", "count/jobs.batch": "5"}
    assert "annotations" not in manifest["metadata"]


@pytest.mark.parametrize(
    ("name", "amount"),
    [
        ("requests.nvidia.com/gpu", "4"),
        ("fast.storageclass.storage.k8s.io/requests.storage", "10Gi"),
        ("fast.storageclass.storage.k8s.io/persistentvolumeclaims", "2"),
        ("count/widgets.example.com", "3"),
    ],
)
def test_a_quota_may_limit_what_a_cluster_adds_to_kubernetes(name: str, amount: str) -> None:
    assert Quota(hard={name: amount}).hard == {name: amount}


@pytest.mark.parametrize(
    ("hard", "message"),
    [
        ({"requests.nvidia.com/gpu": "1.5"}, "quota requests.nvidia.com/gpu must be a whole number, got '1.5'"),
        ({"requests.kubernetes.io/gpu": "1"}, "hard of a quota must be .*, got 'requests.kubernetes.io/gpu'"),
        ({"limits.memory": "128m"}, "quota limits.memory must be a whole number of bytes, got 128m"),
        ({"requests.gpu": "1"}, "hard of a quota must be .*, got 'requests.gpu'"),
        ({}, "hard of a quota must have at least one limit"),
        ({"cpus": "1"}, "got 'cpus'"),
        ({"pods": "1.5"}, "quota pods must be a whole number, got '1.5'"),
        ({"requests.cpu": "lots"}, "a quantity must be"),
    ],
)
def test_refuses_a_quota_without_a_known_limit(hard: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Quota(hard=hard)


def test_refuses_to_compute_a_quota_without_workloads() -> None:
    with pytest.raises(ConfigurationError, match="a computed quota must have at least one workload"):
        Quota.admitting([])


COUNTED = {"services.loadbalancers": "1", "services.nodeports": "3", "count/deployments.apps": "9"}


def test_the_smallest_quota_limits_one_thing(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    NamespaceQuota(chart, "quota", quota=Quota(hard={"pods": "10"}), labels=LABELS)

    assert as_yaml(manifests(chart)) == yaml_snapshot


def test_the_fullest_quota_is_computed_and_counts(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    quota = Quota.admitting([deployment("a", 3, "130m", "100Mi")], headroom_percent=30, counts=COUNTED)
    NamespaceQuota(chart, "quota", quota=quota, labels=LABELS)

    assert as_yaml(manifests(chart)) == yaml_snapshot


def test_a_quota_is_valid_against_the_strict_schema(chart: cdk8s.Chart) -> None:
    quota = Quota.admitting([deployment("a", 3, "130m", "100Mi")], counts=COUNTED)
    made = NamespaceQuota(chart, "quota", quota=quota, labels=LABELS)

    kubernetes_validate.validate(made.object.to_json(), "1.27", strict=True)


def test_counts_are_not_changed_in_a_computed_quota() -> None:
    computed = Quota.admitting([deployment("a", 3, "130m", "100Mi")])
    quota = Quota.admitting([deployment("a", 3, "130m", "100Mi")], counts=COUNTED)

    assert quota.hard == {**computed.hard, **COUNTED}


@pytest.mark.parametrize(
    "name", ["count/pods", "count/services", "count/jobs.batch", "count/sealedsecrets.bitnami.com"]
)
def test_accepts_counts_of_core_resources_and_of_resources_with_a_group(name: str) -> None:
    assert Quota(hard={name: "1"}).hard == {name: "1"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("count/deployments", "must name the API group of the resource, because the core group has no deployments"),
        ("count/", "quota must have a name after its prefix, got 'count/'"),
        ("count/Jobs.batch", r"the resource of quota 'count/Jobs.batch' 'Jobs.batch' must be made of lower-case"),
        ("cpu", "hard of a quota must be .*, got 'cpu'"),
        ("count/widgets." + "a" * 60, "the name of quota .* must be a label value"),
    ],
)
def test_refuses_a_count_of_an_unknown_resource(name: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Quota(hard={name: "1"})


def test_refuses_a_malformed_amount_by_its_name() -> None:
    with pytest.raises(ConfigurationError, match=r"quota limits\.memory: a quantity must be .*, got 'lots'"):
        Quota(hard={"limits.memory": "lots"})


def test_refuses_to_count_what_is_computed() -> None:
    with pytest.raises(ConfigurationError, match="counts must not have pods, which is computed from the workloads"):
        Quota.admitting([deployment("a", 3, "100m", "64Mi")], counts={"pods": "9"})


def test_refuses_workloads_of_two_namespaces() -> None:
    elsewhere = deployment("b", 1, "100m", "64Mi")
    elsewhere["metadata"]["namespace"] = "bank"

    with pytest.raises(ConfigurationError, match=r"workloads of one namespace, .* got 'bank', 'shop'"):
        Quota.admitting([deployment("a", 3, "100m", "64Mi"), elsewhere])


def test_objects_without_pods_may_be_in_any_namespace() -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}

    assert Quota.admitting(iter([namespace, deployment("a", 3, "100m", "64Mi")])).hard["pods"] == "5"


def test_refuses_a_negative_headroom() -> None:
    with pytest.raises(ConfigurationError, match="headroom_percent must be at least 0, got -200"):
        Quota.admitting([deployment("a", 3, "100m", "64Mi")], headroom_percent=-200)
    with pytest.raises(ConfigurationError, match="headroom_percent must be at least 0, got -1"):
        Quota(hard={"pods": "9"}, headroom_percent=-1)


def test_refuses_a_quota_in_a_chart_without_a_namespace(app: cdk8s.App) -> None:
    with pytest.raises(ConfigurationError, match="NamespaceQuota must be in a chart with a namespace"):
        NamespaceQuota(cdk8s.Chart(app, "nowhere"), "quota", quota=Quota(hard={"pods": "9"}), labels=LABELS)


def test_a_quota_can_have_a_name_of_its_own(chart: cdk8s.Chart) -> None:
    NamespaceQuota(chart, "quota", quota=Quota(hard={"pods": "10"}), labels=LABELS, name="compute")

    assert find(chart, "ResourceQuota", "compute")["metadata"]["labels"]["app.kubernetes.io/name"] == "shop"
