from typing import Any

import pytest

from kubestock.errors import ConfigurationError
from kubestock.monitoring.product import MonitoredProduct, MonitoredService
from kubestock.monitoring.programs import DatabaseMetrics, ProgramMetrics
from kubestock.monitoring.thresholds import Objective

ORDERS = MonitoredService(name="orders", port=8080)


def product(**wrong: Any) -> MonitoredProduct:
    given: dict[str, Any] = {"name": "shop", "namespace": "shop", "gateway": "kong", "services": (ORDERS,)}
    return MonitoredProduct(**{**given, **wrong})


def test_a_service_has_its_name_in_kongs_metrics() -> None:
    made = product(services=(ORDERS, MonitoredService(name="web", port=8081)))

    assert made.served == 'namespace="shop",service=~"orders.8080|web.8081"'


def test_the_error_budget_is_the_rest_of_the_objective() -> None:
    objective = Objective(availability=99.9, fast=95)

    assert objective.may_fail == 0.001
    assert objective.quantile == "p95"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"services": ()}, "services must have at least one service, and their names must be unique"),
        ({"services": (ORDERS, ORDERS)}, "services must have at least one service, and their names must be unique"),
        ({"gateway": "orders"}, "services must not contain the gateway 'orders'; it has its own alerts"),
        ({"namespace": "shop.prod"}, "namespace must be made of"),
        ({"name": "Shop"}, "name must be made of"),
        ({"database_connections": 100}, "database_connections must be left out, because no service has a database"),
        ({"renewals": ("Ecr",)}, "each of renewals must be made of"),
        ({"renewals": ("ecr", "ecr")}, "each renewal must be unique, got 'ecr'"),
        ({"database_connections": 0}, "database_connections must be at least 1, got 0"),
    ],
)
def test_refuses_an_invalid_product(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        product(**wrong)


@pytest.mark.parametrize("name", ["MS_orders", "$__all", ""])
def test_refuses_a_service_with_an_invalid_name(name: str) -> None:
    with pytest.raises(ConfigurationError, match="name must be made of"):
        MonitoredService(name=name, port=8080)


@pytest.mark.parametrize("percent", [100, 100.1, 94.9, 90, 0, -1, 0.999])
@pytest.mark.parametrize("what", ["availability", "fast"])
def test_refuses_an_objective_without_a_budget_or_below_the_least(what: str, percent: float) -> None:
    with pytest.raises(ConfigurationError, match=f"{what} must be a percentage from 95 to below 100, got"):
        Objective(**{what: float(percent)})  # type: ignore[arg-type]  # one of the two percentages


def test_refuses_metrics_of_a_service_that_nothing_scrapes() -> None:
    metrics = ProgramMetrics(database=DatabaseMetrics(connections_in_use="a", connections_limit="b"))
    with pytest.raises(ConfigurationError, match="exports of 'orders' must be left out, because nothing scrapes it"):
        MonitoredService(name="orders", port=8080, exports=metrics, scraped=False)
