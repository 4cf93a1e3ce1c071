from typing import Any

import cdk8s
import pytest
from kong_gateways import smallest as smallest_gateway
from schemas import validate
from support import as_yaml, find, manifests
from syrupy.assertion import SnapshotAssertion
from watched import GROUPS
from workload.samples import container

from kubestock.errors import ConfigurationError
from kubestock.kube.peers import Pods
from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.relabeling import KeepValues
from kubestock.monitoring.rules import PrometheusRules
from kubestock.monitoring.scraping import PodMonitor, Scrape, ServiceMonitor
from kubestock.values.labels import Labels
from kubestock.workload.microservice import Microservice
from kubestock.workload.platform import Platform
from kubestock.workload.ports import Port
from kubestock.workload.service import Service

LABELS = Labels(name="shop", part_of="shop", environment="production", component="monitoring")
SCRAPER = Pods(namespace="monitoring")
RUNBOOKS = "https://example.com/runbooks"
DOWN = Alert(
    name="TargetDown",
    expression="up == 0",
    severity="warning",
    summary="down",
    description="Look at it.",
    runbook="TargetDown.md",
)


def watched(chart: cdk8s.Chart, *ports: Port, scraper: Pods | None = SCRAPER) -> Microservice:
    platform = Platform(part_of="shop", environment="production", scraper=scraper)
    given = ports or (Port(8080, metrics_path="/metrics"),)
    return Microservice(chart, "orders", name="orders", platform=platform, container=container(ports=given))


def rules(chart: cdk8s.Chart, **arguments: Any) -> PrometheusRules:
    given = {"name": "shop", "groups": [AlertGroup(name="targets", alerts=(DOWN,))], "runbooks": RUNBOOKS}
    return PrometheusRules(chart, "rules", labels=LABELS, **{**given, **arguments})


def test_a_monitor_names_the_port_and_path_of_the_metrics(chart: cdk8s.Chart) -> None:
    made = watched(chart, Port(8080), Port(9090, name="metrics", metrics_path="/internal/metrics"))
    PodMonitor(chart, "monitor", workload=made)
    spec = find(chart, "PodMonitor", made.name)["spec"]

    assert [(each["port"], each["path"]) for each in spec["podMetricsEndpoints"]] == [("metrics", "/internal/metrics")]
    assert spec["selector"]["matchLabels"] == dict(made.labels.selector)
    assert spec["namespaceSelector"] == {"matchNames": [made.namespace]}
    assert spec["sampleLimit"] == 5000


def test_a_service_monitor_selects_the_service_of_the_workload(chart: cdk8s.Chart) -> None:
    made = watched(chart, Port(8080), Port(9090, name="metrics", metrics_path="/internal/metrics"))
    ServiceMonitor(chart, "monitor", workload=made, labels={"release": "prometheus"})
    monitor = find(chart, "ServiceMonitor", made.name)
    service = find(chart, "Service", made.name)

    assert monitor["spec"]["endpoints"] == [
        {"port": "metrics", "path": "/internal/metrics", "interval": "30s", "scrapeTimeout": "10s"}
    ]
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert "metrics" in {each["name"] for each in service["spec"]["ports"]}
    assert monitor["metadata"]["labels"]["release"] == "prometheus"


def test_refuses_a_service_monitor_that_would_scrape_pods_twice(chart: cdk8s.Chart) -> None:
    services = (Service(), Service(name="orders-pods", headless=True))
    platform = Platform(part_of="shop", environment="production", scraper=SCRAPER)
    main = container(ports=(Port(8080, metrics_path="/metrics"),))
    made = Microservice(chart, "orders", name="orders", platform=platform, container=main, services=services)

    with pytest.raises(ConfigurationError, match="port 'http' of 'orders' must belong to one Service"):
        ServiceMonitor(chart, "monitor", workload=made)


def test_refuses_a_service_monitor_without_metrics(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="must have a port with metrics"):
        ServiceMonitor(chart, "monitor", workload=watched(chart, Port(8080)))


def test_the_gateway_is_scraped_only_on_its_status_port(chart: cdk8s.Chart) -> None:
    PodMonitor(chart, "monitor", workload=smallest_gateway(chart).workload)

    (endpoint,) = find(chart, "PodMonitor", "kong")["spec"]["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("status", "/metrics")


def test_refuses_a_workload_without_metrics(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="must have a port with metrics"):
        PodMonitor(chart, "monitor", workload=watched(chart, Port(8080)))


def test_refuses_a_workload_whose_network_policy_allows_no_scraper(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="must allow a scraper; set it in Platform"):
        PodMonitor(chart, "monitor", workload=watched(chart, scraper=None))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"interval": "10s", "timeout": "10s"}, "timeout must be shorter than the interval"),
        ({"interval": "often"}, "interval must be a duration"),
        ({"interval": "45"}, "interval must be a duration such as 30s, 5m or 1h30m, got '45'"),
        ({"sample_limit": 0}, "sample_limit must be at least 1"),
    ],
)
def test_refuses_a_scrape_that_the_operator_refuses(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Scrape(**arguments)


def test_every_alert_has_the_url_of_its_runbook(chart: cdk8s.Chart) -> None:
    rules(chart, groups=GROUPS, runbooks=f"{RUNBOOKS}/")

    for group in find(chart, "PrometheusRule", "shop")["spec"]["groups"]:
        for rule in group["rules"]:
            assert rule["annotations"]["runbook_url"] == f"{RUNBOOKS}/{rule['alert']}.md"
            assert rule["labels"]["severity"] in {"critical", "warning", "info"}


def test_only_alerts_of_the_product_have_its_namespace(chart: cdk8s.Chart) -> None:
    rules(chart, groups=GROUPS)
    where = {"namespace": "shop", "environment": "production"}

    for group in find(chart, "PrometheusRule", "shop")["spec"]["groups"]:
        for rule in group["rules"]:
            expected = {} if group["name"] == "nodes" else where
            assert {key: each for key, each in rule["labels"].items() if key != "severity"} == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"runbooks": "docs/runbooks"}, "must be a URL that an engineer can open"),
        ({"groups": [AlertGroup(name=each, alerts=(DOWN,)) for each in "ab"]}, "TargetDown again"),
        ({"groups": [AlertGroup(name="a", alerts=(DOWN,))] * 2}, r"names must be unique, got \['a', 'a'\]; rename one"),
        ({"groups": []}, "groups must not be empty"),
        ({"alert_labels": {"severity": "info"}}, "alert_labels must not have severity, which the rules set"),
        ({"alert_labels": {"namespace": "a", "environment": "b"}}, "must not have environment, namespace"),
    ],
)
def test_refuses_invalid_rules(chart: cdk8s.Chart, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        rules(chart, **arguments)


def test_the_smallest_monitor_and_rule(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    PodMonitor(chart, "monitor", workload=watched(chart))
    rules(chart)
    found = [each for each in manifests(chart) if each["kind"] in {"PodMonitor", "PrometheusRule"}]

    for manifest in found:
        validate(manifest)
    assert as_yaml(found) == yaml_snapshot


def test_the_fullest_monitor_and_rules(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    made = watched(chart, Port(8080, metrics_path="/metrics"), Port(9090, name="admin", metrics_path="/admin/metrics"))
    scrape = Scrape(interval="15s", timeout="5s", sample_limit=100)
    keep = [KeepValues(label="route", values=("/", "/stats"))]
    PodMonitor(chart, "monitor", workload=made, scrape=scrape, keep=keep, labels={"release": "prometheus"})
    rules(chart, groups=GROUPS, selected_by={"release": "prometheus"}, alert_labels={"team": "shop"})
    found = [each for each in manifests(chart) if each["kind"] in {"PodMonitor", "PrometheusRule"}]

    for manifest in found:
        validate(manifest)
    assert as_yaml(found) == yaml_snapshot
