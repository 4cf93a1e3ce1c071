from case import Case, and_elsewhere, both, histogram, states, values

from cases.traffic import OURS, kong

POD = 'namespace="shop",pod="orders-1"'
STATES = ("healthchecks_off", "healthy", "unhealthy", "dns_error")
ALERTS = {"PodNetworkErrors": "errors", "PodPacketsDropped": "packets_dropped"}
INTERFACES = ("eth0", "net1")


def packets(alert: str, bad: float) -> dict[str, str]:
    """Two interfaces, each with 500 packets a minute in each direction, and the failed ones."""
    found: dict[str, str] = {}
    for direction in ("receive", "transmit"):
        name = f"container_network_{direction}"
        found |= both(f"{name}_packets_total", POD, values((500, 60)), "interface", INTERFACES)
        found |= both(f"{name}_{ALERTS[alert]}_total", POD, values((bad, 60)), "interface", INTERFACES)
    return found


def target(address: str, state: str) -> dict[str, str]:
    """A target as both Kong pods report it."""
    found: dict[str, str] = {}
    for pod in ("kong-1", "kong-2"):
        of = f'namespace="shop",pod="{pod}",upstream="orders.8080.upstream",target="orders-pods:8080"'
        found |= states("kong_upstream_target_health", f'{of},address="{address}"', "state", STATES, state)
    return found


def upstream(within: dict[str, float], service: str = OURS[0], pod: str = "kong-1") -> dict[str, str]:
    return histogram("kong_upstream_latency_ms", kong(service, pod), within)


def itself(within: dict[str, float], pod: str = "kong-1") -> dict[str, str]:
    return histogram("kong_kong_latency_ms", kong(OURS[0], pod), within)


def firing(address: str, state: str) -> tuple[str, ...]:
    return (f'upstream="orders.8080.upstream",address="{address}",state="{state}"',)


SLOW, QUICK = {"700": 90.0, "1000": 94.0, "2000": 99.0}, {"400": 90.0, "700": 93.0, "1000": 97.0, "2000": 99.0}
ADDS, PASSES = {"75": 90.0, "100": 94.0, "200": 99.0}, {"50": 90.0, "75": 93.0, "100": 98.0, "200": 99.0}
END = {"+Inf": 100.0}
FAST_POD, SLOW_POD = (
    dict.fromkeys(("75", "100", "1000", "6000", "+Inf"), 80.0),
    {"100": 0.0, "6000": 10.0, "+Inf": 20.0},
)

NETWORK = and_elsewhere(
    (
        *(Case(alert, packets(alert, 6), {"10m": (), "12m": ('pod="orders-1"',)}, "1.2 %") for alert in ALERTS),
        *(Case(alert, packets(alert, 4), {"45m": ()}, "0.8 %") for alert in ALERTS),
        Case(
            "UpstreamUnhealthy",
            target("10.0.0.7:8080", "unhealthy") | target("10.0.0.8:8080", "healthy"),
            {"4m": (), "6m": firing("10.0.0.7:8080", "unhealthy")},
            "one of two",
        ),
        Case(
            "UpstreamUnhealthy", target("", "dns_error"), {"4m": (), "6m": firing("", "dns_error")}, "no pod is ready"
        ),
        Case("UpstreamUnhealthy", target("10.0.0.7:8080", "healthy"), {"45m": ()}),
        Case("UpstreamUnhealthy", target("10.0.0.7:8080", "healthchecks_off"), {"45m": ()}, "no health checks"),
        *(
            Case("UpstreamSlow", upstream(SLOW | END, each), {"15m": (), "17m": (f'service="{each}"',)}, "1.2 s")
            for each in OURS
        ),
        Case("UpstreamSlow", upstream(QUICK | END) | upstream(SLOW | END, "other.80"), {"45m": ()}, "0.85 s"),
        Case(
            "UpstreamSlow",
            upstream(FAST_POD) | upstream(SLOW_POD, pod="kong-2"),
            {"45m": ('service="orders.8080"',)},
            "as one pod of two sees it",
        ),
        Case("GatewayAddsLatency", itself(ADDS | END), {"15m": (), "17m": ("",)}, "120 ms"),
        Case("GatewayAddsLatency", itself(PASSES | END), {"45m": ()}, "85 ms"),
        Case("GatewayAddsLatency", itself(FAST_POD) | itself(SLOW_POD, "kong-2"), {"45m": ("",)}, "one pod of two"),
    )
)
