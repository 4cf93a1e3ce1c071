"""Assigns each box of a picture to a column.

Lines lead to the right. Boxes that lead to each other in a cycle are in one column.
"""

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

from kubestock.cli.graph.model import Look, Picture

N = TypeVar("N", bound=Hashable)


def columns(picture: Picture) -> list[list[str]]:
    """Return the ids of the boxes by column, from the left; boxes without lines fill all columns."""
    after: dict[str, list[str]] = {each.id: [] for each in picture.boxes}
    for line in picture.lines:
        if line.target not in after[line.source]:
            after[line.source].append(line.target)
    column = _pulled(picture, after, _longest_paths(after))
    joined = {end for line in picture.lines for end in (line.source, line.target)}
    alone = [each.id for each in picture.boxes if each.id not in joined]
    number = max(1 + max((column[each] for each in joined), default=-1), math.ceil(math.sqrt(len(alone))))
    column |= {each: position % number for position, each in enumerate(alone)}
    found: list[list[str]] = [[] for _ in range(number)]
    for each in picture.boxes:
        found[column[each.id]].append(each.id)
    return [each for each in found if each]


def cycles(after: Mapping[N, Sequence[N]]) -> Iterator[list[N]]:
    """Yield groups of boxes that lead to each other, each group after the groups that it leads to."""
    number: dict[N, int] = {}
    lowest: dict[N, int] = {}
    open_ones: dict[N, None] = {}
    for root in after:
        # Each step of the walk: a box, and the remaining boxes that it leads to.
        walk = [] if root in number else [_enter(root, after, number, lowest, open_ones)]
        while walk:
            node, rest = walk[-1]
            following = next(rest, None)
            if following is None:
                walk.pop()
                if walk:
                    above = walk[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] == number[node]:
                    yield _closed(node, open_ones)
            elif following not in number:
                walk.append(_enter(following, after, number, lowest, open_ones))
            elif following in open_ones:
                lowest[node] = min(lowest[node], number[following])


def _enter(
    node: N, after: Mapping[N, Sequence[N]], number: dict[N, int], lowest: dict[N, int], open_ones: dict[N, None]
) -> tuple[N, Iterator[N]]:
    number[node] = lowest[node] = len(number)
    open_ones[node] = None
    return node, iter(after[node])


def _closed(node: N, open_ones: dict[N, None]) -> list[N]:
    group = []
    while True:
        group.append(open_ones.popitem()[0])
        if group[-1] == node:
            return group


def _longest_paths(after: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the columns: a box is to the right of all boxes that lead to it, except those of its group."""
    groups = list(cycles(after))
    group_of = {each: number for number, group in enumerate(groups) for each in group}
    column = dict.fromkeys(range(len(groups)), 0)
    for number in reversed(range(len(groups))):
        for node in groups[number]:
            for following in after[node]:
                other = group_of[following]
                if other != number:
                    column[other] = max(column[other], column[number] + 1)
    return {each: column[group_of[each]] for each in after}


def _pulled(picture: Picture, after: Mapping[str, Sequence[str]], column: dict[str, int]) -> dict[str, int]:
    """Move a box without incoming lines next to its first target, and a box that ends a path to the right."""
    reached = {each for following in after.values() for each in following}
    last = max(column.values(), default=0)
    moved = dict(column)
    for box in picture.boxes:
        if not after[box.id] and box.id in reached and box.look in (Look.DATABASE, Look.OUTSIDE):
            moved[box.id] = last
    for box in picture.boxes:
        if after[box.id] and box.id not in reached:
            moved[box.id] = max(0, min(moved[each] for each in after[box.id]) - 1)
    return moved
