"""The row of the gateway: its own responses, its latency, its upstreams, and the usage of its memory."""

from kubestock.monitoring.dashboard.panels import Panel, Query, Row, Threshold
from kubestock.monitoring.dashboard.saturation import saturation
from kubestock.monitoring.dashboard.selectors import RATE, Selectors, quantile
from kubestock.monitoring.product import MonitoredProduct
from kubestock.monitoring.thresholds import Thresholds


def gateway(product: MonitoredProduct, thresholds: Thresholds) -> Row:
    """Return the panels of Kong, which do not depend on the selected services."""
    on, name = Selectors(namespace=product.namespace), product.gateway or ""
    full = saturation(thresholds, on, name)
    return Row(title="Gateway", panels=(*_answers(on), *_behind(on), *_program(on, name), *full))


def _answers(on: Selectors) -> tuple[Panel, ...]:
    requests = "kong_http_requests_total"
    refused = on.all('code=~"401|403|429"')
    return (
        Panel(
            title="Status codes",
            description="Responses of all services by status code. Normal is mostly 2xx; 5xx while no service fails "
            "comes from Kong itself.",
            unit="reqps",
            queries=(Query(expression=f"sum by (code) (rate({requests}{on.all()}{RATE}))", legend="{{code}}"),),
            stacked=True,
        ),
        Panel(
            title="Rejected requests, by route",
            description="Requests that authentication (401), access control (403) or rate limits (429) rejected. A "
            "low rate is normal; a burst of 401 suggests guessed credentials, and a burst of 429 a flood or a limit "
            "that is too low.",
            unit="reqps",
            queries=(
                Query(
                    expression=f"sum by (route, code) (rate({requests}{refused}{RATE})) > 0",
                    legend="{{code}} {{route}}",
                ),
            ),
        ),
        Panel(
            title="Latency: services and Kong",
            description="p95 of the whole response time, of the time of the service, and of the time that Kong itself "
            "adds. Normal is a few milliseconds for Kong; more means a slow plugin or too little CPU.",
            unit="ms",
            queries=tuple(
                Query(expression=quantile(0.95, f"kong_{part}_latency_ms", on.all()), legend=legend)
                for part, legend in (("request", "all"), ("upstream", "service"), ("kong", "Kong"))
            ),
        ),
    )


def _behind(on: Selectors) -> tuple[Panel, ...]:
    health = "kong_upstream_target_health"
    usable = on.all('state=~"healthy|healthchecks_off"')
    out, unresolved = (on.all(f'state="{state}"') for state in ("unhealthy", "dns_error"))
    return (
        Panel(
            title="Healthy addresses, by upstream",
            description="Addresses of each upstream that pass their health checks or have no check. Each Kong pod "
            "checks separately, and the graph shows the smallest count. Normal is the number of replicas.",
            unit="short",
            decimals=0,
            queries=(
                Query(
                    expression=f"min by (upstream) (sum by (upstream, pod) ({health}{usable}))", legend="{{upstream}}"
                ),
            ),
        ),
        Panel(
            title="Ejected addresses, by upstream",
            description="Addresses that fail their health checks, and upstreams whose name does not resolve. Normal "
            "is 0, except for seconds during a rollout.",
            unit="short",
            decimals=0,
            queries=(
                Query(expression=f"max by (upstream) (sum by (upstream, pod) ({health}{out}))", legend="{{upstream}}"),
                Query(
                    expression=f"max by (upstream) (sum by (upstream, pod) ({health}{unresolved}))",
                    legend="{{upstream}} not resolved",
                ),
            ),
            thresholds=(Threshold(at=1.0, color="red"),),
        ),
        Panel(
            title="Traffic in bytes",
            description="Bytes that clients sent and received. Normal follows the number of requests; if only the "
            "bytes grow, responses are larger, or a client downloads too much.",
            unit="Bps",
            queries=(
                Query(
                    expression=f"sum by (direction) (rate(kong_bandwidth_bytes{on.all()}{RATE}))",
                    legend="{{direction}}",
                ),
            ),
        ),
    )


def _program(on: Selectors, name: str) -> tuple[Panel, ...]:
    used, room = (f"kong_memory_lua_shared_dict_{what}{on.all()}" for what in ("bytes", "total_bytes"))
    states = on.all('state=~"active|reading|writing|waiting"')
    return (
        Panel(
            title="Connections",
            description="Client connections of all Kong pods. Normal is a steady level for the time of day; if "
            "`writing` rises, services respond slowly.",
            unit="short",
            decimals=0,
            queries=(Query(expression=f"sum by (state) (kong_nginx_connections_total{states})", legend="{{state}}"),),
        ),
        Panel(
            title="Shared memory of Kong",
            description="Usage of Kong's shared memory, in the pod with the highest usage. Normal is below 80 %, "
            "except for caches, which evict entries; when `prometheus_metrics` is full, metrics on this page are lost.",
            unit="percentunit",
            queries=(Query(expression=f"max by (shared_dict) ({used} / {room})", legend="{{shared_dict}}"),),
            highest=1.0,
        ),
        Panel(
            title="Configuration",
            description="Desired, ready and unready pods of Kong. A pod is ready only when it has loaded its "
            "configuration. Normal is all pods ready, except for minutes during a rollout. A pod that stays unready "
            "cannot read its configuration; the old pods still serve with theirs.",
            unit="short",
            decimals=0,
            queries=_configuration(on, name),
        ),
    )


def _configuration(on: Selectors, name: str) -> tuple[Query, ...]:
    deployment = on.all(f'deployment="{name}"')
    ready, waiting = (on.pods(name, f'condition="{condition}"') for condition in ("true", "false"))
    return (
        Query(expression=f"sum (kube_deployment_spec_replicas{deployment})", legend="desired"),
        Query(expression=f"sum (kube_pod_status_ready{ready})", legend="ready"),
        Query(expression=f"sum (kube_pod_status_ready{waiting})", legend="not ready"),
    )
