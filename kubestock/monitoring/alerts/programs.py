"""Alerts on requests that programs count themselves: those from other services, and those to dependencies."""

from collections.abc import Iterator

from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.product import MonitoredProduct, MonitoredService
from kubestock.monitoring.programs import Dependency, RequestMetrics
from kubestock.monitoring.thresholds import Thresholds

_BY = "namespace, container"
_WINDOW = "15m"


def programs(product: MonitoredProduct, thresholds: Thresholds) -> tuple[AlertGroup, ...]:
    """Return the alerts on answers and calls, or no group if no program counts any."""
    answers = [(each, each.exports.requests) for each in product.services if each.exports.requests is not None]
    calls = [(each, one) for each in product.services for one in each.exports.dependencies]
    alerts = []
    if answers:
        alerts += [
            _program_errors(product, " or ".join(_failing(product, *each, thresholds) for each in answers)),
            _program_slow(product, " or ".join(_slow(product, *each, thresholds) for each in answers)),
        ]
    if calls:
        failing, slow = (
            " or ".join(
                _named(one.name, each) for service, one in calls for each in of(product, service, one, thresholds)
            )
            for of in (_failing_calls, _slow_calls)
        )
        alerts += [_dependency_errors(product, failing), _dependency_slow(product, slow)]
    return (AlertGroup(name="programs", alerts=tuple(alerts)),) if alerts else ()


def _program_errors(product: MonitoredProduct, expression: str) -> Alert:
    return Alert(
        name="ProgramErrors",
        expression=expression,
        for_="5m",
        severity="warning",
        summary="{{ $labels.container }} reports {{ $value | humanize }} % of its responses as failed",
        description="This includes calls between services, which the gateway does not see. Read the log of the "
        "program.",
        runbook="ProgramErrors.md",
        program_metrics=product.program_metrics,
    )


def _program_slow(product: MonitoredProduct, expression: str) -> Alert:
    return Alert(
        name="ProgramSlow",
        expression=expression,
        for_="10m",
        severity="warning",
        summary="{{ $labels.container }} reports {{ $value | humanize }} % of its responses as slow",
        description="This includes calls between services, which the gateway does not see. Find out what it waits for.",
        runbook="ProgramSlow.md",
        program_metrics=product.program_metrics,
    )


def _dependency_errors(product: MonitoredProduct, expression: str) -> Alert:
    return Alert(
        name="DependencyErrors",
        expression=expression,
        for_="5m",
        severity="warning",
        summary="{{ $value | humanize }} % of the calls of {{ $labels.container }} to the {{ $labels.dependency }} "
        "fail",
        description="It may be down, limit the rate, or reject the credentials. The log of the program says which.",
        runbook="DependencyErrors.md",
        program_metrics=product.program_metrics,
    )


def _dependency_slow(product: MonitoredProduct, expression: str) -> Alert:
    return Alert(
        name="DependencySlow",
        expression=expression,
        for_="10m",
        severity="warning",
        summary="{{ $value | humanize }} % of the calls of {{ $labels.container }} to the {{ $labels.dependency }} "
        "are slow",
        description="Requests that need them are slow, too. Read the status page of its provider.",
        runbook="DependencySlow.md",
        program_metrics=product.program_metrics,
    )


def _named(dependency: str, expression: str) -> str:
    return f'label_replace({expression}, "dependency", "{dependency}", "", "")'


def _failing_calls(
    product: MonitoredProduct, service: MonitoredService, of: Dependency, thresholds: Thresholds
) -> Iterator[str]:
    return (_failing(product, service, each, thresholds) for each in of.calls)


def _slow_calls(
    product: MonitoredProduct, service: MonitoredService, of: Dependency, thresholds: Thresholds
) -> Iterator[str]:
    return (_slow(product, service, each, thresholds) for each in of.calls)


def _failing(
    product: MonitoredProduct, service: MonitoredService, requests: RequestMetrics, thresholds: Thresholds
) -> str:
    of = _of(product, service)
    every = f"{requests.total}{{{of}}}"
    failed = f'{requests.total}{{{of},{requests.status}=~"{requests.failed}"}}'
    return (
        f"100 * sum by ({_BY}) (rate({failed}[{_WINDOW}])) / sum by ({_BY}) (rate({every}[{_WINDOW}])) "
        f">= {thresholds.failed_percent:g} "
        f"and sum by ({_BY}) (increase({every}[{_WINDOW}])) >= {thresholds.counted_requests}"
    )


def _slow(
    product: MonitoredProduct, service: MonitoredService, requests: RequestMetrics, thresholds: Thresholds
) -> str:
    of = _of(product, service)
    every = f"{requests.seconds}_count{{{of}}}"
    quick = f'{requests.seconds}_bucket{{{of},le=~"{requests.slow_bound}"}}'
    return (
        f"100 - 100 * sum by ({_BY}) (rate({quick}[{_WINDOW}])) / sum by ({_BY}) (rate({every}[{_WINDOW}])) "
        f">= {thresholds.slow_percent:g} "
        f"and sum by ({_BY}) (increase({every}[{_WINDOW}])) >= {thresholds.counted_requests}"
    )


def _of(product: MonitoredProduct, service: MonitoredService) -> str:
    return f'{product.here},container="{service.name}"'
