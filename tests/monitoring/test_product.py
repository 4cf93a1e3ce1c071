from typing import Any

import pytest

from kubestock.errors import ConfigurationError
from kubestock.monitoring.product import DatabaseMetrics, Product, WatchedService
from kubestock.monitoring.thresholds import Objective

ORDERS = WatchedService(name="orders", port=8080)


def product(**wrong: Any) -> Product:
    given: dict[str, Any] = {"name": "shop", "namespace": "shop", "gateway": "kong", "services": (ORDERS,)}
    return Product(**{**given, **wrong})


def test_a_service_is_called_in_kongs_metrics_as_kong_calls_it() -> None:
    made = product(services=(ORDERS, WatchedService(name="web", port=8081)))

    assert made.served == 'namespace="shop",service=~"orders.8080|web.8081"'


def test_what_may_fail_is_what_the_objective_leaves() -> None:
    objective = Objective(availability=99.9, fast=95)

    assert objective.may_fail == 0.001
    assert objective.quantile == "p95"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"services": ()}, "services must name those behind the gateway, each one once"),
        ({"services": (ORDERS, ORDERS)}, "services must name those behind the gateway, each one once"),
        ({"gateway": "orders"}, "services must not name the gateway 'orders': it is watched by itself"),
        ({"namespace": "shop.prod"}, "namespace must be made of"),
        ({"name": "Shop"}, "name must be made of"),
    ],
)
def test_refuses_a_product_that_cannot_be_watched(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        product(**wrong)


@pytest.mark.parametrize("name", ["MS_orders", "$__all", ""])
def test_refuses_a_service_that_no_workload_could_be_called(name: str) -> None:
    with pytest.raises(ConfigurationError, match="name must be made of"):
        WatchedService(name=name, port=8080)


@pytest.mark.parametrize("percent", [100, 100.1, 94.9, 90, 0, -1, 0.999, float("nan"), float("inf")])
@pytest.mark.parametrize("what", ["availability", "fast"])
def test_refuses_an_objective_that_leaves_no_budget_or_promises_nothing(what: str, percent: float) -> None:
    with pytest.raises(ConfigurationError, match=f"{what} must be a percentage from 95 to below 100, got"):
        Objective(**{what: float(percent)})  # type: ignore[arg-type]  # one of the two percentages


@pytest.mark.parametrize(
    ("field", "name", "message"),
    [
        ("connections_in_use", "db-pool", "connections_in_use must be the name of a metric .*, got 'db-pool'"),
        ("connections_limit", "", "connections_limit must be the name of a metric"),
        ("connections_limit", "1st", "connections_limit must be the name of a metric"),
        ("query_seconds", 'q{job="a"}', "query_seconds must be the name of a metric"),
        ("query_seconds", "query_seconds_bucket", "the histogram's name, without _bucket, _sum and _count"),
        ("query_seconds", "query_seconds_count", "the histogram's name, without _bucket, _sum and _count"),
    ],
)
def test_refuses_what_no_database_driver_can_export(field: str, name: str, message: str) -> None:
    given = {"connections_in_use": "db_in_use", "connections_limit": "db_limit", "query_seconds": "db_query_seconds"}
    with pytest.raises(ConfigurationError, match=message):
        DatabaseMetrics(**{**given, field: name})


def test_refuses_a_database_of_a_service_that_nothing_scrapes() -> None:
    metrics = DatabaseMetrics(connections_in_use="a", connections_limit="b", query_seconds="c")
    with pytest.raises(ConfigurationError, match="database of 'orders' must be left out where nothing scrapes it"):
        WatchedService(name="orders", port=8080, database=metrics, scraped=False)
