from case import Case, and_elsewhere, both, family, states, values

POD = 'namespace="shop",pod="orders-1"'
FIRES = ('pod="orders-1",container="orders"',)
MAIN = f'{POD},container="orders"'
TWICE = ("/old", "/new")
RESTARTS = "kube_pod_container_status_restarts_total"
PHASES = ("Pending", "Running", "Succeeded", "Failed", "Unknown")
READY = ("true", "false", "unknown")


def limits() -> dict[str, str]:
    name = "kube_pod_container_resource_limits"
    found = both(name, f'{MAIN},resource="cpu",unit="core"', "0.2x120")
    return found | both(name, f'{MAIN},resource="memory",unit="byte"', "256x120")


def cpu(seconds: float) -> dict[str, str]:
    """Two cgroups of a container, as around a restart, with a total usage per minute."""
    used = "container_cpu_usage_seconds_total"
    pod = {f'{used}{{{POD},container="",id="/pod"}}': values((60, 120))}
    return limits() | pod | both(used, MAIN, values((seconds / 2, 120)), "id", TWICE)


def throttled(periods: float) -> dict[str, str]:
    every, waited = "container_cpu_cfs_periods_total", "container_cpu_cfs_throttled_periods_total"
    pod = {f'{each}{{{POD},container="",id="/pod"}}': values((600, 120)) for each in (every, waited)}
    main = both(waited, MAIN, values((periods / 2, 120)), "id", TWICE)
    return pod | main | both(every, MAIN, values((300, 120)), "id", TWICE)


def memory(used: int) -> dict[str, str]:
    name = "container_memory_working_set_bytes"
    whole = {f'{name}{{{POD},container="",id="/pod"}}': "300x120"}
    return limits() | whole | family(name, MAIN, "id", {"/old": "100x120", "/new": f"{used}x120"})


def pod(ready: str, phase: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for copy in ("a", "b"):
        of = f'{POD},instance="{copy}"'
        found |= states("kube_pod_status_ready", of, "condition", READY, ready)
        found |= states("kube_pod_status_phase", of, "phase", PHASES, phase)
    return found


PODS = and_elsewhere(
    (
        Case("PodCpuNearLimit", cpu(11), {"19m": (), "21m": FIRES}, "92 % of the limit"),
        Case("PodCpuNearLimit", cpu(10), {"60m": ()}, "83 %"),
        Case("PodCpuThrottled", throttled(162), {"14m": (), "17m": FIRES}, "27 % of the periods"),
        Case("PodCpuThrottled", throttled(132), {"60m": ()}, "22 %"),
        Case("PodMemoryNearLimit", memory(236), {"9m": (), "11m": FIRES}, "92 % of the limit"),
        Case("PodMemoryNearLimit", memory(215), {"60m": ()}, "84 %"),
        Case(
            "PodRestarts",
            both(RESTARTS, MAIN, "0x20 1x150 2x150 3x60"),
            {"322m": (), "324m": FIRES},
            "every two and a half hours",
        ),
        Case(
            "PodRestarts",
            both(RESTARTS, MAIN, "0x100 1x100 2x100 3x200"),
            {"302m": (), "304m": FIRES, "430m": ()},
            "the last one is two hours ago",
        ),
        Case(
            "PodRestarts",
            both(RESTARTS, MAIN, "0x30 1 2 3x30"),
            {"32m": (), "33m": FIRES},
            "it crashes again and again",
        ),
        Case("PodRestarts", both(RESTARTS, MAIN, "0x30 2x60"), {"31m": (), "60m": ()}, "two are no three"),
        Case(
            "PodRestarts",
            both(RESTARTS, MAIN, "0x30 1x14 2x14 3x60"),
            {"60m": (), "62m": FIRES},
            "every quarter of an hour",
        ),
        Case("PodRestarts", both(RESTARTS, MAIN, "_x30 6x60"), {"32m": (), "60m": ()}, "its exporter is new"),
        Case("PodRestarts", both(RESTARTS, MAIN, "6x30 0x60"), {"32m": (), "60m": ()}, "the count begins again"),
        *(
            Case("PodNotReady", pod("false", phase), {"9m": (), "11m": ('pod="orders-1"',)}, phase)
            for phase in ("Pending", "Running", "Unknown")
        ),
        *(Case("PodNotReady", pod("false", phase), {"60m": ()}, phase) for phase in ("Succeeded", "Failed")),
        Case("PodNotReady", pod("true", "Running"), {"60m": ()}, "it is"),
    )
)
