"""Whether public traffic can enter at all."""

from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.product import Product

_STUCK = "CrashLoopBackOff|CreateContainerConfigError|RunContainerError"


def gateway(product: Product) -> AlertGroup:
    """Return the alerts on Kong and its configuration."""
    waiting = f'kube_pod_container_status_waiting_reason{{{product.here},container="{product.gateway}"'
    healthy = f'kong_upstream_target_health{{{product.here},upstream!="",state="healthy"}}'
    return AlertGroup(
        name="gateway",
        alerts=(
            Alert(
                name="GatewayDown",
                expression=f'absent(up{{{product.here},job="{product.namespace}/{product.gateway}"}} == 1)',
                lasting="2m",
                severity="critical",
                summary="no pod of the gateway answers Prometheus",
                description="Nobody reaches the product. Look at the gateway's pods and their events.",
            ),
            Alert(
                name="GatewayConfigurationNotLoaded",
                expression=f'max by (namespace, pod, reason) ({waiting},reason=~"{_STUCK}"}}) == 1',
                lasting="2m",
                severity="critical",
                summary="Kong does not start in {{ $labels.pod }}: {{ $labels.reason }}",
                description="Old pods serve the old configuration. Read the log: it names the field that Kong refuses.",
            ),
            Alert(
                name="GatewayNoHealthyTarget",
                expression=f"sum by (namespace, upstream) (max by (namespace, upstream, address) ({healthy})) == 0",
                lasting="2m",
                severity="critical",
                summary="{{ $labels.upstream }} has no pod that Kong finds healthy",
                description="Every request to it is answered 503. Look whether its pods are ready and let Kong in.",
            ),
        ),
    )
