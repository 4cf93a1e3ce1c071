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
            description="Answers by status code, of all services. Normal is mostly 2xx; 5xx while no service fails is "
            "Kong's own.",
            unit="reqps",
            queries=(Query(expression=f"sum by (code) (rate({requests}{on.all()}{RATE}))", legend="{{code}}"),),
            stacked=True,
        ),
        Panel(
            title="Refused, by route",
            description="Requests that authentication (401), access control (403) or rate limits (429) turned away. "
            "Normal is a little; a burst of 401 is guessing, of 429 a flood or a limit that is too low.",
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
            description="p95 of the whole answer, of the wait for the service, and of what Kong itself adds. Normal "
            "is a few milliseconds for Kong; more is a slow plugin or too little CPU.",
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
            title="Pods that Kong may use",
            description="Addresses behind each upstream that pass their health checks, or have none; each Kong pod "
            "checks for itself, and the smallest count is drawn. Normal is the number of replicas.",
            unit="short",
            decimals=0,
            queries=(
                Query(
                    expression=f"min by (upstream) (sum by (upstream, pod) ({health}{usable}))", legend="{{upstream}}"
                ),
            ),
        ),
        Panel(
            title="Pods that Kong has ejected",
            description="Addresses that fail their health checks, and upstreams whose name does not resolve. Normal "
            "is 0, but for the seconds of a rollout.",
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
            description="What clients sent and got. Normal follows the requests; bytes that grow alone are larger "
            "answers, or a download that nobody meant.",
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
            description="Client connections of all Kong pods. Normal is level for the time of day; a climb of "
            "`writing` is services that answer slowly.",
            unit="short",
            decimals=0,
            queries=(Query(expression=f"sum by (state) (kong_nginx_connections_total{states})", legend="{{state}}"),),
        ),
        Panel(
            title="Shared memory of Kong",
            description="How full Kong's own tables are, in the fullest pod. Normal is below 80 %, but for caches, "
            "which evict; when `prometheus_metrics` is full, numbers on this page are lost.",
            unit="percentunit",
            queries=(Query(expression=f"max by (shared_dict) ({used} / {room})", legend="{{shared_dict}}"),),
            highest=1.0,
        ),
        Panel(
            title="Configuration",
            description="Kong pods that are wanted, that are ready, and that are not. A pod is ready only when it has "
            "loaded its configuration. Normal is as many ready as wanted, and none that is not, but for the minutes of "
            "a rollout; one that stays so cannot read its configuration, and the old ones serve on with theirs.",
            unit="short",
            decimals=0,
            queries=_configuration(on, name),
        ),
    )


def _configuration(on: Selectors, name: str) -> tuple[Query, ...]:
    deployment = on.all(f'deployment="{name}"')
    ready, waiting = (on.pods(name, f'condition="{condition}"') for condition in ("true", "false"))
    return (
        Query(expression=f"sum (kube_deployment_spec_replicas{deployment})", legend="wanted"),
        Query(expression=f"sum (kube_pod_status_ready{ready})", legend="ready"),
        Query(expression=f"sum (kube_pod_status_ready{waiting})", legend="not ready"),
    )
