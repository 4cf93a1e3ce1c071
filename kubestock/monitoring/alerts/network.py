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
            summary="{{ $value | humanize }} % of the packets of {{ $labels.pod }} are damaged",
            description="Look whether other pods on its node have errors, too: then it is the node.",
            runbook="PodNetworkErrors.md",
        ),
        Alert(
            name="PodPacketsDropped",
            expression=f"{_share(product, 'packets_dropped')} >= {thresholds.packet_drop_percent:g}",
            for_="10m",
            severity="warning",
            summary="{{ $value | humanize }} % of the packets of {{ $labels.pod }} are lost",
            description="Look at the CPU of the pod and of its node; a pod without CPU reads no packets.",
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
            summary="Kong finds {{ $labels.address }} of {{ $labels.upstream }} {{ $labels.state }}",
            description="dns_error: no pod is ready. unhealthy: ask its health path, and read its network policy.",
            runbook="UpstreamUnhealthy.md",
        ),
        Alert(
            name="UpstreamSlow",
            expression="histogram_quantile(0.95, sum by (namespace, service, le) "
            f"(rate(kong_upstream_latency_ms_bucket{{{product.served}}}[5m]))) > {thresholds.upstream_latency_ms}",
            for_="15m",
            severity="warning",
            summary="{{ $labels.service }} takes {{ $value | humanize }} ms to begin one in twenty answers",
            description="The service spends it, or the way there: connecting counts here. Look at its CPU first.",
            runbook="UpstreamSlow.md",
        ),
        Alert(
            name="GatewayAddsLatency",
            expression="histogram_quantile(0.95, sum by (namespace, le) "
            f"(rate(kong_kong_latency_ms_bucket{{{here}}}[5m]))) > {thresholds.gateway_latency_ms}",
            for_="15m",
            severity="warning",
            summary="Kong itself adds {{ $value | humanize }} ms to one in twenty requests",
            description="Plugins, DNS and tries that failed count here. Look at Kong's CPU, then at the cluster's DNS.",
            runbook="GatewayAddsLatency.md",
        ),
    )


def _share(product: MonitoredProduct, what: str) -> str:
    def rate(metric: str) -> str:
        return f"sum by (namespace, pod) (rate({metric}{{{product.here}}}[5m]))"

    bad = f"({rate(f'container_network_receive_{what}_total')} + {rate(f'container_network_transmit_{what}_total')})"
    every = f"({rate('container_network_receive_packets_total')} + {rate('container_network_transmit_packets_total')})"
    return f"100 * {bad} / {every}"
