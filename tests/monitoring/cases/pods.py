from case import Case

POD = 'namespace="shop",pod="orders-1",container="orders"'
ELSEWHERE = 'namespace="other",pod="orders-1",container="orders"'
USED = f"container_cpu_usage_seconds_total{{{POD}}}"
CPU = f'kube_pod_container_resource_limits{{{POD},resource="cpu"}}'
MEMORY = f'kube_pod_container_resource_limits{{{POD},resource="memory"}}'
PERIODS = f"container_cpu_cfs_periods_total{{{POD}}}"
THROTTLED = f"container_cpu_cfs_throttled_periods_total{{{POD}}}"
RESTARTS = f"kube_pod_container_status_restarts_total{{{POD}}}"
READY = 'kube_pod_status_ready{namespace="shop",pod="orders-1",condition="true"}'
RUNNING = 'kube_pod_status_phase{namespace="shop",pod="orders-1",phase="Running"}'
SUCCEEDED = 'kube_pod_status_phase{namespace="shop",pod="orders-1",phase="Succeeded"}'
PROGRESS = 'deployment="orders",condition="Progressing",status="false"'
ROLLOUT = f'kube_deployment_status_condition{{namespace="shop",{PROGRESS}}}'
WANTED = 'kube_deployment_spec_replicas{namespace="shop",deployment="orders"}'
THERE = 'kube_deployment_status_replicas_available{namespace="shop",deployment="orders"}'
NOW = 'kube_horizontalpodautoscaler_status_current_replicas{namespace="shop",horizontalpodautoscaler="orders"}'
MOST = 'kube_horizontalpodautoscaler_spec_max_replicas{namespace="shop",horizontalpodautoscaler="orders"}'
BUDGET = 'kube_poddisruptionbudget_status_pod_disruptions_allowed{namespace="shop",poddisruptionbudget="orders"}'
QUOTA = 'namespace="shop",resourcequota="shop",resource="pods"'
UP = 'up{namespace="shop",job="shop/orders",pod="orders-1"}'

PODS = (
    Case("PodCpuNearLimit", 1, {USED: "0+12x60", CPU: "0.2x60"}, why="12 s a minute is all of 200m"),
    Case("PodCpuNearLimit", 0, {USED: "0+6x60", CPU: "0.2x60"}, why="half of it"),
    Case("PodCpuNearLimit", 0, {USED: "0+12x60", CPU: "0.2x60"}, "12m", "a short peak"),
    Case("PodCpuThrottled", 1, {PERIODS: "0+600x60", THROTTLED: "0+300x60"}),
    Case("PodCpuThrottled", 0, {PERIODS: "0+600x60", THROTTLED: "0+60x60"}),
    Case("PodMemoryNearLimit", 1, {f"container_memory_working_set_bytes{{{POD}}}": "250x60", MEMORY: "256x60"}),
    Case("PodMemoryNearLimit", 0, {f"container_memory_working_set_bytes{{{POD}}}": "200x60", MEMORY: "256x60"}),
    Case(
        "PodMemoryNearLimit",
        0,
        {f"container_memory_working_set_bytes{{{ELSEWHERE}}}": "250x60", MEMORY: "256x60"},
        why="another namespace's",
    ),
    Case("PodRestarts", 1, {RESTARTS: "0x30 1 2 3 4x30"}, "40m"),
    Case("PodRestarts", 0, {RESTARTS: "0x30 1x30"}, "40m", "once is an accident"),
    Case("PodNotReady", 1, {READY: "0x60", RUNNING: "1x60"}),
    Case("PodNotReady", 0, {READY: "0x60", RUNNING: "0x60", SUCCEEDED: "1x60"}, why="a Job that is done"),
    Case("PodNotReady", 0, {READY: "0x5 1x60", RUNNING: "1x60"}, why="a usual start"),
    Case("RolloutStuck", 1, {ROLLOUT: "1x60"}),
    Case("RolloutStuck", 0, {ROLLOUT: "0x60"}),
    Case("ReplicasMissing", 1, {WANTED: "3x60", THERE: "2x60"}),
    Case("ReplicasMissing", 0, {WANTED: "3x60", THERE: "3x60"}),
    Case("ReplicasMissing", 0, {WANTED: "3x60", THERE: "2x10 3x50"}, why="it came back"),
    Case("ScrapeFails", 1, {UP: "0x60"}),
    Case("ScrapeFails", 0, {UP: "1x60"}),
    Case("AutoscalerAtMaximum", 1, {NOW: "8x60", MOST: "8x60"}),
    Case("AutoscalerAtMaximum", 0, {NOW: "7x60", MOST: "8x60"}),
    Case("AutoscalerAtMaximum", 0, {NOW: "8x20 4x40", MOST: "8x60"}, why="a busy quarter of an hour"),
    Case("DisruptionBudgetAtRisk", 1, {BUDGET: "0x60"}),
    Case("DisruptionBudgetAtRisk", 0, {BUDGET: "1x60"}),
    Case(
        "QuotaNearlyFull",
        1,
        {f'kube_resourcequota{{{QUOTA},type="used"}}': "95x60", f'kube_resourcequota{{{QUOTA},type="hard"}}': "100x60"},
    ),
    Case(
        "QuotaNearlyFull",
        0,
        {f'kube_resourcequota{{{QUOTA},type="used"}}': "50x60", f'kube_resourcequota{{{QUOTA},type="hard"}}': "100x60"},
    ),
    Case(
        "QuotaNearlyFull",
        0,
        {f'kube_resourcequota{{{QUOTA},type="used"}}': "0x60", f'kube_resourcequota{{{QUOTA},type="hard"}}': "0x60"},
        why="a resource that is forbidden",
    ),
)
