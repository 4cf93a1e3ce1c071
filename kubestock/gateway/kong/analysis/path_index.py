"""An index of paths that finds the paths above a path without comparing all pairs."""

from collections.abc import Iterator, Sequence

from kubestock.gateway.kong.config.segments import Segments, SegmentTree


class PathIndex:
    """Paths by their number, to find those that are above or equal to a given path.

    Args:
        paths: the paths as segments. The number of a path is its position.
    """

    def __init__(self, paths: Sequence[Segments]) -> None:
        self._paths, self._tree = paths, SegmentTree()
        for number, path in enumerate(paths):
            self._tree.add(path, number)

    def at_or_above(self, path: Segments) -> list[int]:
        """Return the numbers of the paths that equal, cover or overlap this path, in order."""
        return sorted(self._tree.above(path))

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield all pairs of numbers where one path can equal the other or be above it, in order."""
        found = {
            (min(number, other), max(number, other))
            for number, path in enumerate(self._paths)
            for other in self._tree.above(path)
            if other != number
        }
        yield from sorted(found)
