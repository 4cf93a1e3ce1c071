"""Positions boxes and lines: columns of boxes, in an order in which few lines cross.

A line over several columns gets a narrow place in each of them, so that it runs between the boxes. The order is
improved in sweeps from one side to the other: each box moves to the middle of those that it is joined to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from kubestock.cli.graph.layers import columns
from kubestock.cli.graph.model import Picture

GAP = 18.0
"""The distance between two boxes of a column."""

GUTTER = 64.0
"""The distance between two columns."""

_SWEEPS = 12
_NARROW = 6.0


@dataclass(slots=True)
class Spot:
    """The position of a box, or of a line between boxes.

    Args:
        width: of the box; 0 of a line.
        height: of the box, or of what a line needs.
        x: of its left side.
        y: of its upper side.
    """

    width: float
    height: float
    x: float = 0.0
    y: float = 0.0

    @property
    def middle(self) -> float:
        """The vertical middle, from the top of the picture."""
        return self.y + self.height / 2


@dataclass(slots=True)
class Route:
    """The spots of a line, including the boxes at its ends."""

    source: str
    target: str
    spots: list[Spot]


@dataclass(slots=True)
class Layout:
    """The positions of all boxes and lines.

    Args:
        spots: of the boxes, by id.
        routes: of the lines, in their order.
        width: of the whole.
        height: of the whole.
    """

    spots: dict[str, Spot]
    routes: list[Route]
    width: float = 0.0
    height: float = 0.0


@dataclass(slots=True)
class _Column:
    spots: list[Spot] = field(default_factory=list)


def arranged(picture: Picture, sizes: Mapping[str, tuple[float, float]]) -> Layout:
    """Return the positions of the boxes and lines of a picture.

    Args:
        picture: what is drawn.
        sizes: width and height of each box, by id.
    """
    order = columns(picture)
    spots = {each.id: Spot(*sizes[each.id]) for each in picture.boxes}
    for column in order:
        for each in column:
            spots[each].width = max(sizes[other][0] for other in column)
    stacks = [_Column([spots[each] for each in column]) for column in order]
    column_of = {each: number for number, column in enumerate(order) for each in column}
    routes = [_route(line.source, line.target, spots, column_of, stacks) for line in picture.lines]
    joined = _joined(routes)
    _order(stacks, joined)
    _place(stacks, joined)
    layout = Layout(spots=spots, routes=routes)
    _measure(layout, stacks)
    return layout


def _route(
    source: str, target: str, spots: Mapping[str, Spot], column_of: Mapping[str, int], stacks: Sequence[_Column]
) -> Route:
    first, last = column_of[source], column_of[target]
    step = 1 if last > first else -1
    passed = []
    for number in range(first + step, last, step):
        passed.append(Spot(0.0, _NARROW))
        stacks[number].spots.append(passed[-1])
    return Route(source=source, target=target, spots=[spots[source], *passed, spots[target]])


def _joined(routes: Sequence[Route]) -> dict[int, list[Spot]]:
    found: dict[int, list[Spot]] = {}
    for route in routes:
        for one, other in zip(route.spots, route.spots[1:], strict=False):
            found.setdefault(id(one), []).append(other)
            found.setdefault(id(other), []).append(one)
    return found


def _order(stacks: Sequence[_Column], joined: Mapping[int, list[Spot]]) -> None:
    """Sort the boxes of each column by the middle of their neighbours in the adjacent columns."""
    for column in stacks:
        _stack(column, [0.0] * len(column.spots))
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        for number in range(len(stacks)) if forth else reversed(range(len(stacks))):
            adjacent = {
                id(spot)
                for each in (number - 1 if forth else number + 1,)
                if 0 <= each < len(stacks)
                for spot in stacks[each].spots
            }
            column = stacks[number]
            wanted = {id(each): _wanted(each, joined, adjacent) for each in column.spots}
            column.spots.sort(key=lambda each: wanted[id(each)])
            _stack(column, [wanted[id(each)] for each in column.spots])


def _place(stacks: Sequence[_Column], joined: Mapping[int, list[Spot]]) -> None:
    """Move each box near its neighbours on both sides, without changing the order."""
    for _ in range(_SWEEPS):
        for column in stacks:
            own = {id(each) for each in column.spots}
            adjacent = {id(other) for each in column.spots for other in joined.get(id(each), ())} - own
            _stack(column, [_wanted(each, joined, adjacent) for each in column.spots])


def _wanted(spot: Spot, joined: Mapping[int, list[Spot]], adjacent: set[int]) -> float:
    middles = [each.middle for each in joined.get(id(spot), ()) if id(each) in adjacent]
    return fmean(middles) if middles else spot.middle


def _stack(column: _Column, wanted: Sequence[float]) -> None:
    """Place the boxes of a column one below the other, each as near as possible to its ideal position.

    Boxes that would overlap become one block, whose position is the mean of the ideal positions.
    """
    blocks: list[tuple[float, int]] = []
    offset, offsets = 0.0, []
    for spot, middle in zip(column.spots, wanted, strict=True):
        offsets.append(offset)
        total, size = middle - spot.height / 2 - offset, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / size:
            above = blocks.pop()
            total, size = total + above[0], size + above[1]
        blocks.append((total, size))
        offset += spot.height + (GAP if spot.width else GAP / 2)
    heads = [total / size for total, size in blocks for _ in range(size)]
    for spot, head, below in zip(column.spots, heads, offsets, strict=True):
        spot.y = head + below


def _measure(layout: Layout, stacks: Sequence[_Column]) -> None:
    """Place the columns from the left, and the first box at the top."""
    everything = [spot for column in stacks for spot in column.spots]
    top = min((each.y for each in everything), default=0.0)
    x = 0.0
    for column in stacks:
        width = max(each.width for each in column.spots)
        for spot in column.spots:
            spot.x = x if spot.width == 0 else x + (width - spot.width) / 2
            spot.width = spot.width or width
            spot.y -= top
        x += width + GUTTER
    layout.width = max(0.0, x - GUTTER)
    layout.height = max((each.y + each.height for each in everything), default=0.0)
