"""Alerts on the gateway itself: its pods and its configuration."""

from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.product import MonitoredProduct

# A missing Secret in a volume keeps a pod in ContainerCreating, a state that every pod passes through.
_STUCK = (
    "CrashLoopBackOff|CreateContainerConfigError|CreateContainerError|RunContainerError"
    "|ImagePullBackOff|ErrImagePull|InvalidImageName"
)


def gateway(product: MonitoredProduct) -> AlertGroup:
    """Return the alerts on Kong and its configuration."""
    waiting = f'kube_pod_container_status_waiting_reason{{{product.here},container="{product.gateway}"'
    usable = f'kong_upstream_target_health{{{product.here},state=~"healthy|healthchecks_off"}}'
    creating = f'{waiting},reason="ContainerCreating"}}'
    return AlertGroup(
        name="gateway",
        alerts=(
            Alert(
                name="GatewayDown",
                expression=f'absent(up{{{product.here},job="{product.namespace}/{product.gateway}"}} == 1)',
                for_="2m",
                severity="critical",
                summary=f"no pod of the gateway of {product.namespace} responds to Prometheus",
                description="No client reaches the product. Look at the pods of the gateway and their events.",
                runbook="GatewayDown.md",
            ),
            Alert(
                name="GatewayConfigurationNotLoaded",
                # Between two restarts the container runs and has no waiting reason, so the last ten minutes count;
                # pods that became ready since, or were deleted, are left out.
                expression=f'max by (namespace, pod, reason) (max_over_time({waiting},reason=~"{_STUCK}"}}[10m]) '
                f"or {creating} == 1 and {creating} offset 3m == 1) == 1 and on (namespace, pod) "
                f'(max by (namespace, pod) (kube_pod_status_ready{{{product.here},condition="true"}}) == 0)',
                for_="2m",
                severity="critical",
                summary="Kong does not start in {{ $labels.pod }}: {{ $labels.reason }}",
                description="Old pods still serve. Read its log, which names the field that Kong rejects, and its "
                "events.",
                runbook="GatewayConfigurationNotLoaded.md",
            ),
            Alert(
                name="GatewayNoHealthyTarget",
                expression=f"sum by (namespace, pod, upstream) ({usable}) == 0",
                for_="2m",
                severity="critical",
                summary="Kong in {{ $labels.pod }} finds no pod of {{ $labels.upstream }} healthy",
                description="Requests to it get 503. Check that its pods are ready, and that their NetworkPolicy "
                "admits Kong.",
                runbook="GatewayNoHealthyTarget.md",
            ),
        ),
    )
