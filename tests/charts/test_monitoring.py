import json
from dataclasses import replace

import cdk8s
import pytest
import support
from support import Manifest, pick

from kubestock import ProductionChart
from kubestock.production import PRODUCTION

SERVICES = ["ms-product", "ms-inventory", "ms-supplier", "ms-order-management", "ms-identity", "frontend"]


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
    settings = replace(PRODUCTION, monitoring=replace(PRODUCTION.monitoring, dashboard=None))
    found: list[Manifest] = ProductionChart(cdk8s.App(), "production", settings=settings).to_json()

    assert not [each for each in found if each["metadata"]["name"] == "kubestock-dashboard"]
