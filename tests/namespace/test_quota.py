from fractions import Fraction
from typing import Any

import cdk8s
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import find

from kubestock.checks import findings
from kubestock.errors import ConfigurationError
from kubestock.namespace.quota import NamespaceQuota, Quota
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
        step = next(value for suffix, value in steps.items() if name.endswith(suffix))
        assert 0 <= Quantity(quota.hard[name]).amount - needed * Fraction(5, 4) < step


def test_one_pod_less_than_the_largest_rollout_is_refused() -> None:
    manifests = [deployment("a", 3, "100m", "64Mi")]
    hard = dict(Quota.admitting(manifests, headroom_percent=0).hard)
    assert hard["pods"] == "4"

    rules = {finding.rule for finding in findings([*manifests, as_object({**hard, "pods": "3"})])}
    assert "quota-stops-rollout" in rules


def test_a_computed_quota_says_how_it_was_computed(chart: cdk8s.Chart) -> None:
    quota = Quota.admitting([deployment("a", 3, "100m", "64Mi")], headroom_percent=30)
    NamespaceQuota(chart, "quota", quota=quota, labels=LABELS)

    annotations = find(chart, "ResourceQuota", "shop")["metadata"]["annotations"]
    assert annotations == {"kubestock/headroom": "30% above the largest rollout"}


def test_a_declared_quota_stays_what_it_is(chart: cdk8s.Chart) -> None:
    NamespaceQuota(chart, "quota", quota=Quota(hard={"pods": "10", "count/jobs.batch": "5"}), labels=LABELS)

    manifest = find(chart, "ResourceQuota", "shop")
    assert manifest["spec"]["hard"] == {"pods": "10", "count/jobs.batch": "5"}
    assert "annotations" not in manifest["metadata"]


@pytest.mark.parametrize(
    ("hard", "message"),
    [
        ({}, "a quota must limit something"),
        ({"cpus": "1"}, "got 'cpus'"),
        ({"pods": "1.5"}, "quota pods must be a whole number, got '1.5'"),
        ({"requests.cpu": "lots"}, "a quantity must be"),
    ],
)
def test_refuses_a_quota_that_limits_nothing_known(hard: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Quota(hard=hard)


def test_refuses_to_compute_a_quota_without_workloads() -> None:
    with pytest.raises(ConfigurationError, match="a computed quota needs workloads"):
        Quota.admitting([])
