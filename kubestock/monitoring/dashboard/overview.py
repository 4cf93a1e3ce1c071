"""The first row: whether the product meets its objective, and how much of its limits it uses."""

from functools import partial

from kubestock.monitoring.dashboard.panels import Panel, Query, Row, Threshold, alert_line
from kubestock.monitoring.dashboard.selectors import RATE, Selectors, failed_share, quantile, share_of_limit
from kubestock.monitoring.product import MonitoredProduct
from kubestock.monitoring.thresholds import OBJECTIVE_DAYS, Objective, Thresholds

_Number = partial(Panel, kind="stat", width=4, height=4)


def overview(product: MonitoredProduct, objective: Objective, thresholds: Thresholds) -> Row:
    """Return numbers for all selected services together, and graphs with one line for each service."""
    on = Selectors(namespace=product.namespace)
    return Row(
        title="Overview",
        panels=(
            *_promises(objective, on),
            *_numbers(objective, on),
            _fullest(thresholds, on),
            *_signals(objective, on),
            *_fill(thresholds, on),
        ),
    )


def _promises(objective: Objective, on: Selectors) -> tuple[Panel, ...]:
    failed = failed_share(on, f"[{OBJECTIVE_DAYS}d]")
    return (
        _Number(
            title="Availability",
            description=f"Share of requests that did not fail with a 5xx, over {OBJECTIVE_DAYS} days, or over the "
            f"retention of Prometheus if it is shorter. The objective is {objective.availability:g} %.",
            unit="percentunit",
            decimals=3,
            queries=(Query(expression=f"1 - {failed}", legend="availability"),),
            lowest=None,
            color="red",
            thresholds=(Threshold(at=round(1 - objective.may_fail, 9), color="green"),),
            over_range=True,
        ),
        _Number(
            title="Error budget left",
            description=f"The rest of the error budget of {OBJECTIVE_DAYS} days. Normal is above half; at 0 the "
            "objective is missed, and changes wait.",
            unit="percentunit",
            queries=(Query(expression=f"1 - {failed} / {objective.may_fail}", legend="budget"),),
            lowest=None,
            color="red",
            thresholds=(Threshold(at=0.0, color="orange"), Threshold(at=0.5, color="green")),
            over_range=True,
        ),
    )


def _numbers(objective: Objective, on: Selectors) -> tuple[Panel, ...]:
    return (
        _Number(
            title="Request rate",
            description="Requests that Kong forwarded to the selected services. Normal is the level of the same hour "
            "last week; a sudden zero means an outage in front of Kong.",
            unit="reqps",
            queries=(Query(expression=f"sum (rate(kong_http_requests_total{on.kong()}{RATE}))", legend="requests"),),
        ),
        _Number(
            title="Failing now",
            description="Share of requests with a 5xx response. Normal is below what the objective allows, "
            f"{100 * objective.may_fail:g} %.",
            unit="percentunit",
            decimals=3,
            queries=(Query(expression=failed_share(on), legend="failing"),),
            thresholds=(
                Threshold(at=objective.may_fail, color="orange"),
                Threshold(at=round(10 * objective.may_fail, 9), color="red"),
            ),
        ),
        _Number(
            title="Latency objective",
            description=f"{objective.fast:g} % of the responses leave Kong within this time. Normal is below "
            f"{objective.latency_ms} ms, the objective.",
            unit="ms",
            queries=(
                Query(
                    expression=quantile(objective.fast / 100, "kong_request_latency_ms", on.kong()),
                    legend=objective.quantile,
                ),
            ),
            thresholds=(Threshold(at=float(objective.latency_ms), color="red"),),
        ),
    )


def _fullest(thresholds: Thresholds, on: Selectors) -> Panel:
    return _Number(
        title="Highest memory usage",
        description="The container with the highest share of its memory limit. Normal is below "
        f"{thresholds.memory_percent:g} %, at which the alert begins to count; at 100 % the kernel kills it.",
        unit="percentunit",
        queries=(Query(expression=share_of_limit("memory", on), legend="highest"),),
        thresholds=alert_line(thresholds.memory_percent),
    )


def _signals(objective: Objective, on: Selectors) -> tuple[Panel, ...]:
    return (
        Panel(
            title="Requests by service",
            description="Requests that Kong forwarded to each service. Calls between services do not pass through "
            "Kong and are not included. Normal follows the time of day.",
            unit="reqps",
            queries=(
                Query(
                    expression=f"sum by (service) (rate(kong_http_requests_total{on.kong()}{RATE}))",
                    legend="{{service}}",
                ),
            ),
            stacked=True,
        ),
        Panel(
            title="Failing by service",
            description="Share of the requests of each service with a 5xx response. Normal is 0; the line is the "
            "share that the objective allows.",
            unit="percentunit",
            queries=(Query(expression=failed_share(on, by="service"), legend="{{service}}"),),
            thresholds=(Threshold(at=objective.may_fail, color="red"),),
        ),
        Panel(
            title="Latency of all services",
            description="50 %, 95 % and 99 % of the responses leave Kong within these times. Normal is a "
            f"{objective.quantile} below the line, {objective.latency_ms} ms.",
            unit="ms",
            queries=latencies("kong_request_latency_ms", on.kong()),
            thresholds=(Threshold(at=float(objective.latency_ms), color="red"),),
        ),
    )


def _fill(thresholds: Thresholds, on: Selectors) -> tuple[Panel, ...]:
    return (
        Panel(
            title="CPU against limit, by service",
            description="The container of each service with the highest CPU usage. Normal is below the line, at which "
            "the alert begins to count; near 100 % it is throttled, and its latency grows.",
            unit="percentunit",
            queries=(Query(expression=share_of_limit("cpu", on, by="container"), legend="{{container}}"),),
            width=12,
            thresholds=alert_line(thresholds.cpu_percent),
        ),
        Panel(
            title="Memory against limit, by service",
            description="The container of each service with the highest memory usage. Normal is below the line, at "
            "which the alert begins to count; at 100 % it is killed.",
            unit="percentunit",
            queries=(Query(expression=share_of_limit("memory", on, by="container"), legend="{{container}}"),),
            width=12,
            thresholds=alert_line(thresholds.memory_percent),
        ),
    )


def latencies(histogram: str, selector: str) -> tuple[Query, ...]:
    """Return queries for the median, p95 and p99 of a histogram."""
    return tuple(
        Query(expression=quantile(rank, histogram, selector), legend=f"p{100 * rank:g}") for rank in (0.5, 0.95, 0.99)
    )
