import json
from dataclasses import replace

import cdk8s
import pytest
import support
from support import Manifest, pick

from kubestock import ProductionChart
from kubestock.charts import MonitoringSettings
from kubestock.errors import ConfigurationError
from kubestock.production import PRODUCTION

SERVICES = ["ms-product", "ms-inventory", "ms-supplier", "ms-order-management", "ms-identity", "frontend"]


def emitted(monitoring: MonitoringSettings) -> list[Manifest]:
    settings = replace(PRODUCTION, monitoring=monitoring)
    found: list[Manifest] = ProductionChart(cdk8s.App(), "production", settings=settings).to_json()
    return found


@pytest.fixture(scope="module")
def production() -> list[Manifest]:
    return support.production()


def test_the_dashboard_of_production_chooses_among_its_services(production: list[Manifest]) -> None:
    (text,) = pick(production, "ConfigMap", "kubestock-dashboard")["data"].values()
    (variable,) = [each for each in json.loads(text)["templating"]["list"] if each["name"] == "service"]

    assert variable["query"].split(",") == SERVICES


def test_the_dashboard_draws_its_lines_where_the_alerts_begin_to_count(production: list[Manifest]) -> None:
    (text,) = pick(production, "ConfigMap", "kubestock-dashboard")["data"].values()
    panels = {each["title"]: each for each in json.loads(text)["panels"]}
    rules = json.dumps(pick(production, "PrometheusRule", "kubestock"))

    (line,) = panels["Latency of all services"]["fieldConfig"]["defaults"]["thresholds"]["steps"][1:]
    assert line["value"] == PRODUCTION.monitoring.objective.latency_ms
    assert f'le=~\\"{line["value"]:g}(' in rules


def test_without_a_dashboard_there_is_none() -> None:
    found = emitted(replace(PRODUCTION.monitoring, dashboard=None))

    assert not [each for each in found if each["metadata"]["name"] == "kubestock-dashboard"]


def test_the_frontend_has_no_metrics_and_is_not_missed(production: list[Manifest]) -> None:
    groups = pick(production, "PrometheusRule", "kubestock")["spec"]["groups"]
    (missing,) = [rule for each in groups for rule in each["rules"] if rule["alert"] == "ScrapeTargetMissing"]

    assert "frontend" not in missing["expr"]
    for service in SERVICES[:-1]:
        assert f"kubestock-production/{service}" in missing["expr"]


def test_each_service_has_the_metrics_of_its_own_driver() -> None:
    databases = {**PRODUCTION.monitoring.databases}
    databases["ms-supplier"] = replace(databases["ms-supplier"], connections_in_use="hikari_active")
    groups = pick(emitted(replace(PRODUCTION.monitoring, databases=databases)), "PrometheusRule", "kubestock")["spec"]
    (pool,) = [rule for each in groups["groups"] for rule in each["rules"] if rule["alert"] == "DatabasePoolNearlyFull"]

    assert 'hikari_active{namespace="kubestock-production",container=~"ms-supplier"}' in pool["expr"]
    assert 'container=~"ms-product|ms-inventory|ms-order-management"' in pool["expr"]


def test_refuses_metrics_of_a_database_that_no_service_has() -> None:
    wrong = {"ms-orders": PRODUCTION.monitoring.databases["ms-product"]}
    with pytest.raises(ConfigurationError, match=r"databases must name services .*, got ms-orders"):
        emitted(replace(PRODUCTION.monitoring, databases=wrong))
