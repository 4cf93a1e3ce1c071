"""The row of one service, repeated for each service: traffic, errors, latency and saturation."""

from kubestock.monitoring.dashboard.overview import latencies
from kubestock.monitoring.dashboard.panels import Panel, Query, Row, Threshold
from kubestock.monitoring.dashboard.saturation import saturation
from kubestock.monitoring.dashboard.selectors import RATE, SERVICE, Selectors, failed_share, quantile
from kubestock.monitoring.product import MonitoredProduct
from kubestock.monitoring.thresholds import Objective, Thresholds

_WIDTH = 6


def golden_signals(product: MonitoredProduct, objective: Objective, thresholds: Thresholds) -> Row:
    """Return the row that Grafana repeats for each selected service."""
    on = Selectors(namespace=product.namespace)
    return Row(
        title=SERVICE,
        repeat=SERVICE.removeprefix("$"),
        panels=(*_seen_by_users(objective, on), _replicas(on), *saturation(thresholds, on)),
    )


def _seen_by_users(objective: Objective, on: Selectors) -> tuple[Panel, ...]:
    return (
        Panel(
            title="Traffic",
            description="Responses of Kong by status code. Normal is 2xx with some 3xx and 4xx.",
            unit="reqps",
            queries=(
                Query(expression=f"sum by (code) (rate(kong_http_requests_total{on.kong()}{RATE}))", legend="{{code}}"),
            ),
            stacked=True,
            width=_WIDTH,
        ),
        Panel(
            title="Errors",
            description="Share of requests with a 5xx response. Normal is 0; the line is the share that the objective "
            "allows.",
            unit="percentunit",
            queries=(Query(expression=failed_share(on), legend="5xx"),),
            thresholds=(Threshold(at=objective.may_fail, color="red"),),
            width=_WIDTH,
        ),
        Panel(
            title="Latency",
            description="The response time at Kong, and p95 of the time of the service alone. Normal is a "
            f"{objective.quantile} of the responses below the line, {objective.latency_ms} ms.",
            unit="ms",
            queries=(
                *latencies("kong_request_latency_ms", on.kong()),
                Query(expression=quantile(0.95, "kong_upstream_latency_ms", on.kong()), legend="p95 of the service"),
            ),
            thresholds=(Threshold(at=float(objective.latency_ms), color="red"),),
            width=_WIDTH,
        ),
    )


def _replicas(on: Selectors) -> Panel:
    deployment = on.all(f'deployment=~"({SERVICE})"')
    autoscaler = on.all(f'horizontalpodautoscaler=~"({SERVICE})"')
    return Panel(
        title="Replicas",
        description="Ready pods, desired pods, and the maximum of the autoscaler. Normal is ready = desired, below "
        "the maximum; at the maximum, more load makes the service slower.",
        unit="short",
        decimals=0,
        queries=(
            Query(expression=f"sum (kube_deployment_status_replicas_available{deployment})", legend="ready"),
            Query(expression=f"sum (kube_deployment_spec_replicas{deployment})", legend="desired"),
            Query(expression=f"sum (kube_horizontalpodautoscaler_spec_max_replicas{autoscaler})", legend="maximum"),
        ),
        width=_WIDTH,
    )
