"""Metrics, and a number by which a request is found again."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.traits import NOT_OF_A_CONSUMER, Traits


class Prometheus(Plugin):
    """Metrics at /metrics of the status port.

    Unlike Kong: `status_code_metrics`, `latency_metrics`, `bandwidth_metrics` and `upstream_health_metrics`
    are True, or the alerts that read them would never fire.

    Args:
        per_consumer: one more label on each series: as many series more as there are consumers.
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
    """A header with an identifier on each request that has none; `echo_downstream` puts it on the answer too."""

    name: ClassVar[str] = "correlation-id"
    traits: ClassVar[Traits] = Traits(
        priority=100001,
        phases=("access", "header_filter"),
        scopes=NOT_OF_A_CONSUMER,
        reads=("request.headers",),
        writes=("request.headers", "response.headers"),
    )

    header_name: str = "Kong-Request-ID"
    generator: Literal["uuid", "uuid#counter", "tracker"] = "uuid#counter"
    echo_downstream: bool = False

    def check(self) -> None:
        """Refuse what is no header."""
        http.header_name("header_name", self.header_name)
