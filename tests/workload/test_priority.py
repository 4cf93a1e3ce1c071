import cdk8s
import pytest
from support import find
from workload.samples import PLATFORM

from kubestock.errors import ConfigurationError
from kubestock.workload.priority import PriorityClass


@pytest.mark.parametrize("value", [-(2**31), 0, 1_000_000_000])
def test_accepts_every_value_that_users_may_choose(chart: cdk8s.Chart, value: int) -> None:
    PriorityClass(chart, "priority", labels=PLATFORM.labels("shop"), value=value, description="the shop")

    assert find(chart, "PriorityClass", "shop")["value"] == value


@pytest.mark.parametrize("value", [-(2**31) - 1, 1_000_000_001])
def test_refuses_a_value_that_kubernetes_reserves_or_cannot_store(chart: cdk8s.Chart, value: int) -> None:
    with pytest.raises(ConfigurationError, match="value must be at"):
        PriorityClass(chart, "priority", labels=PLATFORM.labels("shop"), value=value, description="the shop")


def test_refuses_a_name_that_kubernetes_reserves(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="must not begin with 'system-'"):
        PriorityClass(chart, "priority", labels=PLATFORM.labels("system-shop"), value=1, description="the shop")


def test_a_priority_class_can_have_a_name_of_its_own(chart: cdk8s.Chart) -> None:
    PriorityClass(chart, "p", labels=PLATFORM.labels("shop"), value=1000, description="All pods.", name="business")

    assert find(chart, "PriorityClass", "business")["value"] == 1000
