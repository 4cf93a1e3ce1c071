"""Which of many routes have paths that hold one another, without a comparison of every two."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

Segments = tuple[str, ...]


class PathIndex:
    """The numbers of paths, by what they are and by what they are below.

    Args:
        paths: as segments; each is known by its number in this sequence.
    """

    def __init__(self, paths: Sequence[Segments]) -> None:
        self._paths = paths
        self._at: dict[Segments, list[int]] = defaultdict(list)
        self._at_or_below: dict[Segments, list[int]] = defaultdict(list)
        for number, path in enumerate(paths):
            self._at[path].append(number)
            for above in _at_or_above(path):
                self._at_or_below[above].append(number)

    def at_or_above(self, path: Segments) -> list[int]:
        """Return the numbers of the paths that are this one or hold it, in order."""
        return sorted(number for above in _at_or_above(path) for number in self._at.get(above, ()))

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield every two numbers of which one path is the other or holds it, in the order of combinations."""
        for number, path in enumerate(self._paths):
            related = {*self.at_or_above(path), *self._at_or_below[path]}
            yield from ((number, other) for other in sorted(related) if other > number)


def _at_or_above(path: Segments) -> Iterator[Segments]:
    return (path[:depth] for depth in range(len(path) + 1))
