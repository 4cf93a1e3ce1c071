"""Requests as Kong counts them: several pods, codes and services, successful and failed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from case import Case, values

OURS = ("orders.8080", "stock.8082", "web.8081")
PODS = ("kong-1", "kong-2")
Phases = tuple[tuple[float, int], ...]
Traffic = Callable[[str, Phases, Phases], dict[str, str]]


def kong(service: str, pod: str) -> str:
    return f'namespace="shop",service="{service}",route="{service}.api",pod="{pod}"'


def answered(service: str, codes: Mapping[str, Phases], pods: tuple[str, ...] = PODS) -> dict[str, str]:
    """Return each pod's share of the responses."""
    return {
        f'kong_http_requests_total{{{kong(service, pod)},code="{code}"}}': values(
            *((grows / len(pods), steps) for grows, steps in phases)
        )
        for pod in pods
        for code, phases in codes.items()
    }


def failing(service: str, every: Phases, bad: Phases) -> dict[str, str]:
    """Return requests of which some fail."""
    good = tuple((all_ - wrong, steps) for (all_, steps), (wrong, _) in zip(every, bad, strict=True))
    return answered(service, {"200": good, "503": bad})


def late(service: str, every: Phases, bad: Phases) -> dict[str, str]:
    """Return requests of which some take more than a second; Prometheus 2 writes the bound as an integer."""
    good = tuple((all_ - wrong, steps) for (all_, steps), (wrong, _) in zip(every, bad, strict=True))
    half = tuple((grows / 2, steps) for grows, steps in good)
    bound = "1000" if service == OURS[0] else "1000.0"
    found = answered(service, {"200": every})
    for pod in PODS:
        for le, phases in {"700": half, bound: good, "2000": every, "+Inf": every}.items():
            name = f'kong_request_latency_ms_bucket{{{kong(service, pod)},le="{le}"}}'
            found[name] = values(*((grows / 2, steps) for grows, steps in phases))
        count = f"kong_request_latency_ms_count{{{kong(service, pod)}}}"
        found[count] = values(*((grows / 2, steps) for grows, steps in every))
    return found


@dataclass(frozen=True)
class Window:
    """A pair of windows of a burn rate, in steps of a number of minutes.

    `before` are steps without a fault and with thirty times the traffic, which keep longer windows below their limit.
    """

    alert: str
    traffic: Traffic
    long: int
    short: int
    before: int
    limit: float
    least: float
    minutes: int = 1

    @property
    def cases(self) -> tuple[Case, ...]:
        """One case that fires with each of its three conditions just met, and one for each condition just missed."""
        high, low, inner = self.limit * 1.2, self.limit * 0.83, self.long - self.short
        recovering = (high * self.long - low * self.short) / inner
        beginning = (low * self.long - high * self.short) / inner
        return (
            self._case("just enough", 1.2, high, high, OURS),
            self._case("the short window is below", 1.2, recovering, low),
            self._case("the long window is below", 1.2, beginning, high),
            self._case("too few requests", 0.83, high, high),
        )

    def _case(self, why: str, much: float, first: float, last: float, fires: tuple[str, ...] = ()) -> Case:
        grows = self.least * much / self.long
        # The condition must hold at two evaluations, which are five steps apart.
        lasts = self.short + 6
        early = -(self.before + self.long + 6) % 5  # so that the last step is evaluated
        steps = (self.before, self.long - self.short + early, lasts)
        every = ((grows * 30, steps[0]), (grows, steps[1]), (grows, steps[2]))
        bad = ((0.0, steps[0]), (grows * first, steps[1]), (grows * last, steps[2]))
        series = self.traffic(OURS[0], every, bad)
        for service in fires:
            series |= self.traffic(service, every, bad)
        if fires:
            series |= self.traffic("other.80", every, every)
        moment, step = f"{sum(steps) * self.minutes}m", f"{self.minutes}m"
        firing = tuple(f'service="{each}"' for each in fires)
        why = f"{self.long} steps: {why}"
        return Case(self.alert, series, {moment: firing}, why, step, f"{self.minutes * 5}m")
