from case import Case, and_elsewhere, histogram

from cases.traffic import OURS, Window, failing, kong, late

FIRES = tuple(f'service="{each}"' for each in OURS)
BURNING = tuple(
    case
    for window in (
        Window("ServiceErrorsFast", failing, 60, 5, 20, 0.0144, 100),
        Window("ServiceErrorsFast", failing, 72, 6, 0, 0.006, 100, 5),
        Window("ServiceErrorsFast", failing, 60, 15, 0, 0.5, 10),
        Window("ServiceErrorsSlow", failing, 48, 4, 10, 0.003, 100, 30),
        Window("ServiceErrorsSlow", failing, 72, 6, 0, 0.001, 100, 60),
        Window("ServiceLatencyFast", late, 60, 5, 20, 0.144, 100),
        Window("ServiceLatencyFast", late, 72, 6, 0, 0.06, 100, 5),
        Window("ServiceLatencySlow", late, 48, 4, 10, 0.03, 100, 30),
        Window("ServiceLatencySlow", late, 72, 6, 0, 0.01, 100, 60),
    )
    for case in window.cases
)
QUIET, FLOOD, FAULTLESS = (2.0, 10), (200.0, 15), (0.0, 10)


def outage(alert: str, traffic: object, moments: dict[str, tuple[str, ...]], every: str = "1m") -> Case:
    """All requests fail from a given minute on."""
    assert traffic in (failing, late)
    make = failing if traffic is failing else late
    return Case(alert, make(OURS[0], (QUIET, FLOOD), (FAULTLESS, FLOOD)), moments, "it begins at once", every)


def answers(within: dict[str, float], service: str = OURS[0], pod: str = "kong-1") -> dict[str, str]:
    return histogram("kong_request_latency_ms", kong(service, pod), within)


SLOW = {"1000": 90.0, "2000": 94.89, "5000": 96.0, "+Inf": 100.0}
QUICK = {"700": 90.0, "1000": 93.0, "2000": 95.857, "5000": 99.0, "+Inf": 100.0}
ONE_POD = answers({"1000": 80.0, "2000": 80.0, "5000": 80.0, "+Inf": 80.0}) | answers(
    {"1000": 0.0, "2000": 0.0, "5000": 10.0, "+Inf": 20.0}, pod="kong-2"
)

APPLICATION = and_elsewhere(
    (
        *BURNING,
        outage("ServiceErrorsFast", failing, {"12m": (), "14m": FIRES[:1]}),
        outage("ServiceErrorsSlow", failing, {"160m": (), "180m": FIRES[:1]}, "10m"),
        outage("ServiceLatencyFast", late, {"12m": (), "14m": FIRES[:1]}),
        outage("ServiceLatencySlow", late, {"160m": (), "180m": FIRES[:1]}, "10m"),
        Case(
            "ServiceErrorsFast",
            failing(OURS[0], ((0.2, 90),), ((0.2, 90),)),
            {"85m": FIRES[:1]},
            "a quiet service answers nothing but errors",
            evaluated="5m",
        ),
        Case(
            "ServiceErrorsFast",
            failing(OURS[0], ((0.0, 80), (1.0, 2), (0.0, 20)), ((0.0, 80), (1.0, 1), (0.0, 21))),
            {"85m": ()},
            "one of two requests at night",
            evaluated="5m",
        ),
        *(
            Case("ServiceSlow", answers(SLOW, each), {"10m": (), "12m": (f'service="{each}"',)}, "2.3 s")
            for each in OURS
        ),
        Case("ServiceSlow", answers(QUICK) | answers(SLOW, "other.80"), {"45m": ()}, "1.7 s"),
        Case("ServiceSlow", ONE_POD, {"45m": FIRES[:1]}, "one pod of two"),
    )
)
