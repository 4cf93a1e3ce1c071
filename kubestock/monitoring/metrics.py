"""The metrics that alerts and dashboards may read, each with the program that exports it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import promql_parser

from kubestock.errors import ConfigurationError

_HISTOGRAM = ("_bucket", "_sum", "_count")


@dataclass(frozen=True, slots=True)
class Exporter:
    """A program and the metrics that it exports; `histograms` are without `_bucket`, `_sum` and `_count`."""

    name: str
    metrics: tuple[str, ...]
    histograms: tuple[str, ...] = ()

    @property
    def series(self) -> tuple[str, ...]:
        """The names of the series, as in a query."""
        return (*self.metrics, *(f"{each}{suffix}" for each in self.histograms for suffix in _HISTOGRAM))


KONG = Exporter(
    "Kong 3.9, plugin prometheus",
    (
        "kong_bandwidth_bytes",
        "kong_datastore_reachable",
        "kong_http_requests_total",
        "kong_memory_lua_shared_dict_bytes",
        "kong_memory_lua_shared_dict_total_bytes",
        "kong_memory_workers_lua_vms_bytes",
        "kong_nginx_connections_total",
        "kong_nginx_metric_errors_total",
        "kong_nginx_requests_total",
        "kong_node_info",
        "kong_upstream_target_health",
    ),
    ("kong_kong_latency_ms", "kong_request_latency_ms", "kong_upstream_latency_ms"),
)
KUBE_STATE_METRICS = Exporter(
    "kube-state-metrics 2",
    (
        "kube_cronjob_created",
        "kube_cronjob_status_last_successful_time",
        "kube_deployment_spec_replicas",
        "kube_deployment_status_condition",
        "kube_deployment_status_replicas_available",
        "kube_horizontalpodautoscaler_spec_max_replicas",
        "kube_horizontalpodautoscaler_status_current_replicas",
        "kube_job_failed",
        "kube_node_status_condition",
        "kube_pod_container_resource_limits",
        "kube_pod_container_resource_requests",
        "kube_pod_container_status_restarts_total",
        "kube_pod_container_status_waiting_reason",
        "kube_pod_status_phase",
        "kube_pod_status_ready",
        "kube_poddisruptionbudget_status_pod_disruptions_allowed",
        "kube_resourcequota",
    ),
)
CADVISOR = Exporter(
    "cAdvisor, in the kubelet",
    (
        "container_cpu_cfs_periods_total",
        "container_cpu_cfs_throttled_periods_total",
        "container_cpu_usage_seconds_total",
        "container_memory_working_set_bytes",
        "container_network_receive_errors_total",
        "container_network_receive_packets_dropped_total",
        "container_network_receive_packets_total",
        "container_network_transmit_errors_total",
        "container_network_transmit_packets_dropped_total",
        "container_network_transmit_packets_total",
    ),
)
NODE_EXPORTER = Exporter(
    "node_exporter",
    (
        "node_cpu_seconds_total",
        "node_filesystem_avail_bytes",
        "node_filesystem_readonly",
        "node_filesystem_size_bytes",
        "node_load15",
        "node_memory_MemAvailable_bytes",
        "node_memory_MemTotal_bytes",
    ),
)
SEALED_SECRETS = Exporter(
    "sealed-secrets controller 0.36",
    (
        "sealed_secrets_controller_condition_info",
        "sealed_secrets_controller_unseal_errors_total",
        "sealed_secrets_controller_unseal_requests_total",
    ),
)
CERT_MANAGER = Exporter("cert-manager 1", ("certmanager_certificate_expiration_timestamp_seconds",))
PROMETHEUS = Exporter(
    "Prometheus, for each target", ("up", "scrape_samples_post_metric_relabeling", "scrape_samples_scraped")
)

EXPORTERS = (KONG, KUBE_STATE_METRICS, CADVISOR, NODE_EXPORTER, SEALED_SECRETS, CERT_MANAGER, PROMETHEUS)
METRICS: Mapping[str, str] = MappingProxyType({name: each.name for each in EXPORTERS for name in each.series})
"""The program that exports each metric."""


def metric_names(expression: str) -> frozenset[str]:
    """Return the metrics that a PromQL expression reads.

    Raises:
        ConfigurationError: if it is not valid PromQL, or a selector has no metric name.
    """
    return frozenset(_names(_parsed(expression), expression))


def check_known_metrics(expression: str, own: frozenset[str] = frozenset()) -> None:
    """Check that an expression reads only metrics that a program exports.

    Args:
        expression: the PromQL expression.
        own: metrics that the programs of the product export.

    Raises:
        ConfigurationError: if a metric is unknown; an alert on it would never fire.
    """
    if unknown := sorted(metric_names(expression) - METRICS.keys() - own):
        raise ConfigurationError(
            f"expression reads {', '.join(unknown)}, which no known program exports, so it would never return a "
            "value; correct the name, or add it to the metrics with its program"
        )


def check_vector(expression: str) -> None:
    """Check that an expression returns an instant vector: otherwise Prometheus refuses the rule, or it always fires.

    Raises:
        ConfigurationError: if it returns a range such as up[5m], a string or a number, or is not valid PromQL.
    """
    kind = _kind(_parsed(expression))
    if kind != "an instant vector":
        raise ConfigurationError(
            f"expression of an alert must return an instant vector, such as up == 0, got {kind}: {expression!r}"
        )


@cache
def _parsed(expression: str) -> Any:
    """Return the syntax tree of an expression. It is cached: several checks read it, and none changes it."""
    try:
        return promql_parser.parse(expression)
    except ValueError as error:
        raise ConfigurationError(f"expression must be valid PromQL: {error}, got {expression!r}") from None


def _kind(node: Any) -> str:
    if isinstance(node, promql_parser.MatrixSelector | promql_parser.SubqueryExpr):
        return "a range"
    if isinstance(node, promql_parser.StringLiteral):
        return "a string"
    if isinstance(node, promql_parser.ParenExpr | promql_parser.UnaryExpr):
        return _kind(node.expr)
    if isinstance(node, promql_parser.BinaryExpr):
        either = {_kind(node.lhs), _kind(node.rhs)}
        return either.pop() if len(either) == 1 else "an instant vector"
    scalar = isinstance(node, promql_parser.Call) and node.func.return_type == promql_parser.ValueType.Scalar
    return "a number" if scalar or isinstance(node, promql_parser.NumberLiteral) else "an instant vector"


def _names(node: Any, expression: str) -> Iterator[str]:
    if isinstance(node, promql_parser.VectorSelector):
        if not node.name:
            raise ConfigurationError(f"each selector must have its metric name before the braces, got {expression!r}")
        yield node.name
    for part in ("lhs", "rhs", "expr", "param", "vector_selector"):
        inner = getattr(node, part, None)
        if inner is not None:
            yield from _names(inner, expression)
    for argument in getattr(node, "args", None) or ():
        yield from _names(argument, expression)
