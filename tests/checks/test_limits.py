from typing import Any

import pytest
from shop import Manifest, main, messages_of, pod, shop, the

RULES = ("limit-range", "request-above-limit", "outside-limit-range")
CHANGE = "of LimitRange 'limits'; change its resources, or the LimitRange"


def item(chart: list[Manifest]) -> dict[str, Any]:
    found: dict[str, Any] = the(chart, "LimitRange", "limits")["limits"][0]
    return found


@pytest.mark.parametrize(
    ("resources", "violation"),
    [
        ({"requests": {"cpu": "5m"}, "limits": {"cpu": "50m"}}, "requests cpu 5m, below the minimum 10m"),
        ({"limits": {"memory": "2Gi"}}, "limits memory 2Gi, above the maximum 1Gi"),
        (
            {"requests": {"cpu": "10m"}, "limits": {"cpu": "101m"}},
            "has a limit of cpu above 10 times its request, the maxLimitRequestRatio",
        ),
    ],
)
def test_finds_a_container_outside_the_limits(resources: Manifest, violation: str) -> None:
    chart = shop()
    del the(chart, "LimitRange", "limits")["limits"][1]
    main(chart, "ms-orders")["resources"] = resources

    assert f"Deployment/shop/ms-orders: container 'ms-orders' {violation} {CHANGE}" in messages_of(chart, *RULES)


def test_a_container_exactly_at_the_limits_has_no_finding() -> None:
    chart = shop()
    resources = {"requests": {"cpu": "100m", "memory": "16Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
    main(chart, "ms-orders")["resources"] = resources

    assert messages_of(chart, *RULES) == []


def test_finds_a_pod_outside_the_limits() -> None:
    chart = shop()
    main(chart, "ms-orders")["resources"]["limits"]["memory"] = "1Gi"
    pod(chart, "ms-orders")["initContainers"][0]["resources"]["limits"] = {"memory": "1Gi"}
    the(chart, "LimitRange", "limits")["limits"][1]["max"]["memory"] = "1Gi"

    assert messages_of(chart, *RULES) == [
        f"Deployment/shop/ms-orders: the pod limits memory 2Gi, above the maximum 1Gi {CHANGE}"
    ]


def test_finds_a_pod_without_the_resources_that_a_limit_range_requires() -> None:
    chart = shop()
    the(chart, "LimitRange", "limits")["limits"] = [
        {"type": "Pod", "min": {"cpu": "1m"}, "max": {"memory": "2Gi"}, "maxLimitRequestRatio": {"cpu": 2}}
    ]
    messages = [each for each in messages_of(chart, *RULES) if "ms-inventory" in each]

    assert messages == [
        f"Deployment/shop/ms-inventory: the pod {violation} {CHANGE}"
        for violation in (
            "has no cpu in its requests, which is required because of the minimum 1m",
            "has no memory in its limits, which is required because of the maximum 2Gi",
            "must have a request and a limit of cpu because of the maxLimitRequestRatio",
        )
    ]


def test_a_limit_range_in_another_namespace_does_not_apply() -> None:
    chart = shop()
    for document in chart:
        if document["kind"] == "LimitRange":
            document["metadata"]["namespace"] = "staging"
    main(chart, "ms-orders")["resources"]["limits"]["memory"] = "9Gi"

    assert messages_of(chart, *RULES) == []


def test_finds_a_request_above_the_limit() -> None:
    chart = shop()
    main(chart, "ms-orders")["resources"]["requests"]["cpu"] = "250m"

    assert messages_of(chart, *RULES) == [
        "Deployment/shop/ms-orders: container 'ms-orders' requests cpu 250m, above its limit 200m; raise the "
        "limit, or lower the request"
    ]


def test_finds_a_request_above_the_default_limit() -> None:
    chart = shop()
    main(chart, "ms-inventory")["resources"] = {"requests": {"memory": "256Mi"}}

    assert messages_of(chart, *RULES) == [
        "Deployment/shop/ms-inventory: container 'ms-inventory' requests memory 256Mi, above the default "
        "limit 128Mi of LimitRange limits; set a limit, lower the request, or change the LimitRange"
    ]


@pytest.mark.parametrize(
    ("field", "amount", "message"),
    [
        ("min", "60m", "min cpu 60m is above defaultRequest 50m; lower the first amount"),
        ("defaultRequest", "210m", "defaultRequest cpu 210m is above default 200m; lower the first amount"),
        ("default", "2", "default cpu 2 is above max 1; lower the first amount"),
    ],
)
def test_finds_a_limit_range_that_contradicts_itself(field: str, amount: str, message: str) -> None:
    chart = shop()
    item(chart)[field]["cpu"] = amount

    assert f"LimitRange/shop/limits: {message}" in messages_of(chart, *RULES)


@pytest.mark.parametrize("resources", [{"requests": {"cpu": "1"}}, {"requests": {"cpu": 0}, "limits": {"cpu": 1}}])
def test_finds_a_container_without_request_or_limit_under_a_ratio(resources: Manifest) -> None:
    chart = shop()
    main(chart, "ms-inventory")["resources"] = resources
    the(chart, "LimitRange", "limits")["limits"] = [{"type": "Container", "maxLimitRequestRatio": {"cpu": 2}}]
    (message,) = [each for each in messages_of(chart, *RULES) if "ms-inventory" in each]

    assert "must have a request and a limit of cpu because of the maxLimitRequestRatio" in message


def test_all_bounds_of_a_limit_range_may_be_equal() -> None:
    chart = shop()
    item(chart).update({name: {"cpu": "200m"} for name in ("min", "defaultRequest", "default", "max")})

    assert not [each for each in messages_of(chart, *RULES) if each.startswith("LimitRange")]
