"""The row of the requests that programs count themselves: calls from other services, and calls to dependencies."""

from collections.abc import Callable

from kubestock.monitoring.dashboard.panels import Panel, Query, Row, alert_line
from kubestock.monitoring.dashboard.selectors import RATE, Selectors
from kubestock.monitoring.product import MonitoredProduct
from kubestock.monitoring.programs import RequestMetrics
from kubestock.monitoring.thresholds import Thresholds

Counted = dict[str, tuple[str, tuple[RequestMetrics, ...]]]
"""By legend, the selector and the metrics of a query; the first with a result is shown."""


def programs(product: MonitoredProduct, thresholds: Thresholds) -> tuple[Row, ...]:
    """Return what each program answers and calls, with failures and slow requests; no row if no program counts them."""
    on = Selectors(namespace=product.namespace)
    answers: Counted = {}
    calls: Counted = {}
    for service in product.services:
        of = on.all(f'container="{service.name}"')
        if service.exports.requests is not None:
            answers[service.name] = (of, (service.exports.requests,))
        for one in service.exports.dependencies:
            calls[f"{service.name} to {one.name}"] = (of, one.calls)
    panels = (*_answers(answers, thresholds), *_calls(calls, thresholds))
    return (Row(title="Programs", panels=panels),) if panels else ()


def _answers(counted: Counted, thresholds: Thresholds) -> tuple[Panel, ...]:
    if not counted:
        return ()
    return (
        Panel(
            title="Responses, by service",
            description="Requests that the programs count on the scraped paths, including calls from other services. "
            "Normal follows the time of day.",
            unit="reqps",
            queries=_queries(counted, lambda requests, of: f"sum (rate({requests.total}{of}{RATE}))"),
            stacked=True,
        ),
        _failing("Failed responses, by service", counted, thresholds),
        _slow("Slow responses, by service", counted, thresholds),
    )


def _calls(counted: Counted, thresholds: Thresholds) -> tuple[Panel, ...]:
    if not counted:
        return ()
    return (
        _failing("Failed calls to external services", counted, thresholds, width=12),
        _slow("Slow calls to external services", counted, thresholds, width=12),
    )


def _failing(title: str, counted: Counted, thresholds: Thresholds, width: int = 8) -> Panel:
    return Panel(
        title=title,
        description="Share of requests with a server error, as the programs count them. Normal is 0; the alert begins "
        "to count at the line.",
        unit="percentunit",
        queries=_queries(counted, _failed),
        thresholds=alert_line(thresholds.failed_percent),
        width=width,
    )


def _slow(title: str, counted: Counted, thresholds: Thresholds, width: int = 8) -> Panel:
    return Panel(
        title=title,
        description="Share of requests that took longer than the bound in the metrics of the program. Normal is below "
        "the line, at which the alert begins to count.",
        unit="percentunit",
        queries=_queries(counted, _late),
        thresholds=alert_line(thresholds.slow_percent),
        width=width,
    )


def _queries(counted: Counted, expression: Callable[[RequestMetrics, str], str]) -> tuple[Query, ...]:
    return tuple(
        Query(expression=" or ".join(expression(each, of) for each in requests), legend=name)
        for name, (of, requests) in counted.items()
    )


def _failed(requests: RequestMetrics, of: str) -> str:
    failures = of.replace("}", f', {requests.status}=~"{requests.failed}"}}')
    every = f"sum (rate({requests.total}{of}{RATE}))"
    return f"(sum (rate({requests.total}{failures}{RATE})) or 0 * {every}) / {every}"


def _late(requests: RequestMetrics, of: str) -> str:
    quick = of.replace("}", f', le=~"{requests.slow_bound}"}}')
    return f"1 - sum (rate({requests.seconds}_bucket{quick}{RATE})) / sum (rate({requests.seconds}_count{of}{RATE}))"
