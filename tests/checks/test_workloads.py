import copy

import pytest
from shop import Manifest, messages_of, pod, shop, the

RULES = (
    "selector-matches-template",
    "selectors-overlap",
    "spread-selector",
    "anti-affinity-selector",
    "service-selector",
    "disruption-budget-selector",
    "autoscaler-target",
    "autoscaler-fixed-replicas",
)


def test_finds_a_selector_that_does_not_match_its_own_template() -> None:
    chart = shop()
    the(chart, "Deployment", "ms-orders")["selector"]["matchLabels"]["version"] = "def5678"

    assert messages_of(chart, *RULES) == [
        "Deployment/shop/ms-orders: spec.selector {app: ms-orders, version: def5678} does not match the "
        "labels of its pod template {app: ms-orders, version: abc1234}; use only labels of the pod template"
    ]


@pytest.mark.parametrize("selector", [None, {}])
def test_finds_a_deployment_without_a_selector(selector: object) -> None:
    chart = shop()
    the(chart, "Deployment", "ms-orders")["selector"] = selector

    assert messages_of(chart, *RULES) == [
        "Deployment/shop/ms-orders: has no spec.selector; use the constant labels of the pod template"
    ]


def test_a_job_needs_no_selector() -> None:
    chart = shop()
    nightly = the(chart, "CronJob", "reports")["jobTemplate"]
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "once", "namespace": "shop"},
        **nightly,
    }

    assert messages_of([*chart, job], *RULES) == []


def test_finds_a_job_whose_selector_does_not_match_its_pods() -> None:
    chart = shop()
    nightly = copy.deepcopy(the(chart, "CronJob", "reports")["jobTemplate"])
    nightly["spec"]["selector"] = {"matchLabels": {"app": "other"}}
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "once", "namespace": "shop"},
        **nightly,
    }
    (message,) = messages_of([*chart, job], *RULES)

    assert message.startswith("Job/shop/once: spec.selector {app: other} does not match the labels")


def test_finds_a_spread_constraint_that_selects_other_pods() -> None:
    chart = shop()
    spread = pod(chart, "ms-orders")["topologySpreadConstraints"]
    spread[0]["labelSelector"]["matchLabels"]["app"] = "ms-order"

    assert messages_of(chart, *RULES) == [
        "Deployment/shop/ms-orders: topologySpreadConstraints[0] selects {app: ms-order}, which does not match the "
        "labels of the pods, so it has no effect; use the labels of spec.selector"
    ]


@pytest.mark.parametrize(
    "selector",
    [
        {"matchLabels": {"app": "ms-order"}},
        {"matchLabels": {"app": "ms-orders", "track": "canary"}},
        {"matchExpressions": [{"key": "app", "operator": "In", "values": ["ms-order"]}]},
    ],
)
def test_finds_an_anti_affinity_that_selects_no_pods(selector: Manifest) -> None:
    chart = shop()
    keep_apart(chart, selector)
    (message,) = messages_of(chart, *RULES)

    assert message.startswith("Deployment/shop/ms-orders: podAntiAffinity selects {")


@pytest.mark.parametrize("labels", [{"app": "batch"}, {"noisy": "true"}])
def test_an_anti_affinity_may_select_pods_outside_the_manifests(labels: dict[str, str]) -> None:
    chart = shop()
    keep_apart(chart, {"matchLabels": labels})

    assert messages_of(chart, *RULES) == []


def keep_apart(chart: list[Manifest], selector: Manifest) -> None:
    affinity = pod(chart, "ms-orders")["affinity"]["podAntiAffinity"]
    (weighted,) = affinity.pop("preferredDuringSchedulingIgnoredDuringExecution")
    term = {**weighted["podAffinityTerm"], "labelSelector": selector}
    affinity["requiredDuringSchedulingIgnoredDuringExecution"] = [term]


def test_an_anti_affinity_may_select_another_workload() -> None:
    chart = shop()
    affinity = pod(chart, "ms-orders")["affinity"]["podAntiAffinity"]
    other = next(
        each["spec"]["template"]["metadata"]["labels"]
        for each in chart
        if each["kind"] == "Deployment" and each["metadata"]["name"] != "ms-orders"
    )
    (weighted,) = affinity["preferredDuringSchedulingIgnoredDuringExecution"]
    weighted["podAffinityTerm"]["labelSelector"] = {"matchLabels": {"app": other["app"]}}

    assert messages_of(chart, *RULES) == []


def test_finds_a_service_that_selects_no_pods() -> None:
    chart = shop()
    the(chart, "Service", "ms-orders")["selector"]["app"] = "ms-order"

    assert messages_of(chart, *RULES) == [
        "Service/shop/ms-orders: spec.selector {app: ms-order} matches no pods in its "
        "namespace, so it has no endpoints; use the labels of the pod template"
    ]


def test_a_service_without_a_selector_has_no_finding() -> None:
    chart = shop()
    del the(chart, "Service", "ms-orders")["selector"]

    assert messages_of(chart, *RULES) == []


def test_finds_a_disruption_budget_that_selects_no_pods() -> None:
    chart = shop()
    the(chart, "PodDisruptionBudget", "ms-orders")["selector"]["matchLabels"]["app"] = "ms-order"

    assert messages_of(chart, *RULES) == [
        "PodDisruptionBudget/shop/ms-orders: spec.selector {app: ms-order} matches no pods "
        "in its namespace, so it has no effect; use the labels of the pod template"
    ]


def test_finds_an_autoscaler_without_a_target() -> None:
    chart = shop()
    the(chart, "HorizontalPodAutoscaler", "ms-orders")["scaleTargetRef"]["name"] = "ms-order"

    assert messages_of(chart, *RULES) == [
        "HorizontalPodAutoscaler/shop/ms-orders: scales Deployment 'ms-order', which is not in the manifests; "
        "correct the target, or declare it as provided"
    ]


def test_finds_fixed_replicas_of_an_autoscaled_deployment() -> None:
    chart = shop()
    the(chart, "Deployment", "ms-orders")["replicas"] = 2

    assert messages_of(chart, *RULES) == [
        "HorizontalPodAutoscaler/shop/ms-orders: scales Deployment 'ms-orders', which has fixed replicas, "
        "so each apply undoes the scaling; remove spec.replicas from it"
    ]


def test_finds_two_deployments_that_select_the_same_pods() -> None:
    chart = shop()
    deployment = copy.deepcopy(the(chart, "Deployment", "ms-inventory"))
    canary = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "canary", "namespace": "shop"},
        "spec": deployment,
    }

    assert messages_of([*chart, canary], *RULES) == [
        "Deployment/shop/ms-inventory: spec.selector {app: ms-inventory} also selects the pods of "
        "Deployment/shop/canary; add a distinct label to the selector and the template of each"
    ]


def test_a_service_for_one_pod_of_a_stateful_set_is_not_checked() -> None:
    chart = shop()
    the(chart, "Service", "ms-orders")["selector"] = {"statefulset.kubernetes.io/pod-name": "db-0"}

    assert messages_of(chart, *RULES) == []
