"""Dashboards for tests, and what they are made of."""

import json
import re
from collections.abc import Iterator
from typing import Any

import cdk8s

from kubestock.monitoring.dashboard import (
    GrafanaDashboard,
    Panel,
    Query,
    Row,
    Sidecar,
    Threshold,
)
from kubestock.monitoring.product import MonitoredProduct, MonitoredService
from kubestock.monitoring.programs import DatabaseMetrics, Dependency, ProgramMetrics, RequestMetrics
from kubestock.monitoring.thresholds import Objective, Thresholds
from kubestock.values.labels import Labels

Board = dict[str, Any]

LABELS = Labels(name="shop", part_of="shop", environment="production", component="monitoring")
SMALLEST = MonitoredProduct(
    name="shop", namespace="shop", gateway="kong", services=(MonitoredService(name="ms-orders", port=3005),)
)
DATABASE = DatabaseMetrics(
    connections_in_use="db_pool_in_use", connections_limit="db_pool_limit", query_seconds="db_query_seconds"
)
FIXED_POOL = DatabaseMetrics(connections_in_use="knex_in_use", connections_limit=20, connections_idle="knex_idle")
REQUESTS = RequestMetrics(
    total="orders_requests_total", status="status_code", seconds="orders_request_seconds", slow_seconds=3
)
CALLS = RequestMetrics(total="payments_total", status="outcome", seconds="payment_seconds", slow_seconds=0.5)
PAYMENTS = Dependency(name="payment provider", calls=(CALLS,))
THRESHOLDS = Thresholds(
    cpu_percent=70,
    memory_percent=75,
    throttled_percent=30,
    quota_percent=85,
    pool_percent=60,
    slow_query_seconds=0.5,
    failed_percent=15,
    slow_percent=12,
)
FULLEST = MonitoredProduct(
    name="shop",
    namespace="shop",
    gateway="edge",
    services=(
        MonitoredService(
            name="ms-orders",
            port=3005,
            exports=ProgramMetrics(requests=REQUESTS, database=DATABASE, dependencies=(PAYMENTS,)),
        ),
        MonitoredService(name="ms-inventory", port=3003, exports=ProgramMetrics(database=DATABASE)),
        MonitoredService(name="ms-prices", port=3001, exports=ProgramMetrics(database=FIXED_POOL)),
        MonitoredService(name="storefront", port=8080),
    ),
    database_connections=100,
)
LINKS = {"Runbooks": "https://docs.example.com/runbooks", "Gateway": "https://docs.example.com/gateway"}
OWN = Row(
    title="Certificates",
    panels=(
        Panel(
            title="Days left",
            description="Until the certificate ends. Normal is above 20 days.",
            unit="s",
            kind="stat",
            queries=(
                Query(
                    expression='certmanager_certificate_expiration_timestamp_seconds{namespace="shop"} - time()',
                    legend="{{name}}",
                ),
            ),
            color="red",
            thresholds=(Threshold(at=1_728_000.0, color="green"),),
        ),
    ),
)


def smallest(chart: cdk8s.Chart, **given: Any) -> GrafanaDashboard:
    wanted: dict[str, Any] = {"product": SMALLEST, "objective": Objective(), "labels": LABELS, **given}
    return GrafanaDashboard(chart, "dashboard", **wanted)


def fullest(chart: cdk8s.Chart) -> GrafanaDashboard:
    return GrafanaDashboard(
        chart,
        "dashboard",
        product=FULLEST,
        objective=Objective(availability=99.5, fast=95, latency_ms=250),
        labels=LABELS,
        thresholds=THRESHOLDS,
        sidecar=Sidecar(labels={"example.com/grafana": "load"}, folder="Shop"),
        links=LINKS,
        extra_rows=(OWN,),
    )


def board_of(dashboard: GrafanaDashboard) -> Board:
    board: Board = json.loads(dashboard.json)
    return board


def panels(board: Board) -> list[dict[str, Any]]:
    return [each for each in board["panels"] if each["type"] != "row"]


def expressions(board: Board) -> Iterator[tuple[str, str]]:
    for panel in panels(board):
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def filled_in(expression: str, service: str = "ms-orders") -> str:
    """What Grafana sends: its variables are no PromQL."""
    return re.sub(r"\$service\b", service, expression).replace("$__rate_interval", "5m")
