from case import Case, and_elsewhere, family, states

REASONS = (
    "CrashLoopBackOff",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
    "ImagePullBackOff",
    "ErrImagePull",
    "InvalidImageName",
)
WAITING = "kube_pod_container_status_waiting_reason"
STATES = ("healthchecks_off", "healthy", "unhealthy", "dns_error")
KONG_DOWN = 'up{namespace="other",job="shop/kong",pod="kong-1"}'


def up(kong: tuple[str, ...], others: str = "1x60") -> dict[str, str]:
    found = {f'up{{namespace="shop",job="shop/kong",pod="kong-{n}"}}': each for n, each in enumerate(kong)}
    return found | {'up{namespace="shop",job="shop/orders",pod="orders-1"}': others, KONG_DOWN: "1x60"}


def waiting(container: str, **reasons: str) -> dict[str, str]:
    """A container of a Kong pod, as two replicas of the exporter report it."""
    found: dict[str, str] = {}
    for copy in ("a", "b"):
        of = f'namespace="shop",pod="kong-1",container="{container}",instance="{copy}"'
        found |= family(WAITING, of, "reason", reasons)
    return found


def ready(true: str, false: str) -> dict[str, str]:
    """The conditions of the pod over time."""
    found: dict[str, str] = {}
    for copy in ("a", "b"):
        of = f'namespace="shop",pod="kong-1",instance="{copy}"'
        found |= family("kube_pod_status_ready", of, "condition", {"true": true, "false": false, "unknown": "0x60"})
    return found


def target(pod: str, state: str, address: str = "10.0.0.7:8080") -> dict[str, str]:
    of = f'namespace="shop",pod="{pod}",upstream="orders.8080.upstream",target="orders-pods:8080",address="{address}"'
    return states("kong_upstream_target_health", of, "state", STATES, state)


def does_not_start(reason: str) -> Case:
    series = waiting("kong", **{reason: "1x60", "PodInitializing": "0x60"}) | ready("0x60", "1x60")
    return Case("GatewayConfigurationNotLoaded", series, {"1m": (), "3m": (f'pod="kong-1",reason="{reason}"',)}, reason)


CRASHED = ('pod="kong-1",reason="CrashLoopBackOff"',)
CREATING = ('pod="kong-1",reason="ContainerCreating"',)
BLIND = ('pod="kong-1",upstream="orders.8080.upstream"',)
NOT_READY = ready("0x60", "1x60")

DOWN = (
    Case("GatewayDown", up(("0x60", "0x60")), {"1m": (), "3m": ("",)}, "no pod answers"),
    Case("GatewayDown", up(()), {"1m": (), "3m": ("",)}, "none is scraped"),
    Case("GatewayDown", up(("1x60", "0x60")), {"45m": ()}, "one of two serves"),
)
GATEWAY = DOWN + and_elsewhere(
    (
        *map(does_not_start, REASONS),
        Case(
            "GatewayConfigurationNotLoaded",
            waiting("kong", CrashLoopBackOff="1x3 stale _x3 1x4 stale _x3 1x4 stale _x20") | NOT_READY,
            {"6m": CRASHED, "8m": CRASHED, "17m": CRASHED, "45m": ()},
            "it runs for minutes between the tries",
        ),
        Case(
            "GatewayConfigurationNotLoaded",
            waiting("kong", CrashLoopBackOff="1x1 stale _x60") | ready("0x2 1x60", "1x2 0x60"),
            {"3m": (), "6m": ()},
            "the second try went well",
        ),
        Case(
            "GatewayConfigurationNotLoaded",
            waiting("kong", CrashLoopBackOff="1x10 stale _x60") | ready("0x10 stale _x60", "1x10 stale _x60"),
            {"9m": CRASHED, "17m": ()},
            "the pod is gone",
        ),
        Case(
            "GatewayConfigurationNotLoaded",
            waiting("kong", ContainerCreating="1x60") | NOT_READY,
            {"4m": (), "6m": CREATING},
            "a volume's Secret is missing",
        ),
        Case(
            "GatewayConfigurationNotLoaded",
            waiting("kong", ContainerCreating="1x4 stale _x60") | NOT_READY,
            {"4m": (), "6m": (), "7m": ()},
            "a slow start",
        ),
        Case(
            "GatewayConfigurationNotLoaded",
            waiting("kong", PodInitializing="1x60") | waiting("proxy", CrashLoopBackOff="1x60") | NOT_READY,
            {"45m": ()},
            "it is another container",
        ),
        Case(
            "GatewayNoHealthyTarget",
            target("kong-1", "unhealthy")
            | target("kong-1", "unhealthy", "10.0.0.8:8080")
            | target("kong-2", "healthy"),
            {"1m": (), "3m": BLIND},
            "one pod of Kong finds none",
        ),
        Case("GatewayNoHealthyTarget", target("kong-1", "dns_error", ""), {"1m": (), "3m": BLIND}, "no target"),
        Case("GatewayNoHealthyTarget", target("kong-1", "healthchecks_off"), {"45m": ()}, "no health checks"),
        Case(
            "GatewayNoHealthyTarget",
            target("kong-1", "unhealthy") | target("kong-1", "healthy", "10.0.0.8:8080"),
            {"45m": ()},
            "one of two",
        ),
    )
)
