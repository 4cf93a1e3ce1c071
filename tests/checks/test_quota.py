import copy
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import Manifest, main, messages_of, pod, shop, the

from kubestock.checks import findings
from kubestock.values.footprint import rollout_footprint
from kubestock.values.quantities import Quantity

STOPS = "quota-stops-rollout"
REFUSES = "quota-refuses-pod"
FIX = "when every workload rolls out at its largest size; raise it at least to that amount"


def quota(chart: list[Manifest], **spec: object) -> list[Manifest]:
    body = the(chart, "ResourceQuota", "quota")
    body.clear()
    body.update(spec)
    return chart


@pytest.mark.parametrize(
    ("resource", "hard", "needed"),
    [
        # Five pods of ms-orders (four and one for the surge), three of ms-inventory, and one of the job.
        ("pods", "8", "9"),
        ("count/pods", 8, "9"),
        ("requests.cpu", "574m", "575m"),
        ("cpu", "0.5", "575m"),
        ("limits.cpu", "2", "2800m"),
        ("memory", "1Gi", "1056Mi"),
        ("requests.memory", "1Gi", "1056Mi"),
        ("limits.memory", "2431Mi", "2432Mi"),
        ("configmaps", 1, "2"),
        ("count/configmaps", 1, "2"),
        ("secrets", 0, "1"),
        ("services", 1, "2"),
        ("count/deployments.apps", 1, "2"),
        ("count/networkpolicies.networking.k8s.io", 3, "4"),
        ("count/cronjobs.batch", 0, "1"),
        ("persistentvolumeclaims", 0, "1"),
        ("count/serviceaccounts", 1, "2"),
    ],
)
def test_finds_a_quota_that_the_largest_rollout_exceeds(resource: str, hard: object, needed: str) -> None:
    chart = quota(shop(), hard={resource: hard})
    written = "500m" if hard == "0.5" else hard

    assert messages_of(chart, STOPS) == [
        f"ResourceQuota/shop/quota: {resource} is {written}, but the manifests need {needed} {FIX}"
    ]
    assert messages_of(quota(chart, hard={resource: needed}), STOPS) == []


def test_declared_ephemeral_storage_is_counted() -> None:
    chart = quota(shop(), hard={"ephemeral-storage": "1Gi", "limits.ephemeral-storage": "1Gi"})
    main(chart, "ms-orders")["resources"]["limits"]["ephemeral-storage"] = "1Gi"

    assert messages_of(chart, STOPS) == [
        f"ResourceQuota/shop/quota: {resource} is 1Gi, but the manifests need 5Gi {FIX}"
        for resource in ("ephemeral-storage", "limits.ephemeral-storage")
    ]


@pytest.mark.parametrize(
    ("service", "balancers", "node_ports"),
    [
        ({"type": "LoadBalancer"}, 1, 2),
        ({"type": "NodePort"}, 0, 2),
        ({"type": "LoadBalancer", "allocateLoadBalancerNodePorts": False}, 1, 0),
    ],
    ids=["balancer", "node-port", "balancer-alone"],
)
def test_services_count_by_their_type(service: Manifest, balancers: int, node_ports: int) -> None:
    chart = quota(shop(), hard={"services.loadbalancers": balancers, "services.nodeports": node_ports})
    the(chart, "Service", "ms-orders").update(service)

    assert messages_of(chart, STOPS) == []

    tight = {"services.loadbalancers": balancers - 0.5, "services.nodeports": node_ports - 0.5}
    exceeded = [each for each in (balancers, node_ports) if each]

    assert len(messages_of(quota(chart, hard=tight), STOPS)) == len(exceeded)


@pytest.mark.parametrize(("replicas", "claims"), [(3, 4), (None, 2), (0, 1)])
def test_volume_claim_templates_count_for_each_replica(replicas: int | None, claims: int) -> None:
    stateful = {"replicas": replicas, "volumeClaimTemplates": [{"metadata": {"name": "store"}}]}
    identity = {"name": "store", "namespace": "shop"}
    workload = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": identity, "spec": stateful}
    chart = quota([*shop(), workload], hard={"persistentvolumeclaims": claims})

    assert messages_of(chart, STOPS) == []
    assert messages_of(quota(chart, hard={"persistentvolumeclaims": claims - 1}), STOPS)


@pytest.mark.parametrize("spec", [{"scopes": ["BestEffort"]}, {"scopeSelector": {"matchExpressions": [{}]}}])
def test_a_quota_with_other_scopes_is_not_checked(spec: Manifest) -> None:
    assert messages_of(quota(shop(), hard={"pods": 0}, **spec), STOPS) == []


def test_a_quota_in_another_namespace_does_not_apply() -> None:
    chart = quota(shop(), hard={"pods": 0})
    for document in chart:
        if document["kind"] == "ResourceQuota":
            document["metadata"]["namespace"] = "staging"

    assert messages_of(chart, STOPS) == []


def without_limit_range() -> list[Manifest]:
    return [each for each in shop() if each["kind"] != "LimitRange"]


def test_finds_a_container_without_the_resources_that_a_quota_limits() -> None:
    chart = quota(without_limit_range(), hard={"cpu": 100, "limits.memory": "100Gi", "pods": 100})

    assert messages_of(chart, REFUSES) == [
        "Deployment/shop/ms-orders: container 'proxy' declares no limits.memory, which ResourceQuota 'quota' "
        "requires; declare it, or set a default in a LimitRange",
        "Deployment/shop/ms-inventory: container 'ms-inventory' declares no limits.memory, requests.cpu, "
        "which ResourceQuota 'quota' requires; declare it, or set a default in a LimitRange",
        "CronJob/shop/reports: container 'reports' declares no limits.memory, requests.cpu, which "
        "ResourceQuota 'quota' requires; declare it, or set a default in a LimitRange",
    ]


def test_ephemeral_storage_with_a_quota_need_not_be_declared() -> None:
    assert messages_of(quota(without_limit_range(), hard={"requests.ephemeral-storage": "9Gi"}), REFUSES) == []


def test_resources_of_the_pod_replace_those_of_its_containers() -> None:
    chart = quota(without_limit_range(), hard={"requests.cpu": 100})
    pod(chart, "ms-inventory")["resources"] = {"requests": {"cpu": "1"}}

    assert not [each for each in messages_of(chart, REFUSES) if "ms-inventory" in each]


DEPLOYMENTS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 900), st.sampled_from([0, 1, "25%", "100%"])),
    min_size=1,
    max_size=4,
)


@settings(deadline=None)
@given(deployments=DEPLOYMENTS)
def test_a_quota_equal_to_the_footprint_suffices_and_one_millicore_less_does_not(
    deployments: list[tuple[int, int, int | str]],
) -> None:
    chart: list[Manifest] = []
    for number, (replicas, millicores, surge) in enumerate(deployments):
        amounts = {"cpu": f"{millicores}m", "memory": f"{millicores}Mi"}
        container = {"name": "main", "image": "shop/main:1.0", "resources": {"requests": amounts, "limits": amounts}}
        labels = {"app": f"ms-{number}"}
        spec = {
            "replicas": replicas,
            "strategy": {"rollingUpdate": {"maxSurge": surge}},
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        }
        identity = {"name": f"ms-{number}", "namespace": "shop"}
        chart.append({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": identity, "spec": spec})
    footprint = rollout_footprint(chart)
    hard = {
        "requests.cpu": Quantity.cpu(footprint["requests.cpu"]).text,
        "limits.memory": Quantity.bytes(footprint["limits.memory"]).text,
        "pods": int(footprint["pods"]),
    }
    whole: Manifest = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "quota", "namespace": "shop"}}

    assert findings([*chart, {**whole, "spec": {"hard": hard}}]) == []
    if footprint["pods"]:
        less = Quantity.cpu(footprint["requests.cpu"] - Fraction(1, 1000)).text
        tight: dict[str, Any] = copy.deepcopy(hard) | {"requests.cpu": less}

        assert [each.rule for each in findings([*chart, {**whole, "spec": {"hard": tight}}])] == [STOPS]
