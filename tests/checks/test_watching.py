"""Rules about monitors, alerts and dashboards."""

import json
from typing import Any

import pytest
from shop import Manifest, main, messages_of, shop, the

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
def test_a_monitor_selects_by_labels_and_port_name(make: Any) -> None:
    assert messages_of(make(), *RULES) == []
    assert len(messages_of(make(app="ms-order"), "monitor-selector")) == 1
    assert len(messages_of(make(port="web"), "monitor-port")) == 1
    assert len(messages_of(make(namespaceSelector={"matchNames": ["elsewhere"]}), "monitor-selector")) == 1
    assert messages_of(make(namespaceSelector={"any": True}), *RULES) == []


def test_a_service_monitor_selects_by_the_labels_of_services_not_of_pods() -> None:
    chart = [each for each in of_services() if each["kind"] != "Service"]
    plain = [each for each in shop() if each["kind"] == "Service"]

    assert messages_of([*chart, *plain], "monitor-selector") == [
        "ServiceMonitor/shop/watch: spec.selector {app: ms-orders} matches no Service in namespace shop; use the "
        "labels of metadata.labels of the Service, and the correct namespace"
    ]


def test_a_monitor_without_any_workloads_in_the_manifests_is_not_checked() -> None:
    alone = [monitor(selector={"matchLabels": {"app": "a"}}, podMetricsEndpoints=[{"port": "http"}])]

    assert messages_of(alone, *RULES) == []
    assert "monitor-selector" in [each.rule for each in judge(alone).not_checked]


def test_finds_a_monitor_of_a_port_number_at_which_no_program_listens() -> None:
    chart = shop()
    endpoints = [{"portNumber": 9999}]
    chart.append(monitor(selector={"matchLabels": {"app": "ms-orders"}}, podMetricsEndpoints=endpoints))

    assert len(messages_of(chart, "monitor-port")) == 1

    main(chart, "ms-orders")["args"] = ["--metrics-address=:9999"]

    assert messages_of(chart, "monitor-port") == []


def annotated(port: str) -> list[Manifest]:
    chart = shop()
    annotations = {"prometheus.io/scrape": "true", "prometheus.io/port": port}
    the(chart, "Deployment", "ms-orders")["template"]["metadata"]["annotations"] = annotations
    return chart


def test_finds_a_scrape_annotation_with_a_port_that_the_pods_do_not_have() -> None:
    assert messages_of(annotated("3005"), "monitor-port") == []
    assert messages_of(annotated("3001"), "monitor-port") == [
        "Deployment/shop/ms-orders: has the annotation prometheus.io/port: 3001, but its containers declare http "
        "(3005), metrics (9100); use one of these, or declare it"
    ]


@pytest.mark.parametrize("chart", [of_pods(), of_services(), annotated("3005")], ids=["pods", "services", "annotation"])
def test_finds_a_policy_that_does_not_permit_prometheus_at_the_port(chart: list[Manifest]) -> None:
    assert len(messages_of(chart, "scrape-blocked")) == 1

    policy = the(chart, "NetworkPolicy", "ms-orders")
    policy.update(policyTypes=["Ingress", "Egress"], ingress=[{**SCRAPED, "ports": [{"port": "metrics"}]}])

    assert len(messages_of(chart, "scrape-blocked")) == 1

    policy["ingress"] = [{**SCRAPED, "ports": [{"port": "http"}]}]

    assert messages_of(chart, "scrape-blocked") == []


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
def test_pods_outside_the_manifests_may_be_those_of_prometheus(peer: Manifest, problems: int) -> None:
    chart = of_pods()
    the(chart, "NetworkPolicy", "ms-orders").update(policyTypes=["Ingress", "Egress"], ingress=[{"from": [peer]}])

    assert len(messages_of(chart, "scrape-blocked")) == problems


def alert(expression: object, **rule: object) -> list[Manifest]:
    groups = [{"name": "shop", "rules": [{"alert": "Down", "expr": expression, **rule}]}]
    return [monitor("PrometheusRule", groups=groups)]


@pytest.mark.parametrize(
    "expression",
    ["sum(rate(a[5m])", "sum by (rate(a[5m]))", "rate(a)", "up ==", "", "ratee(a[5m])", "histogram_quantil(0.9, a)"],
)
def test_finds_a_query_that_does_not_parse(expression: str) -> None:
    (found,) = messages_of(alert(expression), "promql")

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
def test_valid_queries_have_no_finding(expression: object) -> None:
    assert messages_of(alert(expression), "promql") == []


@pytest.mark.parametrize("expression", ["rollup_candlestick(a)", "rate(a[5m] smoothed)"])
def test_a_query_with_syntax_that_the_parser_does_not_know_is_not_checked(expression: str) -> None:
    assert messages_of(alert(expression), "promql") == []
    assert "promql" in [each.rule for each in judge(alert(expression)).not_checked]


@pytest.mark.parametrize(("duration", "problems"), [("5m", 0), ("1h30m", 0), ("5 minutes", 1), ("5", 1), ("1m1h", 1)])
def test_durations_must_have_the_format_of_prometheus(duration: str, problems: int) -> None:
    assert len(messages_of(alert("up", **{"for": duration}), "promql")) == problems


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
def test_finds_a_dashboard_that_is_not_valid_json(text: str) -> None:
    assert len(messages_of(dashboard(text), "dashboard-json")) == 1
    assert messages_of(dashboard(text, labels={}), "dashboard-json") == []


def test_finds_a_dashboard_that_is_not_a_json_object() -> None:
    assert messages_of(dashboard("[]"), "dashboard-json") == [
        "ConfigMap/shop/board: board.json is not a map; write a dashboard"
    ]


def test_finds_a_panel_whose_query_does_not_parse() -> None:
    assert messages_of(dashboard(panel("sum(rate(a[$__rate_interval])")), "dashboard-json") == [
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
def test_variables_of_grafana_and_other_query_languages_have_no_finding(text: str) -> None:
    assert messages_of(dashboard(text), "dashboard-json") == []
