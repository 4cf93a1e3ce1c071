import copy

import pytest
from shop import Manifest, pod, shop, the, told

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


def test_refuses_a_selector_that_does_not_match_its_own_template() -> None:
    chart = shop()
    the(chart, "Deployment", "ms-orders")["selector"]["matchLabels"]["version"] = "def5678"

    assert told(chart, *RULES) == [
        "Deployment/shop/ms-orders: spec.selector {app: ms-orders, version: def5678} does not match the "
        "labels of its pod template {app: ms-orders, version: abc1234}; use only labels of the pod template"
    ]


@pytest.mark.parametrize("selector", [None, {}])
def test_refuses_a_deployment_without_a_selector(selector: object) -> None:
    chart = shop()
    the(chart, "Deployment", "ms-orders")["selector"] = selector

    assert told(chart, *RULES) == [
        "Deployment/shop/ms-orders: has no spec.selector; use the constant labels of the pod template"
    ]


def test_job_selects_by_a_label_that_it_makes_itself() -> None:
    chart = shop()
    nightly = the(chart, "CronJob", "reports")["jobTemplate"]
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "once", "namespace": "shop"},
        **nightly,
    }

    assert told([*chart, job], *RULES) == []


def test_refuses_a_job_whose_own_selector_misses_its_pods() -> None:
    chart = shop()
    nightly = copy.deepcopy(the(chart, "CronJob", "reports")["jobTemplate"])
    nightly["spec"]["selector"] = {"matchLabels": {"app": "other"}}
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "once", "namespace": "shop"},
        **nightly,
    }
    (message,) = told([*chart, job], *RULES)

    assert message.startswith("Job/shop/once: spec.selector {app: other} does not match the labels")


def test_refuses_a_spread_over_the_pods_of_somebody_else() -> None:
    chart = shop()
    spread = pod(chart, "ms-orders")["topologySpreadConstraints"]
    spread[0]["labelSelector"]["matchLabels"]["app"] = "ms-order"

    assert told(chart, *RULES) == [
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
def test_refuses_an_anti_affinity_to_no_pods(selector: Manifest) -> None:
    chart = shop()
    keep_apart(chart, selector)
    (message,) = told(chart, *RULES)

    assert message.startswith("Deployment/shop/ms-orders: podAntiAffinity selects {")


@pytest.mark.parametrize("labels", [{"app": "batch"}, {"noisy": "true"}])
def test_an_anti_affinity_to_pods_outside_is_a_choice(labels: dict[str, str]) -> None:
    chart = shop()
    keep_apart(chart, {"matchLabels": labels})

    assert told(chart, *RULES) == []


def keep_apart(chart: list[Manifest], selector: Manifest) -> None:
    affinity = pod(chart, "ms-orders")["affinity"]["podAntiAffinity"]
    (weighted,) = affinity.pop("preferredDuringSchedulingIgnoredDuringExecution")
    term = {**weighted["podAffinityTerm"], "labelSelector": selector}
    affinity["requiredDuringSchedulingIgnoredDuringExecution"] = [term]


def test_an_anti_affinity_to_another_workload_is_a_choice() -> None:
    chart = shop()
    affinity = pod(chart, "ms-orders")["affinity"]["podAntiAffinity"]
    other = next(
        each["spec"]["template"]["metadata"]["labels"]
        for each in chart
        if each["kind"] == "Deployment" and each["metadata"]["name"] != "ms-orders"
    )
    (weighted,) = affinity["preferredDuringSchedulingIgnoredDuringExecution"]
    weighted["podAffinityTerm"]["labelSelector"] = {"matchLabels": {"app": other["app"]}}

    assert told(chart, *RULES) == []


def test_refuses_a_service_that_leads_nowhere() -> None:
    chart = shop()
    the(chart, "Service", "ms-orders")["selector"]["app"] = "ms-order"

    assert told(chart, *RULES) == [
        "Service/shop/ms-orders: spec.selector {app: ms-order} matches no pods in its "
        "namespace, so it has no endpoints; use the labels of the pod template"
    ]


def test_service_without_a_selector_leads_where_somebody_else_says() -> None:
    chart = shop()
    del the(chart, "Service", "ms-orders")["selector"]

    assert told(chart, *RULES) == []


def test_refuses_a_disruption_budget_that_protects_nothing() -> None:
    chart = shop()
    the(chart, "PodDisruptionBudget", "ms-orders")["selector"]["matchLabels"]["app"] = "ms-order"

    assert told(chart, *RULES) == [
        "PodDisruptionBudget/shop/ms-orders: spec.selector {app: ms-order} matches no pods "
        "in its namespace, so it has no effect; use the labels of the pod template"
    ]


def test_refuses_an_autoscaler_of_nothing() -> None:
    chart = shop()
    the(chart, "HorizontalPodAutoscaler", "ms-orders")["scaleTargetRef"]["name"] = "ms-order"

    assert told(chart, *RULES) == [
        "HorizontalPodAutoscaler/shop/ms-orders: scales Deployment 'ms-order', which is not in the manifests; "
        "correct the target, or declare it as provided"
    ]


def test_refuses_fixed_replicas_beside_an_autoscaler() -> None:
    chart = shop()
    the(chart, "Deployment", "ms-orders")["replicas"] = 2

    assert told(chart, *RULES) == [
        "HorizontalPodAutoscaler/shop/ms-orders: scales Deployment 'ms-orders', which has fixed replicas, "
        "so each apply undoes the scaling; remove spec.replicas from it"
    ]


def test_refuses_two_deployments_that_select_the_same_pods() -> None:
    chart = shop()
    deployment = copy.deepcopy(the(chart, "Deployment", "ms-inventory"))
    canary = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "canary", "namespace": "shop"},
        "spec": deployment,
    }

    assert told([*chart, canary], *RULES) == [
        "Deployment/shop/ms-inventory: spec.selector {app: ms-inventory} also selects the pods of "
        "Deployment/shop/canary; add a distinct label to the selector and the template of each"
    ]


def test_service_of_one_pod_of_a_stateful_set_is_not_judged() -> None:
    chart = shop()
    the(chart, "Service", "ms-orders")["selector"] = {"statefulset.kubernetes.io/pod-name": "db-0"}

    assert told(chart, *RULES) == []
