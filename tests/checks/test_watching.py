"""Monitors, alerts and dashboards, and what ships them."""

import json
from typing import Any

import pytest
from shop import Manifest, main, shop, the, told

from kubestock.checks import judge


def monitor(kind: str = "PodMonitor", /, **spec: object) -> Manifest:
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": kind,
        "metadata": {"name": "watch", "namespace": "shop"},
        "spec": spec,
    }


def of_pods(*, app: str = "ms-orders", port: str = "http", **spec: object) -> list[Manifest]:
    endpoints = [{"port": port}]
    return [*shop(), monitor(selector={"matchLabels": {"app": app}}, podMetricsEndpoints=endpoints, **spec)]


def of_services(*, app: str = "ms-orders", port: str = "http", **spec: object) -> list[Manifest]:
    chart = shop()
    for each in chart:
        if each["kind"] == "Service":
            each["metadata"]["labels"] = {"app": each["metadata"]["name"]}
    selector = {"matchLabels": {"app": app}}
    return [*chart, monitor("ServiceMonitor", selector=selector, endpoints=[{"port": port}], **spec)]


SCRAPED = {"from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]}
RULES = ("monitor-selector", "monitor-port")


@pytest.mark.parametrize("make", [of_pods, of_services])
def test_a_monitor_selects_by_labels_and_by_name_of_the_port(make: Any) -> None:
    assert told(make(), *RULES) == []
    assert len(told(make(app="ms-order"), "monitor-selector")) == 1
    assert len(told(make(port="web"), "monitor-port")) == 1
    assert len(told(make(namespaceSelector={"matchNames": ["elsewhere"]}), "monitor-selector")) == 1
    assert told(make(namespaceSelector={"any": True}), *RULES) == []


def test_a_monitor_of_services_is_about_their_labels_not_those_of_pods() -> None:
    chart = [each for each in of_services() if each["kind"] != "Service"]
    plain = [each for each in shop() if each["kind"] == "Service"]

    assert told([*chart, *plain], "monitor-selector") == [
        "ServiceMonitor/shop/watch: spec.selector {app: ms-orders} matches no Service in namespace shop; use the "
        "labels of metadata.labels of the Service, and the correct namespace"
    ]


def test_a_monitor_of_what_is_shipped_apart_is_not_judged() -> None:
    alone = [monitor(selector={"matchLabels": {"app": "a"}}, podMetricsEndpoints=[{"port": "http"}])]

    assert told(alone, *RULES) == []
    assert "monitor-selector" in [each.rule for each in judge(alone).unjudged]


def test_refuses_a_number_at_which_no_program_of_the_pods_listens() -> None:
    chart = shop()
    endpoints = [{"portNumber": 9999}]
    chart.append(monitor(selector={"matchLabels": {"app": "ms-orders"}}, podMetricsEndpoints=endpoints))

    assert len(told(chart, "monitor-port")) == 1

    main(chart, "ms-orders")["args"] = ["--metrics-address=:9999"]

    assert told(chart, "monitor-port") == []


def annotated(port: str) -> list[Manifest]:
    chart = shop()
    annotations = {"prometheus.io/scrape": "true", "prometheus.io/port": port}
    the(chart, "Deployment", "ms-orders")["template"]["metadata"]["annotations"] = annotations
    return chart


def test_refuses_an_annotation_of_a_port_that_the_pods_lack() -> None:
    assert told(annotated("3005"), "monitor-port") == []
    assert told(annotated("3001"), "monitor-port") == [
        "Deployment/shop/ms-orders: has the annotation prometheus.io/port: 3001, but its containers declare http "
        "(3005), metrics (9100); use one of these, or declare it"
    ]


@pytest.mark.parametrize("chart", [of_pods(), of_services(), annotated("3005")], ids=["pods", "services", "annotation"])
def test_prometheus_must_be_admitted_at_the_port(chart: list[Manifest]) -> None:
    assert len(told(chart, "scrape-blocked")) == 1

    policy = the(chart, "NetworkPolicy", "ms-orders")
    policy.update(policyTypes=["Ingress", "Egress"], ingress=[{**SCRAPED, "ports": [{"port": "metrics"}]}])

    assert len(told(chart, "scrape-blocked")) == 1

    policy["ingress"] = [{**SCRAPED, "ports": [{"port": "http"}]}]

    assert told(chart, "scrape-blocked") == []


@pytest.mark.parametrize(
    ("peer", "problems"),
    [
        ({"podSelector": {}}, 0),
        ({"podSelector": {"matchLabels": {"app": "prometheus"}}}, 0),
        ({"podSelector": {"matchLabels": {"app": "ms-inventory"}}}, 1),
        ({"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "prometheus"}}}, 0),
        ({"namespaceSelector": {"matchLabels": {"team": "operations"}}}, 0),
        ({"ipBlock": {"cidr": "10.244.0.0/16"}}, 0),
    ],
)
def test_pods_that_the_manifests_lack_may_be_those_of_prometheus(peer: Manifest, problems: int) -> None:
    chart = of_pods()
    the(chart, "NetworkPolicy", "ms-orders").update(policyTypes=["Ingress", "Egress"], ingress=[{"from": [peer]}])

    assert len(told(chart, "scrape-blocked")) == problems


def alert(expression: object, **rule: object) -> list[Manifest]:
    groups = [{"name": "shop", "rules": [{"alert": "Down", "expr": expression, **rule}]}]
    return [monitor("PrometheusRule", groups=groups)]


@pytest.mark.parametrize(
    "expression",
    ["sum(rate(a[5m])", "sum by (rate(a[5m]))", "rate(a)", "up ==", "", "ratee(a[5m])", "histogram_quantil(0.9, a)"],
)
def test_refuses_a_query_that_does_not_parse(expression: str) -> None:
    (found,) = told(alert(expression), "promql")

    assert found.startswith("PrometheusRule/shop/watch: the query of Down does not parse: ")


@pytest.mark.parametrize(
    "expression",
    [
        1,
        "up",
        'sum by (job) (rate(http_requests_total{status=~"5.."}[5m])) / 2 > 0.1',
        "max_over_time(rate(a[5m])[30m:])",
        "a offset 1w @ start()",
        "limitk(3, a)",
        "a and on () b unless ignoring (c) d",
    ],
)
def test_takes_queries_that_parse(expression: object) -> None:
    assert told(alert(expression), "promql") == []


@pytest.mark.parametrize("expression", ["rollup_candlestick(a)", "rate(a[5m] smoothed)"])
def test_a_query_that_is_newer_than_the_parser_is_not_judged(expression: str) -> None:
    assert told(alert(expression), "promql") == []
    assert "promql" in [each.rule for each in judge(alert(expression)).unjudged]


@pytest.mark.parametrize(("duration", "problems"), [("5m", 0), ("1h30m", 0), ("5 minutes", 1), ("5", 1), ("1m1h", 1)])
def test_durations_are_those_of_prometheus(duration: str, problems: int) -> None:
    assert len(told(alert("up", **{"for": duration}), "promql")) == problems


def dashboard(text: str, *, labels: dict[str, str] | None = None) -> list[Manifest]:
    identity = {
        "name": "board",
        "namespace": "shop",
        "labels": {"grafana_dashboard": "1"} if labels is None else labels,
    }
    return [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": identity, "data": {"board.json": text}}]


def panel(expression: str, kind: str = "prometheus") -> str:
    target = {"expr": expression, "datasource": {"type": kind, "uid": "main"}}
    row = {"type": "row", "panels": [{"title": "Requests", "targets": [target]}]}
    return json.dumps({"title": "Shop", "panels": [row]})


@pytest.mark.parametrize("text", ['{"title": "Shop",}', "{", "", '{"a": "b" "c"}'])
def test_refuses_a_dashboard_that_is_not_valid_json(text: str) -> None:
    assert len(told(dashboard(text), "dashboard-json")) == 1
    assert told(dashboard(text, labels={}), "dashboard-json") == []


def test_refuses_a_dashboard_that_is_no_map() -> None:
    assert told(dashboard("[]"), "dashboard-json") == [
        "ConfigMap/shop/board: board.json is not a map; write a dashboard"
    ]


def test_refuses_a_panel_whose_query_does_not_parse() -> None:
    assert told(dashboard(panel("sum(rate(a[$__rate_interval])")), "dashboard-json") == [
        "ConfigMap/shop/board: panel 'Requests' of board.json has a query that does not parse: unclosed left "
        "parenthesis; correct the query"
    ]


@pytest.mark.parametrize(
    "text",
    [
        panel("sum(rate(a[$__rate_interval]))"),
        panel('a{job="$job"}[${__range}]'),
        panel("topk($count, a"),
        panel("sum(rate(a[[[interval]]]))"),
        panel('{job="a"} |= "error" | json', kind="loki"),
    ],
)
def test_variables_of_grafana_and_other_languages_are_taken(text: str) -> None:
    assert told(dashboard(text), "dashboard-json") == []
