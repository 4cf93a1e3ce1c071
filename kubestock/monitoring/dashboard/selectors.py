"""Label matchers, and the expressions that several queries of the dashboard share.

Prometheus scrapes Kong through a PodMonitor, which adds no label `service`; so `service` is Kong's own label, with the
value `<workload>.<port>`. In the series of other programs, a workload is selected by the names of its pods.
"""

import re
from dataclasses import dataclass
from typing import Literal

SERVICE = "$service"
"""The variable with the selected services, as an alternation if there are several."""

RATE = "[$__rate_interval]"

_WINDOW = re.compile(r"\$__(rate_interval|interval|range)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """Selectors of series in one namespace."""

    namespace: str

    def kong(self, *matchers: str) -> str:
        """Return a selector of Kong's series for the selected services."""
        return self.all(f'service=~"({SERVICE})[.][0-9]+"', *matchers)

    def pods(self, workload: str, *matchers: str) -> str:
        """Return a selector for the series of a Deployment's pods, without Deployments that have a longer name."""
        return self.all(f'pod=~"({workload})-[a-z0-9]+-[a-z0-9]+"', *matchers)

    def all(self, *matchers: str) -> str:
        """Return a selector for all series of the namespace."""
        return "{" + ", ".join((f'namespace="{self.namespace}"', *matchers)) + "}"


def sent(expression: str) -> str:
    """Return an expression as Grafana sends it, with values for its variables, which are not valid PromQL."""
    return _WINDOW.sub("5m", expression)


def failed_share(on: Selectors, window: str = RATE, by: str = "") -> str:
    """Return the share of requests that were answered 5xx; it is 0, not missing, if none fails."""
    summed = f"sum by ({by})" if by else "sum"
    failing = on.kong('code=~"5.."')
    total = f"{summed} (rate(kong_http_requests_total{on.kong()}{window}))"
    failures = f"{summed} (rate(kong_http_requests_total{failing}{window}))"
    return f"({failures} or 0 * {total}) / {total}"


def quantile(rank: float, histogram: str, selector: str, by: str = "") -> str:
    """Return a quantile of a histogram, of all series together or for each value of the labels `by`."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({rank}, sum by ({labels}) (rate({histogram}_bucket{selector}{RATE})))"


def share_of_limit(resource: Literal["cpu", "memory"], on: Selectors, workload: str = SERVICE, by: str = "") -> str:
    """Return the highest share of its limit that a container uses, of all or for each value of the labels `by`."""
    running = on.pods(workload, 'container!=""')
    limits = on.pods(workload, f'resource="{resource}"')
    usage = {
        "cpu": f"rate(container_cpu_usage_seconds_total{running}{RATE})",
        "memory": f"container_memory_working_set_bytes{running}",
    }[resource]
    limit = f"max by (pod, container) (kube_pod_container_resource_limits{limits})"
    fullest = f"max by ({by})" if by else "max"
    return f"{fullest} (sum by (pod, container) ({usage}) / {limit})"


def restarts(on: Selectors, workload: str = SERVICE) -> str:
    """Return the number of restarts of each container within an hour."""
    counters = f"kube_pod_container_status_restarts_total{on.pods(workload)}"
    return f"sum by (pod, container) (increase({counters}[1h]))"


def throttled(on: Selectors, workload: str = SERVICE) -> str:
    """Return the share of CPU periods in which each pod was throttled."""
    running = on.pods(workload, 'container!=""')
    held, all_periods = (
        f"sum by (pod) (rate(container_cpu_cfs_{periods}_total{running}{RATE}))"
        for periods in ("throttled_periods", "periods")
    )
    return f"{held} / {all_periods}"
