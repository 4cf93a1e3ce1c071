from typing import Any

import pytest
from product import ALERTS, DATABASE, GROUPS, ORDERS, PRODUCT, WEB

from kubestock.errors import ConfigurationError
from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.alerts import every_group
from kubestock.monitoring.metrics import METRICS, metric_names
from kubestock.monitoring.product import Product, WatchedService
from kubestock.monitoring.thresholds import Objective, Thresholds

FINE: dict[str, Any] = {
    "name": "TargetDown",
    "expression": "up == 0",
    "severity": "warning",
    "summary": "it is down",
    "description": "Look at it.",
}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "target down", "must be in CamelCase"),
        ("expression", "up ==", "must be PromQL"),
        ("expression", "upp == 0", "reads upp, which no program"),
        ("lasting", "5 minutes", "must be a duration such as 30s"),
        ("lasting", "0s", "must be a duration such as 30s"),
        ("severity", "page", "must be 'critical' or 'warning' or 'info'"),
        ("summary", " ", "summary of TargetDown must tell"),
        ("description", "", "description of TargetDown must tell"),
        ("runbook", "", "runbook of TargetDown must be a page"),
        ("runbook", "none", "runbook of TargetDown must be a page"),
    ],
)
def test_refuses_an_alert_that_would_not_help(field: str, value: str, message: str) -> None:
    assert Alert(**FINE).page == "TargetDown.md"
    with pytest.raises(ConfigurationError, match=message):
        Alert(**{**FINE, field: value})


def test_refuses_a_group_with_one_alert_twice_or_none() -> None:
    with pytest.raises(ConfigurationError, match="each one once"):
        AlertGroup(name="targets", alerts=(Alert(**FINE), Alert(**FINE)))
    with pytest.raises(ConfigurationError, match="must be there"):
        AlertGroup(name="targets", alerts=())


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("availability", 100.0, "from 90 to below 100, got 100; 100 leaves no errors to budget"),
        ("availability", 50.0, "from 90 to below 100, got 50"),
        ("fast", 100, "from 90 to below 100"),
        ("latency_ms", 500, "must be one of 25, 50, 80, 100, 250, 400, 700, 1000"),
    ],
)
def test_refuses_a_promise_that_cannot_be_kept_or_measured(field: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Objective(**{field: value})


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("cpu_percent", 101, "cpu_percent must be from 0.01 to 100, got 101"),
        ("memory_percent", 0, "memory_percent must be from 0.01 to 100, got 0"),
        ("restarts", -1, "restarts must be from 0 to 1000"),
        ("certificate_days", 400, "certificate_days must be from 1 to 365"),
        ("gateway_latency_ms", 5000, "gateway_latency_ms must be from 1 to 1000"),
        ("restarts", 1.5, "restarts must be int"),
    ],
)
def test_refuses_a_threshold_out_of_its_range(field: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Thresholds(**{field: value})


def test_every_threshold_and_objective_changes_an_expression() -> None:
    usual = str(every_group(PRODUCT, Objective(), Thresholds()))

    for name in Thresholds.__dataclass_fields__:
        changed = Thresholds(**{name: getattr(Thresholds(), name) + 7})
        assert str(every_group(PRODUCT, Objective(), changed)) != usual, name
    for objective in (Objective(availability=99.5), Objective(fast=95), Objective(latency_ms=400)):
        assert str(every_group(PRODUCT, objective, Thresholds())) != usual


def test_alerts_on_the_product_look_at_its_namespace_alone() -> None:
    clusterwide = {"NodeNotReady", "NodeDiskFills", "NodeMemoryLow", "NodeLoadHigh", "SealedSecretsDoNotOpen"}
    clusterwide |= {"CertificateRotationDue"}

    for name, alert in ALERTS.items():
        assert ('namespace="shop"' in alert.expression) is (name not in clusterwide), name


def test_every_metric_that_is_read_has_its_exporter() -> None:
    for alert in ALERTS.values():
        assert metric_names(alert.expression) <= METRICS.keys() | DATABASE.series, alert.name


def test_nothing_is_emitted_on_databases_without_one() -> None:
    without = Product(name="shop", namespace="shop", gateway="kong", services=(WEB,))
    groups = every_group(without, Objective(), Thresholds())

    assert "database" in [each.name for each in GROUPS]
    assert "database" not in [each.name for each in groups]


def test_only_the_services_with_a_database_are_asked_for_it() -> None:
    for name in ("DatabasePoolNearlyFull", "DatabaseQueriesSlow"):
        assert 'container=~"orders"' in ALERTS[name].expression


def test_refuses_a_product_without_services_and_one_with_a_service_twice() -> None:
    for services in ((), (ORDERS, WatchedService(name="orders", port=1))):
        with pytest.raises(ConfigurationError, match="each one once"):
            Product(name="shop", namespace="shop", gateway="kong", services=services)
