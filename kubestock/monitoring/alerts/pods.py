"""Alerts on the pods of the product: their state, their resources and their limits."""

from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.alerts.restarts import CONTAINER, ended_alone
from kubestock.monitoring.product import MonitoredProduct
from kubestock.monitoring.thresholds import Thresholds


def pods(product: MonitoredProduct, thresholds: Thresholds) -> AlertGroup:
    """Return the alerts on pods, rollouts, autoscalers, disruption budgets and the quota."""
    return AlertGroup(
        name="pods",
        alerts=(*_resources(product, thresholds), *_health(product, thresholds), *_room(product, thresholds)),
    )


def _resources(product: MonitoredProduct, thresholds: Thresholds) -> tuple[Alert, ...]:
    here = product.here
    used = f"sum by ({CONTAINER}) (rate(container_cpu_usage_seconds_total{{{here}}}[5m]))"
    throttled = f'increase(container_cpu_cfs_throttled_periods_total{{{here},container!=""}}[5m])'
    periods = f'increase(container_cpu_cfs_periods_total{{{here},container!=""}}[5m])'
    memory = f"max by ({CONTAINER}) (container_memory_working_set_bytes{{{here}}})"
    return (
        Alert(
            name="PodCpuNearLimit",
            expression=f"100 * {used} / {_limit(here, 'cpu')} >= {thresholds.cpu_percent:g}",
            for_="15m",
            severity="warning",
            summary="{{ $labels.container }} in {{ $labels.pod }} uses {{ $value | humanize }} % of its CPU limit",
            description="Did traffic grow, or did a release make it slower? Then raise the limit or the number of "
            "pods.",
            runbook="PodCpuNearLimit.md",
        ),
        Alert(
            name="PodCpuThrottled",
            expression=f"100 * sum by ({CONTAINER}) ({throttled}) / sum by ({CONTAINER}) ({periods}) "
            f">= {thresholds.throttled_percent:g}",
            for_="15m",
            severity="warning",
            summary="{{ $labels.container }} in {{ $labels.pod }} is throttled in {{ $value | humanize }} % of periods",
            description="Compare with the latency of the service. If users notice it, raise the CPU limit.",
            runbook="PodCpuThrottled.md",
        ),
        Alert(
            name="PodMemoryNearLimit",
            expression=f"100 * {memory} / {_limit(here, 'memory')} >= {thresholds.memory_percent:g}",
            for_="10m",
            severity="warning",
            summary="{{ $labels.container }} in {{ $labels.pod }} uses {{ $value | humanize }} % of its memory limit",
            description="At 100 % the kernel kills it. Check whether memory has grown since the last release.",
            runbook="PodMemoryNearLimit.md",
        ),
    )


def _health(product: MonitoredProduct, thresholds: Thresholds) -> tuple[Alert, ...]:
    here = product.here
    alive = f'kube_pod_status_phase{{{here},phase=~"Pending|Running|Unknown"}} == 1'
    return (
        Alert(
            name="PodRestarts",
            expression=ended_alone(product, thresholds),
            severity="warning",
            summary="{{ $labels.container }} in {{ $labels.pod }} restarted {{ $value | humanize }} times in six hours",
            description="Find out why the last container ended: kubectl describe pod, and kubectl logs --previous.",
            runbook="PodRestarts.md",
        ),
        Alert(
            name="PodNotReady",
            expression=f'max by (namespace, pod) (kube_pod_status_ready{{{here},condition="true"}}) == 0 '
            f"and on (namespace, pod) ({alive})",
            for_="10m",
            severity="warning",
            summary="{{ $labels.pod }} is not ready",
            description="It receives no traffic until it is ready. Read its events: kubectl describe pod.",
            runbook="PodNotReady.md",
        ),
        Alert(
            name="RolloutStuck",
            expression=f"max by (namespace, deployment) (kube_deployment_status_condition{{{here},"
            'condition="Progressing",status="false"}) == 1',
            for_="1m",
            severity="critical",
            summary="the rollout of {{ $labels.deployment }} makes no progress",
            description="The old pods still serve. Find out why the new pods do not start, and roll back if that "
            "takes long.",
            runbook="RolloutStuck.md",
        ),
        Alert(
            name="ReplicasMissing",
            expression=f"max by (namespace, deployment) (kube_deployment_spec_replicas{{{here}}}) "
            f"- max by (namespace, deployment) (kube_deployment_status_replicas_available{{{here}}}) > 0",
            for_="15m",
            severity="warning",
            summary="{{ $labels.deployment }} has {{ $value | humanize }} pods too few",
            description="Look for pending pods: the quota or a lack of room on the nodes may stop them.",
            runbook="ReplicasMissing.md",
        ),
        Alert(
            name="JobFailed",
            expression=f'max by (namespace, job_name) (kube_job_failed{{{here},condition="true"}}) == 1',
            for_="5m",
            severity="warning",
            summary="Job {{ $labels.job_name }} has failed",
            description="Read its log: kubectl logs job/NAME. Delete the Job when the cause is fixed, or run it again.",
            runbook="JobFailed.md",
        ),
    )


def _room(product: MonitoredProduct, thresholds: Thresholds) -> tuple[Alert, ...]:
    here = product.here
    return (
        Alert(
            name="AutoscalerAtMaximum",
            expression="max by (namespace, horizontalpodautoscaler) "
            f"(kube_horizontalpodautoscaler_status_current_replicas{{{here}}}) "
            ">= max by (namespace, horizontalpodautoscaler) "
            f"(kube_horizontalpodautoscaler_spec_max_replicas{{{here}}})",
            for_="30m",
            severity="warning",
            summary="{{ $labels.horizontalpodautoscaler }} has reached its maximum of {{ $value | humanize }} pods",
            description="More load makes it slower. If the load is genuine, raise the maximum and the quota.",
            runbook="AutoscalerAtMaximum.md",
        ),
        Alert(
            name="DisruptionBudgetAtRisk",
            expression="max by (namespace, poddisruptionbudget) "
            f"(kube_poddisruptionbudget_status_pod_disruptions_allowed{{{here}}}) == 0",
            for_="30m",
            severity="warning",
            summary="{{ $labels.poddisruptionbudget }} allows no eviction",
            description="Node upgrades wait for it. Find its pods that are not healthy.",
            runbook="DisruptionBudgetAtRisk.md",
        ),
        Alert(
            name="QuotaNearlyFull",
            expression=f'100 * max by (namespace, resourcequota, resource) (kube_resourcequota{{{here},type="used"}}) '
            f'/ max by (namespace, resourcequota, resource) (kube_resourcequota{{{here},type="hard"}}) '
            f">= {thresholds.quota_percent:g}",
            for_="15m",
            severity="warning",
            summary="{{ $labels.resource }} of quota {{ $labels.resourcequota }} is {{ $value | humanize }} % used",
            description="At 100 % no new pod starts, and rollouts stop. Find what grew, or raise the quota.",
            runbook="QuotaNearlyFull.md",
        ),
    )


def _limit(here: str, resource: str) -> str:
    return f'max by ({CONTAINER}) (kube_pod_container_resource_limits{{{here},resource="{resource}"}})'
