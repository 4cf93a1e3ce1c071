from case import Case

READY = 'kube_node_status_condition{node="n1",condition="Ready",status="true"}'
DISK = 'instance="n1",mountpoint="/",fstype="ext4"'
AVAILABLE = f"node_filesystem_avail_bytes{{{DISK}}}"
SIZE = f"node_filesystem_size_bytes{{{DISK}}}"
FREE = 'node_memory_MemAvailable_bytes{instance="n1"}'
ALL = 'node_memory_MemTotal_bytes{instance="n1"}'
LOAD = 'node_load15{instance="n1"}'
CORES = {f'node_cpu_seconds_total{{instance="n1",cpu="{cpu}",mode="idle"}}': "0+1x120" for cpu in (0, 1)}

NODES = (
    Case("NodeNotReady", 1, {READY: "0x60"}),
    Case("NodeNotReady", 0, {READY: "1x60"}),
    Case("NodeDiskFills", 1, {AVAILABLE: "40000-60x600", SIZE: "100000x600"}, "8h", "11000 are left, 3600 go an hour"),
    Case("NodeDiskFills", 0, {AVAILABLE: "40000-1x600", SIZE: "100000x600"}, "8h", "it fills within months"),
    Case("NodeDiskFills", 0, {AVAILABLE: "99000-60x600", SIZE: "100000x600"}, "8h", "it is nearly empty"),
    Case("NodeMemoryLow", 1, {FREE: "5x60", ALL: "100x60"}),
    Case("NodeMemoryLow", 0, {FREE: "50x60", ALL: "100x60"}),
    Case("NodeLoadHigh", 1, {LOAD: "6x120", **CORES}, "60m"),
    Case("NodeLoadHigh", 0, {LOAD: "2x120", **CORES}, "60m"),
)
