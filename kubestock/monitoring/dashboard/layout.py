"""The positions of rows and panels in Grafana's grid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kubestock.monitoring.dashboard.panels import COLUMNS, Panel, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A position and a size in the grid, from the upper left corner."""

    x: int
    y: int
    width: int
    height: int

    def overlaps(self, other: "Box") -> bool:
        """Whether the two boxes share a cell."""
        beside = self.x + self.width <= other.x or other.x + other.width <= self.x
        above = self.y + self.height <= other.y or other.y + other.height <= self.y
        return not (beside or above)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedRow:
    """The heading of a row, and its panels below it."""

    row: Row
    heading: Box
    panels: tuple[tuple[Panel, Box], ...]


def placed(rows: Sequence[Row]) -> Iterator[PlacedRow]:
    """Yield the rows from top to bottom, with their panels in lines from left to right."""
    y = 0
    for row in rows:
        heading = Box(x=0, y=y, width=COLUMNS, height=1)
        panels = tuple(_shelved(row.panels, y + 1))
        yield PlacedRow(row=row, heading=heading, panels=panels)
        y = max(box.y + box.height for _, box in panels)


def _shelved(panels: Sequence[Panel], top: int) -> Iterator[tuple[Panel, Box]]:
    x, y, tallest = 0, top, 0
    for panel in panels:
        if x + panel.width > COLUMNS:
            x, y, tallest = 0, y + tallest, 0
        yield panel, Box(x=x, y=y, width=panel.width, height=panel.height)
        x += panel.width
        tallest = max(tallest, panel.height)
