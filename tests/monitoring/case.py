"""A test case of an alert: series, minute by minute, and the alerts that fire at given times."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Case:
    """The alerts that must fire for some series.

    `series` maps a selector to values in the format of promtool, one for each interval `every`. `fires` maps a time to
    the labels of each alert that fires then, in addition to the labels of the rule. `evaluated` is the evaluation
    interval
    of the rule, if it differs from `every`.
    """

    alert: str
    series: dict[str, str]
    fires: dict[str, tuple[str, ...]]
    why: str = ""
    every: str = "1m"
    evaluated: str | None = None

    @property
    def fired(self) -> bool:
        """Whether an alert fires at any time."""
        return any(self.fires.values())


def and_elsewhere(cases: Iterable[Case]) -> tuple[Case, ...]:
    """Return the cases and, for each that fires, a copy with another namespace, which must not fire."""
    found = []
    for case in cases:
        found.append(case)
        if case.fired:
            series = {name.replace('namespace="shop"', 'namespace="other"'): each for name, each in case.series.items()}
            quiet: dict[str, tuple[str, ...]] = dict.fromkeys(case.fires, ())
            found.append(replace(case, series=series, fires=quiet, why=f"elsewhere: {case.why}"))
    return tuple(found)


def values(*phases: tuple[float, int]) -> str:
    """Return the values of a counter that starts at 0 and increases by an amount for a number of steps, per phase."""
    words, reached = ["0"], 0.0
    for grows, steps in phases:
        if steps > 0:
            words.append(f"{reached + grows:.9g}+{grows:.9g}x{steps - 1}".replace("+-", "-"))
            reached += grows * steps
    return " ".join(words)


def both(
    name: str, labels: str, amount: str, by: str = "instance", among: tuple[str, ...] = ("a", "b")
) -> dict[str, str]:
    """Return one series twice, as from two replicas of an exporter, two ids or two pods."""
    return {f'{name}{{{labels},{by}="{each}"}}': amount for each in among}


def family(name: str, labels: str, by: str, members: dict[str, str]) -> dict[str, str]:
    """Return a series for each value of a label."""
    return {f'{name}{{{labels},{by}="{each}"}}': amount for each, amount in members.items()}


def states(name: str, labels: str, by: str, every: tuple[str, ...], true: str, steps: int = 120) -> dict[str, str]:
    """Return the series of a state: 1 for the current state, 0 for each other state."""
    return family(name, labels, by, {each: f"{int(each == true)}x{steps}" for each in every})


def histogram(name: str, labels: str, within: dict[str, float], steps: int = 60) -> dict[str, str]:
    """Return the buckets of a histogram that increases by a number of observations within each bound at each step."""
    return {f'{name}_bucket{{{labels},le="{bound}"}}': values((grows, steps)) for bound, grows in within.items()}
