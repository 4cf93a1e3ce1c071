from case import Case, states

STATUSES = ("true", "false", "unknown")
KEPT = ('instance="n1",device="/dev/sda1",mountpoint="/",fstype="ext4"',)


def node(ready: str, pressed: str, copies: tuple[str, ...] = ("a", "b")) -> dict[str, str]:
    found: dict[str, str] = {}
    for copy in copies:
        for condition, status in {"Ready": ready, "MemoryPressure": pressed}.items():
            of = f'node="n1",condition="{condition}",instance="{copy}"'
            found |= states("kube_node_status_condition", of, "status", STATUSES, status)
    return found


def disk(free: str, readonly: int = 0) -> dict[str, str]:
    """A disk of 100000 bytes, and file systems of the same size that are not disks."""
    found: dict[str, str] = {}
    for fstype in ("ext4", "tmpfs", "overlay", "squashfs", "ramfs"):
        of = KEPT[0].replace("ext4", fstype)
        found |= {f"node_filesystem_avail_bytes{{{of}}}": free, f"node_filesystem_size_bytes{{{of}}}": "100000x600"}
        found |= {f"node_filesystem_readonly{{{of}}}": f"{readonly}x600"}
    return found


def memory(available: int) -> dict[str, str]:
    of = '{instance="n1"}'
    return {f"node_memory_MemAvailable_bytes{of}": f"{available}x60", f"node_memory_MemTotal_bytes{of}": "100x60"}


def load(average: float) -> dict[str, str]:
    """A node with two cores, whose load two jobs report."""
    found = {f'node_load15{{instance="n1",job="{job}"}}': f"{average}x120" for job in ("node", "agent")}
    for cpu in (0, 1):
        for mode in ("idle", "user", "iowait"):
            found[f'node_cpu_seconds_total{{instance="n1",cpu="{cpu}",mode="{mode}"}}'] = "0+1x120"
    return found


NODES = (
    Case("NodeNotReady", node("unknown", "true"), {"4m": (), "6m": ('node="n1"',)}, "the kubelet is silent"),
    Case("NodeNotReady", node("false", "true"), {"6m": ('node="n1"',)}, "it says so"),
    Case("NodeNotReady", node("true", "false"), {"45m": ()}),
    Case("NodeDiskFills", disk("36000-150x600"), {"15m": (), "25m": KEPT}, "full in 20 hours", "5m"),
    Case("NodeDiskFills", disk("36000-100x600"), {"3h": ()}, "full in 30 hours", "5m"),
    Case("NodeDiskFills", disk("33000x600"), {"3h": ()}, "it does not fill", "5m"),
    Case("NodeDiskFills", disk("60000-500x600"), {"1h": ()}, "half of it is free", "5m"),
    Case("NodeDiskFills", disk("36000-150x600", 1), {"25m": ()}, "nothing can be written", "5m"),
    Case("NodeDiskNearlyFull", disk("8500x600"), {"1m": (), "3m": KEPT}, "little is left"),
    Case("NodeDiskNearlyFull", disk("0x600"), {"3m": KEPT}, "nothing is left, and nothing moves"),
    Case("NodeDiskNearlyFull", disk("100000-3300x30 0x60"), {"27m": (), "30m": KEPT}, "it fills within half an hour"),
    Case("NodeDiskNearlyFull", disk("12000x600"), {"45m": ()}),
    Case("NodeDiskNearlyFull", disk("0x600", 1), {"45m": ()}, "an image that is full by nature"),
    Case("NodeMemoryLow", memory(8), {"14m": (), "16m": ('instance="n1"',)}, "92 % in use"),
    Case("NodeMemoryLow", memory(16), {"45m": ()}, "84 %"),
    Case("NodeLoadHigh", load(4.6), {"29m": (), "31m": ('instance="n1"',)}, "2.3 for each core"),
    Case("NodeLoadHigh", load(3.6), {"60m": ()}, "1.8"),
)
