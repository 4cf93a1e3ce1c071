"""Alerts on errors and latency for users: burn rates of the error budget, and quantiles, as Kong counts."""

from collections.abc import Callable
from functools import partial

from kubestock.monitoring.alert import Alert, AlertGroup, Severity
from kubestock.monitoring.product import MonitoredProduct
from kubestock.monitoring.thresholds import Objective, Thresholds, budget

_REQUESTS = "kong_http_requests_total"
_LATENCY = "kong_request_latency_ms"
# Long window, short window, and how many times faster than allowed the budget burns: 2 % of a month's budget in
# an hour, 5 % in six hours; 10 % in a day, 10 % in three days.
_FAST = (("1h", "5m", 14.4), ("6h", "30m", 6.0))
_OUTAGE = ("1h", "15m")
_SLOW = (("1d", "2h", 3.0), ("3d", "6h", 1.0))


def application(product: MonitoredProduct, objective: Objective, thresholds: Thresholds) -> AlertGroup:
    """Return the alerts on errors and latency of each service.

    A budget alert reads a long and a short window, so that it fires soon and resolves soon. If most requests fail, a
    few requests are enough: a service with little traffic can have an outage as well.
    """
    least, late = thresholds.min_requests, partial(_late, objective.latency_ms)
    quantile = (
        f"histogram_quantile(0.95, sum by (namespace, service, le) (rate({_LATENCY}_bucket{{{product.served}}}[5m]))) "
        f"> {thresholds.slow_request_ms}"
    )
    return AlertGroup(
        name="application",
        alerts=(
            _burn(
                "ServiceErrorsFast",
                "critical",
                "2m",
                f"{_burning(product, _failed, objective.availability, _FAST, least)} or {_outage(product, thresholds)}",
            ),
            _burn(
                "ServiceErrorsSlow", "warning", "1h", _burning(product, _failed, objective.availability, _SLOW, least)
            ),
            _burn("ServiceLatencyFast", "critical", "2m", _burning(product, late, objective.fast, _FAST, least)),
            _burn("ServiceLatencySlow", "warning", "1h", _burning(product, late, objective.fast, _SLOW, least)),
            Alert(
                name="ServiceSlow",
                expression=quantile,
                for_="10m",
                severity="warning",
                summary="5 % of the responses of {{ $labels.service }} take {{ $value | humanize }} ms or more",
                description="Find out whether the service is slow or what it calls: look at its CPU and its database.",
                runbook="ServiceSlow.md",
            ),
        ),
    )


def _burn(name: str, severity: Severity, for_: str, expression: str) -> Alert:
    what = "fails" if "Errors" in name else "responds late"
    rest = "hours" if severity == "critical" else "days"
    return Alert(
        name=name,
        expression=expression,
        for_=for_,
        severity=severity,
        summary=f"{{{{ $labels.service }}}} {what} so often that the error budget of a month will be gone in {rest}",
        description="Find what changed: a rollout, the database, another service. A rollback is the quickest fix.",
        runbook=f"{name}.md",
    )


def _failed(product: MonitoredProduct, window: str) -> str:
    return f'sum by (namespace, service) (rate({_REQUESTS}{{{product.served},code=~"5.."}}[{window}]))'


def _late(milliseconds: int, product: MonitoredProduct, window: str) -> str:
    # Prometheus 3 writes the bound of a bucket as a float, Prometheus 2 as it is exported.
    bound = f'le=~"{milliseconds}([.]0)?"'
    every = f"sum by (namespace, service) (rate({_LATENCY}_count{{{product.served}}}[{window}]))"
    quick = f"sum by (namespace, service) (rate({_LATENCY}_bucket{{{product.served},{bound}}}[{window}]))"
    return f"({every} - {quick})"


def _burning(
    product: MonitoredProduct,
    bad: Callable[[MonitoredProduct, str], str],
    promised: float,
    windows: tuple[tuple[str, str, float], ...],
    least: int,
) -> str:
    either = []
    for long, short, factor in windows:
        limit = f"{factor * budget(promised):.6g}"
        either.append(
            f"({bad(product, long)} / {_all(product, long)} > {limit} and "
            f"{bad(product, short)} / {_all(product, short)} > {limit} and {_counted(product, long)} >= {least})"
        )
    return " or ".join(either)


def _outage(product: MonitoredProduct, thresholds: Thresholds) -> str:
    long, short = _OUTAGE
    limit = f"{thresholds.outage_percent / 100:g}"
    return (
        f"({_failed(product, long)} / {_all(product, long)} >= {limit} and "
        f"{_failed(product, short)} / {_all(product, short)} >= {limit} and "
        f"{_counted(product, long)} >= {thresholds.outage_requests})"
    )


def _counted(product: MonitoredProduct, window: str) -> str:
    return f"sum by (namespace, service) (increase({_REQUESTS}{{{product.served}}}[{window}]))"


def _all(product: MonitoredProduct, window: str) -> str:
    return f"sum by (namespace, service) (rate({_REQUESTS}{{{product.served}}}[{window}]))"
