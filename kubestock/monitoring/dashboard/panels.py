"""Panels and rows of a dashboard, independent of Grafana's own types."""

from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.values.value import Value

COLUMNS = 24
"""The width of Grafana's grid."""

_SHORTEST_DESCRIPTION = 20


class Query(Value):
    """A PromQL expression whose series a panel shows.

    Args:
        expression: the expression.
        legend: the name of its series, with `{{label}}` for the value of a label.
    """

    expression: str
    legend: str

    def check(self) -> None:
        if not self.expression.strip() or not self.legend.strip():
            raise ConfigurationError(f"a query must have an expression and a legend, got {self!r}")


class Threshold(Value):
    """A value from which the colour changes; a graph shows it as a dashed line.

    Args:
        at: the value, in the unit of the panel.
        color: the colour of this value and of higher ones, up to the next threshold.
    """

    at: float
    color: Literal["green", "orange", "red"]


def alert_line(percent: float) -> tuple[Threshold, ...]:
    """Return the threshold of an alert on a percentage, for a panel in which 1 is 100 %."""
    return (Threshold(at=round(percent / 100, 9), color="red"),)


class Panel(Value):
    """One panel.

    Args:
        title: the title, which must be unique in its row.
        description: what the panel shows, and which values are normal.
        unit: a unit of Grafana, such as `reqps`, `ms`, `bytes`, `percentunit` (1 is 100 %) or `short`.
        queries: at least one query.
        kind: `timeseries` shows a graph; `stat` shows one number, the latest.
        stacked: whether the series of a graph are stacked. Defaults to no.
        width: the width in columns, of which there are 24. Defaults to 8.
        height: the height in grid units of 30 pixels. Defaults to 8.
        lowest: the minimum of the axis. Defaults to 0.
        highest: the maximum of the axis. Defaults to the maximum of the series.
        decimals: the decimals of numbers. Defaults to Grafana's choice, which shows 99.96 % as 100 %.
        color: the colour below the first threshold.
        thresholds: the thresholds in ascending order.
        over_range: query one value at the end of the time range instead of a series, for expressions that read weeks of
            data. Only a stat shows one value.

    Raises:
        ConfigurationError: if the panel is incomplete, or does not fit the grid.
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
            raise ConfigurationError(f"panel {self.title!r} must have at least one query")
        if not 1 <= self.width <= COLUMNS:
            raise ConfigurationError(f"width of panel {self.title!r} must be 1 to {COLUMNS} columns, got {self.width}")
        if self.height < 1:
            raise ConfigurationError(f"height of panel {self.title!r} must be at least 1, got {self.height}")
        steps = [each.at for each in self.thresholds]
        if steps != sorted(set(steps)):
            raise ConfigurationError(f"thresholds of panel {self.title!r} must be in ascending order, got {steps}")
        if self.over_range and self.kind != "stat":
            raise ConfigurationError(f"panel {self.title!r} must be a stat to show one value; remove over_range")


class Row(Value):
    """Panels with a common heading.

    Args:
        title: the title, which must be unique in its dashboard; it may contain the repeated variable, as `$service`.
        panels: the panels from left to right, wrapped at the width of the grid.
        repeat: a variable; Grafana shows the row once for each of its values. Defaults to none.

    Raises:
        ConfigurationError: if it has no panels, or two panels have the same title.
    """

    title: str
    panels: tuple[Panel, ...]
    repeat: str | None = None

    def check(self) -> None:
        titles = [panel.title for panel in self.panels]
        if not titles:
            raise ConfigurationError(f"row {self.title!r} must have at least one panel")
        for title in titles:
            if titles.count(title) > 1:
                raise ConfigurationError(
                    f"titles in row {self.title!r} must be unique, got {title!r} twice; rename one"
                )
