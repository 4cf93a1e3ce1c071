"""Requests as the programs count them."""

from case import Case, and_elsewhere, histogram, values
from watched import ANSWERS, CALLS, WEB_ANSWERS

from kubestock.monitoring.programs import RequestMetrics

COUNTED = {"orders": (ANSWERS, "503"), "web": (WEB_ANSWERS, "error")}
PATHS = ("/", "/stats")


def pod(container: str, number: int = 1) -> str:
    return f'namespace="shop",pod="{container}-{number}",container="{container}"'


def answered(requests: RequestMetrics, container: str, every: float, share: float, status: str) -> dict[str, str]:
    """Return the responses of two pods on two paths in each minute, with a share that has a given status."""
    found: dict[str, str] = {}
    for number in (1, 2):
        for path in PATHS:
            of = f'{pod(container, number)},route="{path}",{requests.status}='
            found[f'{requests.total}{{{of}"200"}}'] = values((every * (1 - share) / 4, 60))
            found[f'{requests.total}{{{of}"{status}"}}'] = values((every * share / 4, 60))
    return found


def lasted(requests: RequestMetrics, container: str, every: float, late: float, scraper: int = 3) -> dict[str, str]:
    """Return the durations of those responses, some above the bound, in the format of a release of Prometheus."""
    bound = f"{requests.slow_seconds:g}" if scraper < 3 or requests.slow_seconds % 1 else f"{requests.slow_seconds:.1f}"
    quick = every * (1 - late) / 2
    found: dict[str, str] = {}
    for number in (1, 2):
        of = pod(container, number)
        within = {"0.1": quick / 2, bound: quick, "10": every / 2, "+Inf": every / 2}
        found |= histogram(requests.seconds, of, within)
        found[f"{requests.seconds}_count{{{of}}}"] = values((every / 2, 60))
    return found


def of(container: str, dependency: str = "") -> tuple[str, ...]:
    return (f'container="{container}"' + (f',dependency="{dependency}"' if dependency else ""),)


OUTSIDE = "payment provider"
PROGRAMS = and_elsewhere(
    (
        *(
            Case(
                "ProgramErrors",
                answered(requests, container, 10, 0.12, status) | answered(requests, "stock", 10, 0.12, status),
                {"4m": (), "8m": of(container)},
                f"12 % of {container}",
            )
            for container, (requests, status) in COUNTED.items()
        ),
        *(
            Case(
                "ProgramErrors", answered(requests, container, 10, 0.083, status), {"45m": ()}, f"8.3 % of {container}"
            )
            for container, (requests, status) in COUNTED.items()
        ),
        *(
            Case("ProgramErrors", answered(requests, container, 0.8, 0.12, status), {"45m": of(container)}, "enough")
            for container, (requests, status) in COUNTED.items()
        ),
        *(
            Case("ProgramErrors", answered(requests, container, 0.55, 0.5, status), {"45m": ()}, "too few")
            for container, (requests, status) in COUNTED.items()
        ),
        Case("ProgramErrors", answered(WEB_ANSWERS, "web", 10, 0.2, "502"), {"8m": of("web")}, "another status"),
        Case("ProgramErrors", answered(ANSWERS, "orders", 10, 0.9, "404"), {"45m": ()}, "the client's mistakes"),
        *(
            Case(
                "ProgramSlow",
                lasted(requests, container, 10, 0.06, scraper) | lasted(requests, "stock", 10, 0.06, scraper),
                {"9m": (), "13m": of(container)},
                f"6 % of {container}, Prometheus {scraper}",
            )
            for container, (requests, _) in COUNTED.items()
            for scraper in (2, 3)
        ),
        *(
            Case("ProgramSlow", lasted(requests, container, every, late), {"45m": fires}, f"{every} a minute, {late}")
            for container, (requests, _) in COUNTED.items()
            for every, late, fires in ((10, 0.0415, ()), (0.8, 0.06, of(container)), (0.55, 0.5, ()))
        ),
        *(
            Case(
                "DependencyErrors",
                answered(CALLS, "web", 10, 0.12, status) | answered(CALLS, "orders", 10, 0.12, status),
                {"4m": (), "8m": of("web", OUTSIDE)},
                f"12 % are {status}",
            )
            for status in ("503", "429", "refused")
        ),
        Case("DependencyErrors", answered(CALLS, "web", 10, 0.083, "503"), {"45m": ()}, "8.3 %"),
        Case("DependencyErrors", answered(CALLS, "web", 0.8, 0.12, "503"), {"45m": of("web", OUTSIDE)}, "enough"),
        Case("DependencyErrors", answered(CALLS, "web", 0.55, 0.5, "503"), {"45m": ()}, "too few"),
        Case("DependencyErrors", answered(CALLS, "web", 10, 0.5, "404"), {"45m": ()}, "not there is an answer"),
        *(
            Case("DependencyErrors", answered(WEB_ANSWERS, "web", every, share, "error"), {"45m": fires}, "not counted")
            for every, share, fires in (
                (10, 0.12, of("web", OUTSIDE)),
                (10, 0.083, ()),
                (0.8, 0.12, of("web", OUTSIDE)),
                (0.55, 0.5, ()),
            )
        ),
        Case(
            "DependencyErrors", answered(WEB_ANSWERS, "web", 10, 0.12, "502"), {"45m": of("web", OUTSIDE)}, "other code"
        ),
        Case("DependencyErrors", answered(WEB_ANSWERS, "orders", 10, 0.5, "error"), {"45m": ()}, "of another service"),
        *(
            Case(
                "DependencySlow",
                lasted(requests, "web", 10, 0.06, scraper) | lasted(requests, "orders", 10, 0.06, scraper),
                {"9m": (), "13m": of("web", OUTSIDE)},
                f"6 %, {requests.total}, Prometheus {scraper}",
            )
            for requests in (CALLS, WEB_ANSWERS)
            for scraper in (2, 3)
        ),
        *(
            Case("DependencySlow", lasted(requests, "web", every, late), {"45m": fires}, f"{requests.total}, {every}")
            for requests in (CALLS, WEB_ANSWERS)
            for every, late, fires in ((10, 0.0415, ()), (0.8, 0.06, of("web", OUTSIDE)), (0.55, 0.5, ()))
        ),
        Case("DependencySlow", lasted(CALLS, "orders", 10, 0.5), {"45m": ()}, "of another service"),
        Case("DependencySlow", lasted(WEB_ANSWERS, "orders", 10, 0.5), {"45m": ()}, "of another service"),
    )
)
