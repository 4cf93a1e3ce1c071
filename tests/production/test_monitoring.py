import json
from dataclasses import replace

import pytest
import support
from support import Manifest, pick

from kubestock import App
from kubestock.errors import ConfigurationError
from kubestock.monitoring import Alert, AlertGroup
from kubestock.production import PRODUCTION, ProductionChart
from kubestock.production.metrics import POOL
from kubestock.production.services import BACKENDS

METRICS = {each.NAME: each.METRICS for each in BACKENDS}
SERVICES = ["ms-product", "ms-inventory", "ms-supplier", "ms-order-management", "ms-identity", "frontend"]
PREFIXES = {
    "ms-product": "product_catalog_service",
    "ms-inventory": "inventory_service",
    "ms-supplier": "supplier_service",
    "ms-order-management": "order_service",
}
POSTGRES = AlertGroup(
    name="postgres",
    alerts=(
        Alert(
            name="PostgresDown",
            expression="pg_up == 0",
            severity="critical",
            summary="PostgreSQL does not answer its exporter",
            description="Look at the instance.",
            runbook="DatabaseUnavailable.md",
            program_metrics=frozenset({"pg_up"}),
        ),
    ),
)


@pytest.fixture(scope="module")
def production() -> list[Manifest]:
    return support.production()


@pytest.fixture
def changed(app: App) -> list[Manifest]:
    """The monitoring of production without a dashboard, with additional alerts and another driver for one service."""
    supplier = METRICS["ms-supplier"]
    assert supplier.database is not None
    hikari = replace(supplier, database=replace(supplier.database, connections_in_use="hikari_active"))
    monitoring = replace(
        PRODUCTION.monitoring,
        dashboard=None,
        extra_alerts=(POSTGRES,),
        metrics={**METRICS, "ms-supplier": hikari},
    )
    settings = replace(PRODUCTION, monitoring=monitoring)
    return support.manifests(ProductionChart(app, "production", settings=settings))


def expressions(production: list[Manifest]) -> dict[str, str]:
    groups = pick(production, "PrometheusRule", "kubestock")["spec"]["groups"]
    return {rule["alert"]: rule["expr"] for group in groups for rule in group["rules"]}


def test_the_dashboard_of_production_has_a_choice_of_its_services(production: list[Manifest]) -> None:
    (text,) = pick(production, "ConfigMap", "kubestock-dashboard")["data"].values()
    (variable,) = [each for each in json.loads(text)["templating"]["list"] if each["name"] == "service"]

    assert variable["query"].split(",") == SERVICES


def test_the_lines_of_the_dashboard_are_at_the_thresholds_of_the_alerts(production: list[Manifest]) -> None:
    (text,) = pick(production, "ConfigMap", "kubestock-dashboard")["data"].values()
    panels = {each["title"]: each for each in json.loads(text)["panels"]}
    rules = json.dumps(pick(production, "PrometheusRule", "kubestock"))

    (line,) = panels["Latency of all services"]["fieldConfig"]["defaults"]["thresholds"]["steps"][1:]
    assert line["value"] == PRODUCTION.monitoring.objective.latency_ms
    assert f'le=~\\"{line["value"]:g}(' in rules


def test_the_settings_can_disable_the_dashboard(changed: list[Manifest]) -> None:
    assert not [each for each in changed if each["metadata"]["name"] == "kubestock-dashboard"]


def test_the_frontend_has_no_metrics_and_no_alert_on_missing_ones(production: list[Manifest]) -> None:
    missing = expressions(production)["ScrapeTargetMissing"]

    assert "frontend" not in missing
    for service in SERVICES[:-1]:
        assert f"kubestock-production/{service}" in missing


def test_each_service_has_the_metrics_of_its_own_driver(changed: list[Manifest]) -> None:
    pool = expressions(changed)["DatabasePoolNearlyFull"]

    assert 'hikari_active{namespace="kubestock-production",container=~"ms-supplier"}' in pool
    assert "supplier_service_" not in pool
    for service, prefix in PREFIXES.items():
        assert service == "ms-supplier" or f"{prefix}_db_connections_active" in pool


def test_additional_alerts_are_emitted_with_the_others(changed: list[Manifest]) -> None:
    found = expressions(changed)

    assert found["PostgresDown"] == "pg_up == 0"
    assert "PodRestarts" in found


def test_the_limit_of_a_pool_is_the_number_of_connections_that_the_programs_open(production: list[Manifest]) -> None:
    pool = expressions(production)["DatabasePoolNearlyFull"]

    assert pool.count(f" / {POOL} >= 90") == len(PREFIXES)


def test_no_alert_reads_a_metric_that_is_declared_and_never_observed(production: list[Manifest]) -> None:
    found = expressions(production)

    assert "DatabaseQueriesSlow" not in found
    assert "db_query_duration" not in json.dumps(found)
    for name in ("DependencyErrors", "DependencySlow"):
        either = found[name].split(" or ")
        assert ["identity_asgardeo_" in each for each in either] == [True, False]
        assert "identity_http_request" in either[1]


def test_a_scrape_keeps_known_paths_and_series_without_a_path(production: list[Manifest]) -> None:
    for service in SERVICES[:-1]:
        (endpoint,) = pick(production, "PodMonitor", service)["spec"]["podMetricsEndpoints"]
        requests = METRICS[service].requests
        assert requests is not None
        (step,) = endpoint["metricRelabelings"]

        assert (step["action"], step["sourceLabels"]) == ("keep", [requests.path])
        assert step["regex"].split("|") == ["", *requests.paths]
    (endpoint,) = pick(production, "PodMonitor", "kong")["spec"]["podMetricsEndpoints"]
    assert "metricRelabelings" not in endpoint


def test_refuses_metrics_of_an_unknown_service(app: App) -> None:
    monitoring = replace(PRODUCTION.monitoring, metrics={"ms-prices": METRICS["ms-product"]})
    ProductionChart(app, "production", settings=replace(PRODUCTION, monitoring=monitoring))

    with pytest.raises(ConfigurationError, match=r"metrics must name services \(.*\), got ms-prices; an"):
        app.synth()
