import copy

import pytest
from shop import Manifest, messages_of, shop, the

RULES = ("disruption-budget", "disruption-budget-overlap")


def budgeted(**budget: object) -> list[Manifest]:
    chart = shop()
    body = the(chart, "PodDisruptionBudget", "ms-orders")
    del body["minAvailable"]
    body.update(budget)
    return chart


@pytest.mark.parametrize(
    ("least", "kept"), [(2, 2), (3, 3), ("100%", 2), ("51%", 2)], ids=["all", "more", "percent", "rounded"]
)
def test_finds_a_budget_that_requires_all_pods(least: int | str, kept: int) -> None:
    assert messages_of(budgeted(minAvailable=least), *RULES) == [
        f"PodDisruptionBudget/shop/ms-orders: minAvailable requires {kept} of at least 2 pods, so no node can "
        "be drained; use maxUnavailable: 1, or run more replicas"
    ]


@pytest.mark.parametrize("most", [0, "0%"])
def test_finds_a_budget_that_permits_no_eviction(most: int | str) -> None:
    assert messages_of(budgeted(maxUnavailable=most), *RULES) == [
        "PodDisruptionBudget/shop/ms-orders: maxUnavailable 0 permits no eviction, so no node can be "
        "drained; set it to 1"
    ]


@pytest.mark.parametrize("budget", [{"minAvailable": "50%"}, {"maxUnavailable": "1%"}, {"maxUnavailable": 1}])
def test_a_budget_that_permits_one_eviction_has_no_finding(budget: Manifest) -> None:
    assert messages_of(budgeted(**budget), *RULES) == []


def test_finds_a_budget_with_both_bounds() -> None:
    assert messages_of(budgeted(minAvailable=1, maxUnavailable=1), *RULES) == [
        "PodDisruptionBudget/shop/ms-orders: has both minAvailable and maxUnavailable, which the API server "
        "rejects; keep one"
    ]


def test_the_default_number_of_replicas_is_one() -> None:
    chart = budgeted(minAvailable=1)
    del the(chart, "HorizontalPodAutoscaler", "ms-orders")["minReplicas"]
    (message,) = messages_of(chart, *RULES)

    assert "minAvailable requires 1 of at least 1 pods" in message


def test_finds_two_budgets_for_one_pod() -> None:
    chart = shop()
    second = copy.deepcopy(next(each for each in chart if each["kind"] == "PodDisruptionBudget"))
    second["metadata"]["name"] = "orders"

    assert messages_of([*chart, second], *RULES) == [
        "Deployment/shop/ms-orders: its pods have more than one PodDisruptionBudget (ms-orders, orders), so "
        "they cannot be evicted; keep one"
    ]


def test_the_pods_of_a_daemon_set_are_not_counted() -> None:
    chart = budgeted(minAvailable=1)
    for document in chart:
        if document["kind"] == "Deployment" and document["metadata"]["name"] == "ms-orders":
            document["kind"] = "DaemonSet"

    assert messages_of(chart, *RULES) == []


def test_a_budget_for_pods_that_cannot_be_counted_is_not_checked() -> None:
    assert messages_of(budgeted(minAvailable="100%", selector={}), *RULES) == []
