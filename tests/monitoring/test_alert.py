import re
from typing import Any

import pytest
from watched import ALERTS, GROUPS, ORDERS, PRODUCT, STOCK, WEB

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
    "runbook": "TargetDown.md",
}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "target down", "must be in CamelCase"),
        ("expression", "up ==", "must be PromQL"),
        ("expression", "upp == 0", "reads upp, which no program"),
        ("expression", "up[5m]", "must give an instant vector, such as up == 0, got a range"),
        ("expression", "max_over_time(up[5m])[1h:5m]", "got a range"),
        ("expression", "('up')", "got a text"),
        ("expression", "-5", "got a number"),
        ("expression", "time() - 5", "got a number"),
        ("lasting", "5 minutes", "must be a duration such as 30s"),
        ("lasting", "5", "must be a duration such as 30s"),
        ("lasting", "1.5h", "must be a duration such as 30s"),
        ("lasting", "30s5m", "must be a duration such as 30s"),
        ("lasting", "", "must be a duration such as 30s"),
        ("lasting", "0s", "must be a duration such as 30s"),
        ("severity", "page", "must be 'critical' or 'warning' or 'info'"),
        ("summary", " ", "summary of TargetDown must tell"),
        ("description", "", "description of TargetDown must tell"),
        ("runbook", "", "runbook of TargetDown must be a page"),
        ("runbook", "none", "runbook of TargetDown must be a page"),
        ("runbook", None, "an alert without a runbook wakes somebody"),
        ("runbook", "../TargetDown.md", "runbook of TargetDown must be a page"),
        ("runbook", "a/../../TargetDown.md", "runbook of TargetDown must be a page"),
        ("runbook", "/TargetDown.md", "runbook of TargetDown must be a page"),
        ("runbook", "https://example.com/TargetDown.md", "runbook of TargetDown must be a page"),
        ("namespace", "Shop", "namespace must be made of"),
        ("summary", "{{ $labels.pod", "summary of TargetDown must close each {{ with }}"),
        ("summary", "$labels.pod }}", "summary of TargetDown must close each {{ with }}"),
        ("summary", "{{ $label.pod }}", r"got \$label in"),
        ("description", "{{ $value | humanise }}", "got humanise in"),
        ("description", "{{ }}", "must say something between"),
    ],
)
def test_refuses_an_alert_that_would_not_help(field: str, value: str, message: str) -> None:
    assert Alert(**FINE).runbook == "TargetDown.md"
    with pytest.raises(ConfigurationError, match=message):
        Alert(**{**FINE, field: value})


def test_refuses_a_group_with_one_alert_twice_or_none() -> None:
    with pytest.raises(ConfigurationError, match="each one once"):
        AlertGroup(name="targets", alerts=(Alert(**FINE), Alert(**FINE)))
    with pytest.raises(ConfigurationError, match="must be there"):
        AlertGroup(name="targets", alerts=())
    with pytest.raises(ConfigurationError, match="name of a group of alerts must not be empty"):
        AlertGroup(name=" ", alerts=(Alert(**FINE),))


def test_takes_the_texts_and_pages_that_prometheus_can_fill_in() -> None:
    texts = '{{ $labels.pod }} uses {{ $value | humanize }} %, {{ printf "%.2f" $value }} of {{ .Labels.node -}}'
    alert = Alert(**{**FINE, "summary": texts, "runbook": "targets/target-down.md", "lasting": "1h30m"})

    assert alert.summary == texts


@pytest.mark.parametrize(
    "expression", ["up == 0", "(up)", "-up", "vector(time()) > 5", "1 - up > bool 0", "absent(up)"]
)
def test_takes_expressions_that_give_a_vector(expression: str) -> None:
    assert Alert(**{**FINE, "expression": expression}).expression == expression


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("availability", 100.0, "from 95 to below 100, got 100; 100 leaves no errors to budget"),
        ("availability", 90.0, "got 90; .* below 95 no outage could burn it quickly enough"),
        ("fast", 100, "from 95 to below 100"),
        ("latency_ms", 500, "must be one of 25, 50, 80, 100, 250, 400, 700, 1000"),
    ],
)
def test_refuses_a_promise_that_cannot_be_kept_or_measured(field: str, value: Any, message: str) -> None:
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


def test_all_of_a_thing_reaches_a_threshold_of_all() -> None:
    whole = Thresholds(throttled_percent=100, quota_percent=100, pool_percent=100, outage_percent=100)
    found = {each.name: each.expression for group in every_group(PRODUCT, Objective(), whole) for each in group.alerts}

    for name in ("PodCpuThrottled", "QuotaNearlyFull", "DatabasePoolNearlyFull"):
        assert ">= 100" in found[name], name
    assert ">= 1 and" in found["ServiceErrorsFast"]


def test_an_outage_burns_quicker_than_the_least_objective_alerts() -> None:
    least = Objective(availability=95, fast=95)
    found = {each.name: each.expression for group in every_group(PRODUCT, least, Thresholds()) for each in group.alerts}

    for name in ("ServiceErrorsFast", "ServiceLatencyFast"):
        limits = [float(each) for each in re.findall(r"[^=]> ([.0-9]+)", found[name])]
        assert limits
        assert max(limits) < 1


def test_alerts_on_the_product_look_at_its_namespace_alone_and_say_which_it_is() -> None:
    nodes = {name for name in ALERTS if name.startswith("Node")}

    for name, alert in ALERTS.items():
        assert (alert.namespace == "shop") is (name not in nodes), name
        assert ('namespace="shop"' in alert.expression) is (name not in nodes | {"CertificateRotationDue"}), name


def test_what_is_summed_over_a_namespace_names_it_in_its_summary() -> None:
    for name in ("GatewayDown", "SealedSecretNotSynced", "CertificateExpires", "CertificateRotationDue"):
        assert " shop" in ALERTS[name].summary, name
    assert " shop" in ALERTS["SealedSecretsDoNotOpen"].summary


def test_every_metric_that_is_read_has_its_exporter() -> None:
    for alert in ALERTS.values():
        assert metric_names(alert.expression) <= METRICS.keys() | PRODUCT.own_metrics, alert.name


def test_nothing_is_emitted_on_databases_without_one() -> None:
    without = Product(name="shop", namespace="shop", gateway="kong", services=(WEB,))
    groups = every_group(without, Objective(), Thresholds())

    assert "database" in [each.name for each in GROUPS]
    assert "database" not in [each.name for each in groups]


def test_nothing_is_emitted_on_what_programs_do_not_export() -> None:
    plain = Product(name="shop", namespace="shop", gateway="kong", services=(STOCK, WatchedService(name="w", port=1)))
    names = [group.name for group in every_group(plain, Objective(), Thresholds())]

    assert "database" in names
    assert "programs" not in names


def test_only_the_services_with_a_database_are_asked_for_it() -> None:
    for name in ("DatabasePoolNearlyFull", "DatabaseMetricsMissing"):
        assert 'container=~"orders"' in ALERTS[name].expression
        assert 'container=~"stock"' in ALERTS[name].expression
        assert "web" not in ALERTS[name].expression


def test_queries_are_watched_where_a_program_measures_them_and_nowhere_else() -> None:
    silent = Product(name="shop", namespace="shop", gateway="kong", services=(ORDERS, WEB))
    found = {each.name for group in every_group(silent, Objective(), Thresholds()) for each in group.alerts}

    assert "DatabasePoolNearlyFull" in found
    assert "DatabaseQueriesSlow" not in found
    assert 'container=~"stock"' in ALERTS["DatabaseQueriesSlow"].expression
    assert "orders" not in ALERTS["DatabaseQueriesSlow"].expression


def test_all_connections_are_watched_where_it_is_known_how_many_the_instance_accepts() -> None:
    unknown = Product(name="shop", namespace="shop", gateway="kong", services=(ORDERS, STOCK, WEB))
    found = {each.name for group in every_group(unknown, Objective(), Thresholds()) for each in group.alerts}

    assert ALERTS.keys() - found >= {"DatabaseConnectionsNearlyFull"}
    assert ALERTS["DatabaseConnectionsNearlyFull"].expression.endswith(" / 200 >= 90")


def test_what_ends_one_service_alone_is_no_fault_of_the_database_that_it_has_for_itself() -> None:
    alone = Product(name="shop", namespace="shop", gateway="kong", services=(ORDERS, WEB))
    found = {each.name: each for group in every_group(alone, Objective(), Thresholds()) for each in group.alerts}

    assert {"DatabaseUnavailable", "DatabaseConnectionsLost"} <= ALERTS.keys() - found.keys()
    assert "unless" in ALERTS["PodRestarts"].expression
    assert "unless" not in found["PodRestarts"].expression


def test_only_the_services_that_are_scraped_are_missed() -> None:
    unscraped = WatchedService(name="web", port=8081, scraped=False)
    some = Product(name="shop", namespace="shop", gateway="kong", services=(ORDERS, unscraped))
    none = Product(name="shop", namespace="shop", gateway="kong", services=(unscraped,))
    found = {each.name: each for group in every_group(some, Objective(), Thresholds()) for each in group.alerts}

    assert 'job="shop/orders"' in found["ScrapeTargetMissing"].expression
    assert "shop/web" not in found["ScrapeTargetMissing"].expression
    assert "ScrapeTargetMissing" not in str(every_group(none, Objective(), Thresholds()))


def test_refuses_a_product_without_services_and_one_with_a_service_twice() -> None:
    for services in ((), (ORDERS, WatchedService(name="orders", port=1))):
        with pytest.raises(ConfigurationError, match="each one once"):
            Product(name="shop", namespace="shop", gateway="kong", services=services)
