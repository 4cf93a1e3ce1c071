import re
from typing import Any

import pytest
from watched import ALERTS, GROUPS, ORDERS, PRODUCT, STOCK, WEB

from kubestock.errors import ConfigurationError
from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.alerts import every_group
from kubestock.monitoring.metrics import METRICS, metric_names
from kubestock.monitoring.product import MonitoredProduct, MonitoredService
from kubestock.monitoring.thresholds import Objective, Thresholds

FINE: dict[str, Any] = {
    "name": "TargetDown",
    "expression": "up == 0",
    "severity": "warning",
    "summary": "it is down",
    "description": "Look at it.",
    "runbook": "TargetDown.md",
}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "target down", "must be in CamelCase"),
        ("expression", "up ==", "must be valid PromQL"),
        ("expression", "upp == 0", "reads upp, which no known program"),
        ("expression", "up[5m]", "must return an instant vector, such as up == 0, got a range"),
        ("expression", "max_over_time(up[5m])[1h:5m]", "got a range"),
        ("expression", "('up')", "got a string"),
        ("expression", "-5", "got a number"),
        ("expression", "time() - 5", "got a number"),
        ("for_", "5 minutes", "must be a duration such as 30s"),
        ("for_", "5", "must be a duration such as 30s"),
        ("for_", "1.5h", "must be a duration such as 30s"),
        ("for_", "30s5m", "must be a duration such as 30s"),
        ("for_", "", "must be a duration such as 30s"),
        ("for_", "0s", "must be a duration such as 30s"),
        ("severity", "page", "must be 'critical' or 'warning' or 'info'"),
        ("summary", " ", "summary of TargetDown must not be empty"),
        ("description", "", "description of TargetDown must not be empty"),
        ("runbook", "", "runbook of TargetDown must be a page"),
        ("runbook", "none", "runbook of TargetDown must be a page"),
        ("runbook", None, "an engineer who is paged needs a runbook"),
        ("runbook", "../TargetDown.md", "runbook of TargetDown must be a page"),
        ("runbook", "a/../../TargetDown.md", "runbook of TargetDown must be a page"),
        ("runbook", "/TargetDown.md", "runbook of TargetDown must be a page"),
        ("runbook", "https://example.com/TargetDown.md", "runbook of TargetDown must be a page"),
        ("namespace", "Shop", "namespace must be made of"),
        ("summary", "{{ $labels.pod", "summary of TargetDown must close each {{ with }}"),
        ("summary", "$labels.pod }}", "summary of TargetDown must close each {{ with }}"),
        ("summary", "{{ $label.pod }}", r"got \$label in"),
        ("description", "{{ $value | humanise }}", "got humanise in"),
        ("description", "{{ }}", "must have an expression between"),
    ],
)
def test_refuses_an_invalid_alert(field: str, value: str, message: str) -> None:
    assert Alert(**FINE).runbook == "TargetDown.md"
    with pytest.raises(ConfigurationError, match=message):
        Alert(**{**FINE, field: value})


def test_refuses_an_empty_group_or_duplicate_alerts() -> None:
    with pytest.raises(ConfigurationError, match="must be unique"):
        AlertGroup(name="targets", alerts=(Alert(**FINE), Alert(**FINE)))
    with pytest.raises(ConfigurationError, match="must not be empty"):
        AlertGroup(name="targets", alerts=())
    with pytest.raises(ConfigurationError, match="name of a group of alerts must not be empty"):
        AlertGroup(name=" ", alerts=(Alert(**FINE),))


def test_accepts_texts_that_prometheus_can_render() -> None:
    texts = '{{ $labels.pod }} uses {{ $value | humanize }} %, {{ printf "%.2f" $value }} of {{ .Labels.node -}}'
    alert = Alert(**{**FINE, "summary": texts, "runbook": "targets/target-down.md", "for_": "1h30m"})

    assert alert.summary == texts


@pytest.mark.parametrize(
    "expression", ["up == 0", "(up)", "-up", "vector(time()) > 5", "1 - up > bool 0", "absent(up)"]
)
def test_accepts_expressions_that_return_a_vector(expression: str) -> None:
    assert Alert(**{**FINE, "expression": expression}).expression == expression


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("availability", 100.0, "from 95 to below 100, got 100; 100 leaves no error budget"),
        ("availability", 90.0, "got 90; .* below 95 no outage could burn it quickly enough"),
        ("fast", 100, "from 95 to below 100"),
        ("latency_ms", 500, "must be one of 25, 50, 80, 100, 250, 400, 700, 1000"),
    ],
)
def test_refuses_an_objective_that_cannot_be_met_or_measured(field: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Objective(**{field: value})


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("throttled_percent", 101, "throttled_percent must be from 0.01 to 100, got 101"),
        ("cpu_percent", 100, "cpu_percent must be from 0.01 to 99, got 100"),
        ("memory_percent", 100, "memory_percent must be from 0.01 to 99, got 100"),
        ("memory_percent", 0, "memory_percent must be from 0.01 to 99, got 0"),
        ("node_memory_percent", 100, "node_memory_percent must be from 0.01 to 99, got 100"),
        ("disk_free_percent", 60, "disk_free_percent must be from 0.01 to 50, got 60"),
        ("slow_request_ms", 60_000, "slow_request_ms must be from 1 to 30000, got 60000"),
        ("upstream_latency_ms", 60_000, "upstream_latency_ms must be from 1 to 30000, got 60000"),
        ("outage_requests", 0, "outage_requests must be from 1 to"),
        ("restarts", 0, "restarts must be from 1 to 50, got 0"),
        ("restarts", 1000, "restarts must be from 1 to 50, got 1000"),
        ("certificate_days", 400, "certificate_days must be from 1 to 365"),
        ("gateway_latency_ms", 5000, "gateway_latency_ms must be from 1 to 1000"),
        ("restarts", 1.5, "restarts must be int"),
    ],
)
def test_refuses_a_threshold_outside_its_range(field: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Thresholds(**{field: value})


def test_every_threshold_and_objective_changes_an_expression() -> None:
    usual = str(every_group(PRODUCT, Objective(), Thresholds()))

    for name in Thresholds.__dataclass_fields__:
        changed = Thresholds(**{name: getattr(Thresholds(), name) + 7})
        assert str(every_group(PRODUCT, Objective(), changed)) != usual, name
    for objective in (Objective(availability=99.5), Objective(fast=95), Objective(latency_ms=400)):
        assert str(every_group(PRODUCT, objective, Thresholds())) != usual


def test_a_threshold_of_100_percent_can_be_reached() -> None:
    whole = Thresholds(throttled_percent=100, quota_percent=100, pool_percent=100, outage_percent=100)
    found = {each.name: each.expression for group in every_group(PRODUCT, Objective(), whole) for each in group.alerts}

    for name in ("PodCpuThrottled", "QuotaNearlyFull", "DatabasePoolNearlyFull"):
        assert ">= 100" in found[name], name
    assert ">= 1 and" in found["ServiceErrorsFast"]


def test_an_outage_burns_faster_than_the_alert_of_the_least_objective() -> None:
    least = Objective(availability=95, fast=95)
    found = {each.name: each.expression for group in every_group(PRODUCT, least, Thresholds()) for each in group.alerts}

    for name in ("ServiceErrorsFast", "ServiceLatencyFast"):
        limits = [float(each) for each in re.findall(r"[^=]> ([.0-9]+)", found[name])]
        assert limits
        assert max(limits) < 1


def test_alerts_on_the_product_read_only_its_namespace_and_have_it_as_a_label() -> None:
    nodes = {name for name in ALERTS if name.startswith("Node")}

    for name, alert in ALERTS.items():
        assert (alert.namespace == "shop") is (name not in nodes), name
        assert ('namespace="shop"' in alert.expression) is (name not in nodes | {"CertificateRotationDue"}), name


def test_an_alert_summed_over_a_namespace_names_it_in_its_summary() -> None:
    for name in ("GatewayDown", "SealedSecretNotSynced", "CertificateExpires", "CertificateRotationDue"):
        assert " shop" in ALERTS[name].summary, name
    assert " shop" in ALERTS["SealedSecretsDoNotOpen"].summary


def test_every_metric_has_an_exporter() -> None:
    for alert in ALERTS.values():
        assert metric_names(alert.expression) <= METRICS.keys() | PRODUCT.program_metrics, alert.name


def test_no_alert_on_databases_without_a_database() -> None:
    without = MonitoredProduct(name="shop", namespace="shop", gateway="kong", services=(WEB,))
    groups = every_group(without, Objective(), Thresholds())

    assert "database" in [each.name for each in GROUPS]
    assert "database" not in [each.name for each in groups]


def test_no_alert_on_metrics_that_programs_do_not_export() -> None:
    plain = MonitoredProduct(
        name="shop", namespace="shop", gateway="kong", services=(STOCK, MonitoredService(name="w", port=1))
    )
    names = [group.name for group in every_group(plain, Objective(), Thresholds())]

    assert "database" in names
    assert "programs" not in names


def test_only_services_with_a_database_are_in_its_alerts() -> None:
    for name in ("DatabasePoolNearlyFull", "DatabaseMetricsMissing"):
        assert 'container=~"orders"' in ALERTS[name].expression
        assert 'container=~"stock"' in ALERTS[name].expression
        assert "web" not in ALERTS[name].expression


def test_only_queries_that_a_program_measures_have_an_alert() -> None:
    silent = MonitoredProduct(name="shop", namespace="shop", gateway="kong", services=(ORDERS, WEB))
    found = {each.name for group in every_group(silent, Objective(), Thresholds()) for each in group.alerts}

    assert "DatabasePoolNearlyFull" in found
    assert "DatabaseQueriesSlow" not in found
    assert 'container=~"stock"' in ALERTS["DatabaseQueriesSlow"].expression
    assert "orders" not in ALERTS["DatabaseQueriesSlow"].expression


def test_all_connections_have_an_alert_if_the_limit_of_the_instance_is_known() -> None:
    unknown = MonitoredProduct(name="shop", namespace="shop", gateway="kong", services=(ORDERS, STOCK, WEB))
    found = {each.name for group in every_group(unknown, Objective(), Thresholds()) for each in group.alerts}

    assert ALERTS.keys() - found >= {"DatabaseConnectionsNearlyFull"}
    assert ALERTS["DatabaseConnectionsNearlyFull"].expression.endswith(" / 200 >= 90")


def test_one_service_with_its_own_database_has_no_alert_on_several_services() -> None:
    alone = MonitoredProduct(name="shop", namespace="shop", gateway="kong", services=(ORDERS, WEB))
    found = {each.name: each for group in every_group(alone, Objective(), Thresholds()) for each in group.alerts}

    assert {"DatabaseUnavailable", "DatabaseConnectionsLost"} <= ALERTS.keys() - found.keys()
    assert "unless" in ALERTS["PodRestarts"].expression
    assert "unless" not in found["PodRestarts"].expression


def test_only_scraped_services_have_an_alert_on_a_missing_target() -> None:
    unscraped = MonitoredService(name="web", port=8081, scraped=False)
    some = MonitoredProduct(name="shop", namespace="shop", gateway="kong", services=(ORDERS, unscraped))
    none = MonitoredProduct(name="shop", namespace="shop", gateway="kong", services=(unscraped,))
    found = {each.name: each for group in every_group(some, Objective(), Thresholds()) for each in group.alerts}

    assert 'job="shop/orders"' in found["ScrapeTargetMissing"].expression
    assert "shop/web" not in found["ScrapeTargetMissing"].expression
    assert "ScrapeTargetMissing" not in str(every_group(none, Objective(), Thresholds()))


def test_refuses_a_product_without_services_or_with_duplicates() -> None:
    for services in ((), (ORDERS, MonitoredService(name="orders", port=1))):
        with pytest.raises(ConfigurationError, match="must be unique"):
            MonitoredProduct(name="shop", namespace="shop", gateway="kong", services=services)
