"""Alerts on the network: lost packets, and pods that Kong cannot reach."""

from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.product import MonitoredProduct
from kubestock.monitoring.thresholds import Thresholds


def network(product: MonitoredProduct, thresholds: Thresholds) -> AlertGroup:
    """Return the alerts on the pods' packets, and on the pods as Kong sees them."""
    return AlertGroup(name="network", alerts=(*_packets(product, thresholds), *_upstreams(product, thresholds)))


def _packets(product: MonitoredProduct, thresholds: Thresholds) -> tuple[Alert, ...]:
    return (
        Alert(
            name="PodNetworkErrors",
            expression=f"{_share(product, 'errors')} >= {thresholds.packet_error_percent:g}",
            for_="10m",
            severity="warning",
            summary="{{ $value | humanize }} % of the packets of {{ $labels.pod }} have errors",
            description="If other pods on its node have errors too, the node is the cause.",
            runbook="PodNetworkErrors.md",
        ),
        Alert(
            name="PodPacketsDropped",
            expression=f"{_share(product, 'packets_dropped')} >= {thresholds.packet_drop_percent:g}",
            for_="10m",
            severity="warning",
            summary="{{ $value | humanize }} % of the packets of {{ $labels.pod }} are dropped",
            description="Look at the CPU of the pod and of its node: a throttled pod does not read its packets.",
            runbook="PodPacketsDropped.md",
        ),
    )


def _upstreams(product: MonitoredProduct, thresholds: Thresholds) -> tuple[Alert, ...]:
    if product.gateway is None:
        return ()
    here = product.here
    return (
        Alert(
            name="UpstreamUnhealthy",
            expression="max by (namespace, upstream, address, state) "
            f'(kong_upstream_target_health{{{here},state=~"unhealthy|dns_error"}}) == 1',
            for_="5m",
            severity="warning",
            summary="Kong reports {{ $labels.address }} of {{ $labels.upstream }} as {{ $labels.state }}",
            description="dns_error: no pod is ready. unhealthy: request its health path, and read its NetworkPolicy.",
            runbook="UpstreamUnhealthy.md",
        ),
        Alert(
            name="UpstreamSlow",
            expression="histogram_quantile(0.95, sum by (namespace, service, le) "
            f"(rate(kong_upstream_latency_ms_bucket{{{product.served}}}[5m]))) > {thresholds.upstream_latency_ms}",
            for_="15m",
            severity="warning",
            summary="{{ $labels.service }} takes {{ $value | humanize }} ms or more to start 5 % of its responses",
            description="The time includes connecting to the pod. Look at the CPU of the service first.",
            runbook="UpstreamSlow.md",
        ),
        Alert(
            name="GatewayAddsLatency",
            expression="histogram_quantile(0.95, sum by (namespace, le) "
            f"(rate(kong_kong_latency_ms_bucket{{{here}}}[5m]))) > {thresholds.gateway_latency_ms}",
            for_="15m",
            severity="warning",
            summary="Kong itself adds {{ $value | humanize }} ms or more to 5 % of the requests",
            description="The time includes plugins, DNS and failed attempts. Look at Kong's CPU, then at cluster DNS.",
            runbook="GatewayAddsLatency.md",
        ),
    )


def _share(product: MonitoredProduct, what: str) -> str:
    def rate(metric: str) -> str:
        return f"sum by (namespace, pod) (rate({metric}{{{product.here}}}[5m]))"

    bad = f"({rate(f'container_network_receive_{what}_total')} + {rate(f'container_network_transmit_{what}_total')})"
    every = f"({rate('container_network_receive_packets_total')} + {rate('container_network_transmit_packets_total')})"
    return f"100 * {bad} / {every}"
