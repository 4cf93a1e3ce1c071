"""Alerts on all nodes of the cluster: readiness, disks, memory and load."""

from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.thresholds import Thresholds

_DISK = 'fstype!~"tmpfs|overlay|squashfs|ramfs"'
_WRITABLE = f"node_filesystem_readonly{{{_DISK}}} == 0"
_MOST_FREE = 40


def nodes(thresholds: Thresholds) -> AlertGroup:
    """Return the alerts on readiness, disks, memory and load."""
    seconds = thresholds.disk_full_hours * 3600
    free = f"100 * node_filesystem_avail_bytes{{{_DISK}}} / node_filesystem_size_bytes{{{_DISK}}}"
    cores = 'count by (instance) (node_cpu_seconds_total{mode="idle"})'
    return AlertGroup(
        name="nodes",
        alerts=(
            Alert(
                name="NodeNotReady",
                expression='max by (node) (kube_node_status_condition{condition="Ready",status="true"}) == 0',
                for_="5m",
                severity="critical",
                summary="node {{ $labels.node }} is not ready",
                description="Its pods move after five minutes. Check that other nodes have room, then look at the "
                "node.",
                runbook="NodeNotReady.md",
            ),
            Alert(
                name="NodeDiskFills",
                expression=f"predict_linear(node_filesystem_avail_bytes{{{_DISK}}}[6h], {seconds}) < 0 "
                f"and {free} < {_MOST_FREE} and {_WRITABLE}",
                for_="15m",
                severity="warning",
                summary=f"{{{{ $labels.mountpoint }}}} of {{{{ $labels.instance }}}} will be full in "
                f"{thresholds.disk_full_hours} hours at the current rate",
                description="A full disk evicts pods. Find what grows: images, logs or an emptyDir.",
                runbook="NodeDiskFills.md",
            ),
            Alert(
                name="NodeDiskNearlyFull",
                expression=f"{free} < {thresholds.disk_free_percent:g} and {_WRITABLE}",
                for_="2m",
                severity="critical",
                summary="{{ $labels.mountpoint }} of {{ $labels.instance }} has {{ $value | humanize }} % left",
                description="The node will soon evict pods. Find what grows, and cordon the node until there is room.",
                runbook="NodeDiskNearlyFull.md",
            ),
            Alert(
                name="NodeMemoryLow",
                expression="100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes) "
                f">= {thresholds.node_memory_percent:g}",
                for_="15m",
                severity="warning",
                summary="{{ $labels.instance }} has {{ $value | humanize }} % of its memory in use",
                description="Pods above their requests are evicted first. Find these pods, and add a node.",
                runbook="NodeMemoryLow.md",
            ),
            Alert(
                name="NodeLoadHigh",
                expression=f"max by (instance) (node_load15) / {cores} > {thresholds.load_per_core:g}",
                for_="30m",
                severity="warning",
                summary="{{ $labels.instance }} has {{ $value | humanize }} runnable threads for each core",
                description="All pods on it are slow. Find the pods that use the CPU; their requests may be too low.",
                runbook="NodeLoadHigh.md",
            ),
        ),
    )
