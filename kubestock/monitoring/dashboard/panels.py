"""Panels and rows of a dashboard, before Grafana's own types."""

from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.values.value import Value

COLUMNS = 24
"""The width of Grafana's grid."""

_SHORTEST_DESCRIPTION = 20


class Query(Value):
    """One PromQL expression; `legend` names its series, with `{{label}}` for the value of a label."""

    expression: str
    legend: str

    def check(self) -> None:
        if not self.expression.strip() or not self.legend.strip():
            raise ConfigurationError(f"a query must have an expression and a legend, got {self!r}")


class Threshold(Value):
    """From this value on, the colour changes; on a graph it is a dashed line."""

    at: float
    color: Literal["green", "orange", "red"]


def alert_line(percent: float) -> tuple[Threshold, ...]:
    """Return the line where an alert on a percentage begins to count, for a panel in which 1 is 100 %."""
    return (Threshold(at=round(percent / 100, 9), color="red"),)


class Panel(Value):
    """One picture.

    Args:
        title: unique in its row.
        description: what is drawn, and what is normal.
        unit: as Grafana calls it, such as `reqps`, `ms`, `bytes`, `percentunit` (1 is 100 %) or `short`.
        queries: at least one.
        kind: `timeseries` draws curves; `stat` shows one number, the newest.
        stacked: whether curves stand on each other. Defaults to no.
        width: in columns, of which there are 24. Defaults to 8.
        height: in grid units of 30 pixels. Defaults to 8.
        lowest: the smallest value of the axis. Defaults to 0.
        highest: the largest value of the axis. Defaults to what the series need.
        decimals: of numbers. Defaults to Grafana's choice, which shows 99.96 % as 100 %.
        color: below the first threshold.
        thresholds: in rising order.
        over_range: ask for one value at the end of the time range, not for a curve: for expressions that read
            weeks. Only a stat shows one value.

    Raises:
        ConfigurationError: if nobody could read it, or it does not fit the grid.
    """

    title: str
    description: str
    unit: str
    queries: tuple[Query, ...]
    kind: Literal["timeseries", "stat"] = "timeseries"
    stacked: bool = False
    width: int = 8
    height: int = 8
    lowest: float | None = 0.0
    highest: float | None = None
    decimals: int | None = None
    color: Literal["green", "orange", "red"] = "green"
    thresholds: tuple[Threshold, ...] = ()
    over_range: bool = False

    def check(self) -> None:
        for what in ("title", "unit"):
            if not getattr(self, what).strip():
                raise ConfigurationError(f"{what} of a panel must not be empty, got {self.title!r}")
        if len(self.description) < _SHORTEST_DESCRIPTION:
            raise ConfigurationError(f"description of panel {self.title!r} must say what is normal")
        if not self.queries:
            raise ConfigurationError(f"panel {self.title!r} must have a query")
        if not 1 <= self.width <= COLUMNS:
            raise ConfigurationError(f"width of panel {self.title!r} must be 1 to {COLUMNS} columns, got {self.width}")
        if self.height < 1:
            raise ConfigurationError(f"height of panel {self.title!r} must be at least 1, got {self.height}")
        steps = [each.at for each in self.thresholds]
        if steps != sorted(set(steps)):
            raise ConfigurationError(f"thresholds of panel {self.title!r} must rise, got {steps}")
        if self.over_range and self.kind != "stat":
            raise ConfigurationError(f"panel {self.title!r} must be a stat to show one value; drop over_range")


class Row(Value):
    """Panels under one heading.

    Args:
        title: unique in its dashboard; may name the repeated variable, as `$service`.
        panels: from left to right, wrapped where the grid ends.
        repeat: a variable; Grafana draws the row once for each of its values. Defaults to none.

    Raises:
        ConfigurationError: if it is empty, or two panels have one title.
    """

    title: str
    panels: tuple[Panel, ...]
    repeat: str | None = None

    def check(self) -> None:
        titles = [panel.title for panel in self.panels]
        if not titles:
            raise ConfigurationError(f"row {self.title!r} must have a panel")
        for title in titles:
            if titles.count(title) > 1:
                raise ConfigurationError(f"row {self.title!r} must have one panel of the title {title!r}; rename one")
