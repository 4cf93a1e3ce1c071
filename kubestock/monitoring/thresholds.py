"""When something is wrong: objectives that are promised, and thresholds, each with its default and range."""

from dataclasses import fields

from kubestock.errors import ConfigurationError
from kubestock.values.value import Value

KONG_BUCKETS_MS = (25, 50, 80, 100, 250, 400, 700, 1000, 2000, 5000, 10000, 30000, 60000)
"""The bounds of Kong 3.9's histograms of requests and upstreams; what lies between them cannot be told."""

OBJECTIVE_DAYS = 30
"""Over which an objective holds; the burn rates of the alerts are made for it."""

# The quickest burn that alerts is 14.4 times the budget: from 7 % on that is more than all requests.
_LEAST, _MOST = 95.0, 100.0


class Objective(Value):
    """What is promised of every service, over 30 days.

    Args:
        availability: percent of requests that are answered without a server error. Defaults to 99.9.
        fast: percent of requests that are answered within `latency_ms`. Defaults to 99.
        latency_ms: one of Kong's bounds. Defaults to 1000.

    Raises:
        ConfigurationError: for 100 percent, which leaves no error budget to burn; or less than 95, whose budget no
            outage could burn quickly enough to alert; or a latency that Kong does not count.

    See https://sre.google/workbook/alerting-on-slos/
    """

    availability: float = 99.9
    fast: float = 99.0
    latency_ms: int = 1000

    def check(self) -> None:
        for what, percent in (("availability", self.availability), ("fast", self.fast)):
            if not _LEAST <= percent < _MOST:
                raise ConfigurationError(
                    f"{what} must be a percentage from 95 to below 100, got {percent:g}; 100 leaves no errors to "
                    "budget, and below 95 no outage could burn it quickly enough to be told"
                )
        if self.latency_ms not in KONG_BUCKETS_MS:
            raise ConfigurationError(
                f"latency_ms must be one of {', '.join(map(str, KONG_BUCKETS_MS))}, the bounds that Kong counts by, "
                f"got {self.latency_ms}"
            )

    @property
    def may_fail(self) -> float:
        """The share of requests that may fail: the error budget."""
        return budget(self.availability)

    @property
    def quantile(self) -> str:
        """What the latency within which `fast` percent are answered is called, such as p99."""
        return f"p{self.fast:g}"


def budget(percent: float) -> float:
    """Return the share of requests that may miss an objective."""
    return round((100 - percent) / 100, 9)


_RANGES: dict[str, tuple[float, float]] = {
    "restarts": (1, 50),
    "least_requests": (1, 1_000_000),
    "outage_requests": (1, 1_000_000),
    "unauthorized_per_second": (0.001, 100_000),
    "limited_per_second": (0.001, 100_000),
    "forbidden_per_second": (0.001, 100_000),
    "unrouted_per_second": (0.001, 100_000),
    "slow_query_seconds": (0.001, 3600),
    # A quantile beyond the last bound is told as that bound, so only what lies below it can be exceeded.
    "slow_request_ms": (1, KONG_BUCKETS_MS[-2]),
    "upstream_latency_ms": (1, KONG_BUCKETS_MS[-2]),
    "gateway_latency_ms": (1, 1000),
    "disk_full_hours": (1, 24 * 30),
    "load_per_core": (0.1, 100),
    # At its limit a container is killed or waits, and a node never runs out to the last byte.
    "cpu_percent": (0.01, 99),
    "memory_percent": (0.01, 99),
    "node_memory_percent": (0.01, 99),
    "disk_free_percent": (0.01, 50),
    "certificate_days": (1, 365),
    "counted_requests": (1, 1_000_000),
}
_PERCENT = (0.01, 100.0)


class Thresholds(Value):
    """Where an alert fires; percentages are above 0 and at most 100, and are reached, not exceeded.

    Args:
        cpu_percent: of a container's limit, at most 99. Defaults to 90.
        throttled_percent: of the periods in which a container wanted CPU. Defaults to 25.
        memory_percent: of a container's limit, at most 99; at 100 it is killed. Defaults to 90.
        restarts: of a container within six hours, so many or more, one of them within the last two. Defaults to 3.
        quota_percent: of a hard limit of the quota. Defaults to 90.
        least_requests: to a service, in the long window of a burn rate, before its share of errors counts: one
            failure among three requests at night burns no budget. Defaults to 100.
        outage_percent: of a service's requests that fail within an hour: then it has an outage even if it has few
            requests. Defaults to 50.
        outage_requests: to a service within an hour, before its outage counts. Defaults to 10.
        slow_request_ms: the 95th percentile of a service's answers, at most 30000. Defaults to 2000.
        unauthorized_per_second: answers 401 of one route. Defaults to 1.
        limited_per_second: answers 429 of one route. Defaults to 1.
        forbidden_per_second: answers 403 of one route. Defaults to 0.5.
        unrouted_per_second: requests that come to no route: nginx refuses them, or Kong knows no route for them.
            Probes and scrapes of Kong are among them, less than one a second for each pod. Defaults to 20.
        pool_percent: of a pool's database connections in use. Defaults to 90.
        slow_query_seconds: the 95th percentile of queries, where a program measures them. Defaults to 1.
        failed_percent: of the requests that a program counts itself, answered or sent, within 15 minutes. Defaults
            to 10.
        slow_percent: of those requests that take longer than the bound in the program's metrics. Defaults to 5.
        counted_requests: so many within 15 minutes, before those shares count. Defaults to 10.
        packet_error_percent: of a pod's packets. Defaults to 1.
        packet_drop_percent: of a pod's packets. Defaults to 1.
        upstream_latency_ms: the 95th percentile until a service begins to answer, connecting to it included, at most
            30000. Defaults to 1000.
        gateway_latency_ms: the 95th percentile of what Kong itself adds before it connects: plugins, name resolution,
            choice of a pod, and tries that failed. Defaults to 100.
        disk_full_hours: a node's disk that is full within so many hours, as it fills now. Defaults to 24.
        disk_free_percent: left on a node's disk, whatever it does next; the kubelet evicts pods at about 10. Defaults
            to 10.
        node_memory_percent: in use, at most 99. Defaults to 90.
        load_per_core: of a node, over 15 minutes. Defaults to 2.
        certificate_days: before a certificate ends. Defaults to 14.

    Raises:
        ConfigurationError: naming the threshold and its range.
    """

    cpu_percent: float = 90
    throttled_percent: float = 25
    memory_percent: float = 90
    restarts: int = 3
    quota_percent: float = 90
    least_requests: int = 100
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
