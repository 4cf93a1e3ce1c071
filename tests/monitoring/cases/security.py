from case import Case, and_elsewhere, values

from cases.traffic import OURS, Phases, answered

CODES = {"AuthenticationFails": ("401", 1.0), "RateLimitHit": ("429", 1.0), "RequestsForbidden": ("403", 0.5)}


def refused(alert: str, share: float) -> dict[str, str]:
    """Each service returns the alert's code at a share of the limit, and every other code above the limit."""
    found: dict[str, str] = {}
    code, limit = CODES[alert]
    others: dict[str, Phases] = {each: ((120.0, 60),) for each in ("200", "401", "403", "429", "500") if each != code}
    for service in OURS:
        found |= answered(service, {**others, code: ((60 * limit * share, 60),)})
    return found | answered("other.80", {code: ((120.0, 60),)})


def came(all_per_second: float, routed_per_second: float) -> dict[str, str]:
    pods = ("kong-1", "kong-2")
    name, half = "kong_nginx_requests_total", all_per_second * 30
    found = {f'{name}{{namespace="shop",pod="{pod}",subsystem="http"}}': values((half, 60)) for pod in pods}
    if routed_per_second:
        routed: Phases = ((routed_per_second * 60, 60),)
        found |= answered(OURS[0], {"200": routed})
    return found


SECURITY = and_elsewhere(
    (
        *(
            Case(
                alert,
                refused(alert, 1.2),
                {"14m": (), "16m": tuple(f'service="{each}",route="{each}.api"' for each in OURS)},
                "a fifth too many",
            )
            for alert in CODES
        ),
        *(Case(alert, refused(alert, 0.83), {"45m": ()}, "people mistype") for alert in CODES),
        Case("GatewayRequestsUnrouted", came(30, 6), {"14m": (), "16m": ("",)}, "24 a second"),
        Case("GatewayRequestsUnrouted", came(66, 49), {"45m": ()}, "17 a second, and far more that are routed"),
        Case("GatewayRequestsUnrouted", came(24, 0), {"45m": ("",)}, "nothing else comes"),
    )
)
