"""Panels of the saturation of one workload's pods, the last of the golden signals."""

from kubestock.monitoring.dashboard.panels import Panel, Query, Threshold, alert_line
from kubestock.monitoring.dashboard.selectors import SERVICE, Selectors, restarts, share_of_limit, throttled
from kubestock.monitoring.thresholds import Thresholds

_WIDTH = 6


def saturation(thresholds: Thresholds, on: Selectors, workload: str = SERVICE) -> tuple[Panel, ...]:
    """Return how much of its limits each pod of a workload uses, and how often it exceeded them."""
    return (
        Panel(
            title="CPU against limit",
            description="CPU usage of each pod as a share of its limit. Normal is below the line, at which the alert "
            "begins to count.",
            unit="percentunit",
            queries=(Query(expression=share_of_limit("cpu", on, workload, by="pod"), legend="{{pod}}"),),
            thresholds=alert_line(thresholds.cpu_percent),
            width=_WIDTH,
        ),
        Panel(
            title="Memory against limit",
            description="Memory usage of each pod as a share of its limit. Normal is a steady level below the line; a "
            "steady rise is a leak, and at 100 % the container is killed.",
            unit="percentunit",
            queries=(Query(expression=share_of_limit("memory", on, workload, by="pod"), legend="{{pod}}"),),
            thresholds=alert_line(thresholds.memory_percent),
            width=_WIDTH,
        ),
        Panel(
            title="CPU throttling",
            description="Share of the CPU periods in which a pod was throttled by its CPU limit. Normal is below the "
            "line, at which the alert begins to count; above it, responses are delayed.",
            unit="percentunit",
            queries=(Query(expression=throttled(on, workload), legend="{{pod}}"),),
            thresholds=alert_line(thresholds.throttled_percent),
            highest=1.0,
            width=_WIDTH,
        ),
        Panel(
            title="Restarts in an hour",
            description="Restarts of each container within the last hour. Normal is 0.",
            unit="short",
            decimals=0,
            queries=(Query(expression=restarts(on, workload), legend="{{pod}}"),),
            thresholds=(Threshold(at=1.0, color="red"),),
            width=_WIDTH,
        ),
    )
