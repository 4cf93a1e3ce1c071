"""The series of an hour in which production is healthy; a test changes some of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from exposition import Answers, backend, identity, read, relabeled
from support import Manifest, pick, production

Hour = dict[str, str]
"""The values of sixty minutes by series, in the format of promtool."""

NAMESPACE = "kubestock-production"
PREFIXES = {
    "ms-product": "product_catalog_service",
    "ms-inventory": "inventory_service",
    "ms-supplier": "supplier_service",
    "ms-order-management": "order_service",
}
BACKENDS = {**dict(zip(PREFIXES, (3002, 3003, 3004, 3005), strict=True)), "ms-identity": 3006}
SERVED = {**BACKENDS, "frontend": 8080}
PODS = (1, 2)
_MINUTES = 90
# Each minute: lists, one object by its id, a forbidden request, a missing object, a call of another service, a probe.
_ASKED = (
    ("GET", "/", 200, 30),
    ("GET", "/stats", 200, 4),
    ("GET", "/17", 200, 20),
    ("GET", "/9999", 404, 1),
    ("POST", "/reserve", 200, 6),
    ("POST", "/", 400, 2),
    ("GET", "/health", 200, 12),
)
_ASKED_OF_IDENTITY = (
    ("GET", "/suppliers", 200, 6),
    ("GET", "/users/:userId", 404, 1),
    ("POST", "/staff", 401, 2),
    ("GET", "/nothing", 404, 1),
    ("GET", "/health", 200, 12),
)


def healthy() -> Hour:
    """Return the series of an hour without problems."""
    found: Hour = {}
    for service in BACKENDS:
        for pod in PODS:
            found |= program(service, pod)
    for deployment in objects("Deployment"):
        found |= _workload(deployment)
    return found | _gateway() | _namespace() | _node()


def program(service: str, pod: int, *, active: int = 2, failing: int = 0) -> Hour:
    """Return the series that Prometheus keeps of one pod; a number of requests per minute is answered 500."""
    before, after = (read(_text(service, minute, active=active, failing=failing)) for minute in (0, 1))
    (endpoint,) = pick(production(), "PodMonitor", service)["spec"]["podMetricsEndpoints"]
    kept = relabeled(before, endpoint["metricRelabelings"])
    target = target_of(service, pod)
    said = {"up": 1, "scrape_samples_scraped": len(before), "scrape_samples_post_metric_relabeling": len(kept)}
    report = {f"{name}{{{target}}}": flat(each) for name, each in said.items()}
    return report | {labeled(name, target): growing(each, after[name] - each) for name, each in kept.items()}


def target_of(workload: str, pod: int, port: str = "http") -> str:
    """Return the labels of a PodMonitor's target."""
    return (
        f'namespace="{NAMESPACE}",pod="{workload}-{pod}",container="{workload}",'
        f'job="{NAMESPACE}/{workload}",endpoint="{port}"'
    )


def restarts(services: Iterable[str], values: str, pods: Iterable[int] = PODS) -> Hour:
    """Return the restart counters of containers."""
    name = "kube_pod_container_status_restarts_total"
    return {
        f'{name}{{namespace="{NAMESPACE}",pod="{each}-{pod}",container="{each}"}}': values
        for each in services
        for pod in pods
    }


def answers(service: str, **codes: float) -> Hour:
    """Return Kong's responses for a service in each minute, by code, such as c200=60."""
    of = f'namespace="{NAMESPACE}",pod="kong-1",service="{service}.{SERVED[service]}",route="api.{service}"'
    return {f'kong_http_requests_total{{{of},code="{code[1:]}"}}': growing(0, each) for code, each in codes.items()}


def objects(kind: str) -> list[Manifest]:
    return [each for each in production() if each["kind"] == kind]


def flat(value: float) -> str:
    return f"{value:g}x{_MINUTES}"


def growing(start: float, by: float) -> str:
    return f"{start:g}+{by:g}x{_MINUTES}"


def labeled(series: str, labels: str) -> str:
    name, _, rest = series.partition("{")
    return f"{name}{{{labels},{rest}" if rest else f"{name}{{{labels}}}"


def _text(service: str, minute: int, *, active: int, failing: int) -> str:
    asked = _ASKED_OF_IDENTITY if service == "ms-identity" else _ASKED
    given = [Answers(method, path, status, 100 + minute * each) for method, path, status, each in asked]
    if failing:
        given.append(Answers("GET", asked[0][1], 500, minute * failing))
    return identity(given) if service == "ms-identity" else backend(PREFIXES[service], given, active=active)


def _workload(deployment: Manifest) -> Hour:
    name = deployment["metadata"]["name"]
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    found: Hour = {}
    for pod in PODS:
        found |= _pod(f"{name}-{pod}", container["name"], container["resources"]["limits"])
    here = f'namespace="{NAMESPACE}"'
    of = f'{here},deployment="{name}"'
    found |= {f"kube_deployment_spec_replicas{{{of}}}": flat(2)}
    found |= {f"kube_deployment_status_replicas_available{{{of}}}": flat(2)}
    for condition in ("Available", "Progressing"):
        for status, value in (("true", 1), ("false", 0), ("unknown", 0)):
            labels = f'{of},condition="{condition}",status="{status}"'
            found[f"kube_deployment_status_condition{{{labels}}}"] = flat(value)
    found[f'kube_poddisruptionbudget_status_pod_disruptions_allowed{{{here},poddisruptionbudget="{name}"}}'] = flat(1)
    of = f'{here},horizontalpodautoscaler="{name}"'
    found |= {f"kube_horizontalpodautoscaler_status_current_replicas{{{of}}}": flat(2)}
    return found | {f"kube_horizontalpodautoscaler_spec_max_replicas{{{of}}}": flat(8)}


def _pod(pod: str, container: str, limits: Mapping[str, Any]) -> Hour:
    of = f'namespace="{NAMESPACE}",pod="{pod}"'
    main = f'{of},container="{container}"'
    found: Hour = {
        f"kube_pod_container_status_restarts_total{{{main}}}": flat(0),
        f'kube_pod_container_resource_limits{{{main},resource="cpu"}}': flat(0.2),
        f'kube_pod_container_resource_limits{{{main},resource="memory"}}': flat(256e6),
        f"container_cpu_usage_seconds_total{{{main}}}": growing(0, 2),
        f"container_cpu_cfs_periods_total{{{main}}}": growing(0, 600),
        f"container_cpu_cfs_throttled_periods_total{{{main}}}": growing(0, 12),
        f"container_memory_working_set_bytes{{{main}}}": flat(79e6),
    }
    for what, each in (("packets", 500), ("packets_dropped", 0), ("errors", 0)):
        for way in ("receive", "transmit"):
            found[f'container_network_{way}_{what}_total{{{of},interface="eth0"}}'] = growing(0, each)
    for name, label, values in (
        ("kube_pod_status_ready", "condition", {"true": 1, "false": 0}),
        ("kube_pod_status_phase", "phase", {"Running": 1, "Pending": 0}),
    ):
        found |= {f'{name}{{{of},{label}="{value}"}}': flat(each) for value, each in values.items()}
    assert limits
    return found


def _gateway() -> Hour:
    found: Hour = {}
    for pod in PODS:
        found[f"up{{{target_of('kong', pod, 'status')}}}"] = flat(1)
        found[f"scrape_samples_scraped{{{target_of('kong', pod, 'status')}}}"] = flat(900)
        found[f'kong_nginx_requests_total{{namespace="{NAMESPACE}",pod="kong-{pod}"}}'] = growing(0, 300)
    for service, port in SERVED.items():
        found |= answers(service, c200=60, c404=1, c401=2)
        of = f'namespace="{NAMESPACE}",pod="kong-1",service="{service}.{port}",route="api.{service}"'
        for name in ("kong_request_latency_ms", "kong_upstream_latency_ms", "kong_kong_latency_ms"):
            for bound in ("5", "100", "1000", "+Inf"):
                found[f'{name}_bucket{{{of},le="{bound}"}}'] = growing(0, 63)
            found[f"{name}_count{{{of}}}"] = growing(0, 63)
        for state, value in (("healthy", 1), ("unhealthy", 0), ("dns_error", 0), ("healthchecks_off", 0)):
            labels = (
                f'namespace="{NAMESPACE}",pod="kong-1",upstream="{service}",address="10.0.0.1:{port}",state="{state}"'
            )
            found[f"kong_upstream_target_health{{{labels}}}"] = flat(value)
    return found


def _namespace() -> Hour:
    (quota,) = objects("ResourceQuota")
    of = f'namespace="{NAMESPACE}",resourcequota="{quota["metadata"]["name"]}"'
    return {
        f'kube_resourcequota{{{of},resource="{resource}",type="{kind}"}}': flat(value)
        for resource in quota["spec"]["hard"]
        for kind, value in (("hard", 100), ("used", 40))
    }


def _node() -> Hour:
    disk = 'instance="n1",device="/dev/sda1",mountpoint="/",fstype="ext4"'
    return {
        'kube_node_status_condition{node="n1",condition="Ready",status="true"}': flat(1),
        f"node_filesystem_avail_bytes{{{disk}}}": flat(60e9),
        f"node_filesystem_size_bytes{{{disk}}}": flat(100e9),
        f"node_filesystem_readonly{{{disk}}}": flat(0),
        'node_memory_MemAvailable_bytes{instance="n1"}': flat(4e9),
        'node_memory_MemTotal_bytes{instance="n1"}': flat(8e9),
        'node_load15{instance="n1"}': flat(0.5),
        'node_cpu_seconds_total{instance="n1",cpu="0",mode="idle"}': growing(0, 50),
    }
