"""Metrics, and identifiers of requests."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.traits import NOT_ON_CONSUMERS, Traits


class Prometheus(Plugin):
    """Serves metrics for Prometheus at /metrics of the status port.

    Unlike Kong: `status_code_metrics`, `latency_metrics`, `bandwidth_metrics` and `upstream_health_metrics` are True,
    because otherwise the alerts that use them would never fire.

    Args:
        per_consumer: add the consumer as a label, which multiplies the number of series by the number of consumers.
            Defaults to False.
        status_code_metrics: count requests by status code. Defaults to True.
        ai_metrics: metrics of AI plugins. Defaults to False.
        latency_metrics: histograms of latencies. Defaults to True.
        bandwidth_metrics: count bytes. Defaults to True.
        upstream_health_metrics: the health of each target. Defaults to True.

    See https://developer.konghq.com/plugins/prometheus/
    """

    name: ClassVar[str] = "prometheus"
    traits: ClassVar[Traits] = Traits(priority=13, phases=("log",), reads=("response.status",))
    kong_defaults: ClassVar[Mapping[str, Any]] = {
        "status_code_metrics": False,
        "latency_metrics": False,
        "bandwidth_metrics": False,
        "upstream_health_metrics": False,
    }

    per_consumer: bool = False
    status_code_metrics: bool = True
    ai_metrics: bool = False
    latency_metrics: bool = True
    bandwidth_metrics: bool = True
    upstream_health_metrics: bool = True


class CorrelationId(Plugin):
    """Adds a header with a unique identifier to each request that has none.

    Args:
        header_name: the name of the header. Defaults to Kong-Request-ID.
        generator: how the identifier is made. Defaults to uuid#counter.
        echo_downstream: also add the header to the response. Defaults to False.

    Raises:
        ConfigurationError: if the name is not a header name.

    See https://developer.konghq.com/plugins/correlation-id/
    """

    name: ClassVar[str] = "correlation-id"
    traits: ClassVar[Traits] = Traits(
        priority=100001,
        phases=("access", "header_filter"),
        scopes=NOT_ON_CONSUMERS,
        reads=("request.headers",),
        writes=("request.headers", "response.headers"),
    )

    header_name: str = "Kong-Request-ID"
    generator: Literal["uuid", "uuid#counter", "tracker"] = "uuid#counter"
    echo_downstream: bool = False

    def check(self) -> None:
        """Check the name of the header."""
        http.header_name("header_name", self.header_name)
