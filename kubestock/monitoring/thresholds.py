"""Service level objectives, and the thresholds of the alerts, each with its default and its range."""

from dataclasses import fields

from kubestock.errors import ConfigurationError
from kubestock.values.value import Value

KONG_BUCKETS_MS = (25, 50, 80, 100, 250, 400, 700, 1000, 2000, 5000, 10000, 30000, 60000)
"""The bucket bounds of the histograms of Kong 3.9; values between two bounds cannot be distinguished."""

OBJECTIVE_DAYS = 30
"""The period of an objective, in days; the burn rates of the alerts are computed for it."""

# The fastest burn rate with an alert is 14.4: from a budget of 7 % on, that is more than all requests.
_LEAST, _MOST = 95.0, 100.0


class Objective(Value):
    """The service level objective of every service, over 30 days.

    Args:
        availability: the percentage of requests that are answered without a server error. Defaults to 99.9.
        fast: the percentage of requests that are answered within `latency_ms`. Defaults to 99.
        latency_ms: a latency in milliseconds, which must be one of Kong's bucket bounds. Defaults to 1000.

    Raises:
        ConfigurationError: if a percentage is 100, which leaves no error budget, or below 95, whose budget no outage
            could burn quickly enough for an alert; or the latency is not a bucket bound.

    See https://sre.google/workbook/alerting-on-slos/
    """

    availability: float = 99.9
    fast: float = 99.0
    latency_ms: int = 1000

    def check(self) -> None:
        for what, percent in (("availability", self.availability), ("fast", self.fast)):
            if not _LEAST <= percent < _MOST:
                raise ConfigurationError(
                    f"{what} must be a percentage from 95 to below 100, got {percent:g}; 100 leaves no error budget, "
                    "and "
                    "below 95 no outage could burn it quickly enough for an alert"
                )
        if self.latency_ms not in KONG_BUCKETS_MS:
            raise ConfigurationError(
                f"latency_ms must be one of {', '.join(map(str, KONG_BUCKETS_MS))}, the bucket bounds of Kong's "
                f"histograms, got {self.latency_ms}"
            )

    @property
    def may_fail(self) -> float:
        """The share of requests that may fail: the error budget."""
        return budget(self.availability)

    @property
    def quantile(self) -> str:
        """The name of the quantile that the latency objective applies to, such as p99."""
        return f"p{self.fast:g}"


def budget(percent: float) -> float:
    """Return the share of requests that may miss an objective."""
    return round((100 - percent) / 100, 9)


_RANGES: dict[str, tuple[float, float]] = {
    "restarts": (1, 50),
    "min_requests": (1, 1_000_000),
    "outage_requests": (1, 1_000_000),
    "unauthorized_per_second": (0.001, 100_000),
    "limited_per_second": (0.001, 100_000),
    "forbidden_per_second": (0.001, 100_000),
    "unrouted_per_second": (0.001, 100_000),
    "slow_query_seconds": (0.001, 3600),
    # histogram_quantile returns the last bound for higher values, so a threshold must be below it to be exceeded.
    "slow_request_ms": (1, KONG_BUCKETS_MS[-2]),
    "upstream_latency_ms": (1, KONG_BUCKETS_MS[-2]),
    "gateway_latency_ms": (1, 1000),
    "disk_full_hours": (1, 24 * 30),
    "load_per_core": (0.1, 100),
    # At its limit, a container is killed or throttled, and a node fails before its last byte is used.
    "cpu_percent": (0.01, 99),
    "memory_percent": (0.01, 99),
    "node_memory_percent": (0.01, 99),
    "disk_free_percent": (0.01, 50),
    "certificate_days": (1, 365),
    "counted_requests": (1, 1_000_000),
}
_PERCENT = (0.01, 100.0)


class Thresholds(Value):
    """The values at which alerts fire. Percentages are above 0 and at most 100; a value at the threshold fires.

    Args:
        cpu_percent: CPU usage of a container, as a percentage of its limit, at most 99. Defaults to 90.
        throttled_percent: the percentage of CPU periods in which a container was throttled. Defaults to 25.
        memory_percent: memory usage of a container, as a percentage of its limit, at most 99; at 100 it is killed.
            Defaults to 90.
        restarts: restarts of a container within six hours, at least one of them within the last two. Defaults to 3.
        quota_percent: usage of the quota, as a percentage of a hard limit. Defaults to 90.
        min_requests: the least number of requests to a service in the long window of a burn rate before its errors
            count: one failure among three requests at night does not burn the budget. Defaults to 100.
        outage_percent: the percentage of a service's requests that fail within an hour; above it, even a service with
            few requests has an outage. Defaults to 50.
        outage_requests: the least number of requests to a service within an hour before an outage counts. Defaults to
            10.
        slow_request_ms: the 95th percentile of a service's response times in milliseconds, at most 30000. Defaults to
            2000.
        unauthorized_per_second: responses with status 401 of one route, per second. Defaults to 1.
        limited_per_second: responses with status 429 of one route, per second. Defaults to 1.
        forbidden_per_second: responses with status 403 of one route, per second. Defaults to 0.5.
        unrouted_per_second: requests without a route, per second: nginx refuses them, or Kong has no route for them.
            They include the probes and scrapes of Kong, less than one per second for each pod. Defaults to 20.
        pool_percent: usage of a pool of database connections, as a percentage. Defaults to 90.
        slow_query_seconds: the 95th percentile of query durations in seconds, if a program measures them. Defaults to
            1.
        failed_percent: the percentage of failures among the requests that a program counts itself, answered or sent,
            within 15 minutes. Defaults to 10.
        slow_percent: the percentage of those requests that are slower than the bound in the program's metrics. Defaults
            to 5.
        counted_requests: the least number of those requests within 15 minutes before failed and slow ones count.
            Defaults to 10.
        packet_error_percent: the percentage of a pod's packets with errors. Defaults to 1.
        packet_drop_percent: the percentage of a pod's packets that are dropped. Defaults to 1.
        upstream_latency_ms: the 95th percentile of the time until a service begins its response, including the time to
            connect, in milliseconds, at most 30000. Defaults to 1000.
        gateway_latency_ms: the 95th percentile of the time that Kong adds before it connects, in milliseconds: plugins,
            name resolution, choice of a pod, and failed attempts. Defaults to 100.
        disk_full_hours: the hours until a node's disk is full at its present rate. Defaults to 24.
        disk_free_percent: the percentage of free space on a node's disk, at any rate; the kubelet evicts pods at about
            10. Defaults to 10.
        node_memory_percent: memory usage of a node, as a percentage, at most 99. Defaults to 90.
        load_per_core: the load of a node per CPU core, over 15 minutes. Defaults to 2.
        certificate_days: the days until a certificate expires. Defaults to 14.

    Raises:
        ConfigurationError: if a threshold is out of its range; the error names both.
    """

    cpu_percent: float = 90
    throttled_percent: float = 25
    memory_percent: float = 90
    restarts: int = 3
    quota_percent: float = 90
    min_requests: int = 100
    outage_percent: float = 50
    outage_requests: int = 10
    slow_request_ms: int = 2000
    unauthorized_per_second: float = 1
    limited_per_second: float = 1
    forbidden_per_second: float = 0.5
    unrouted_per_second: float = 20
    pool_percent: float = 90
    slow_query_seconds: float = 1
    failed_percent: float = 10
    slow_percent: float = 5
    counted_requests: int = 10
    packet_error_percent: float = 1
    packet_drop_percent: float = 1
    upstream_latency_ms: int = 1000
    gateway_latency_ms: int = 100
    disk_full_hours: int = 24
    disk_free_percent: float = 10
    node_memory_percent: float = 90
    load_per_core: float = 2
    certificate_days: int = 14

    def check(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            lowest, highest = _RANGES.get(each.name, _PERCENT)
            if not lowest <= value <= highest:
                raise ConfigurationError(f"{each.name} must be from {lowest:g} to {highest:g}, got {value:g}")
