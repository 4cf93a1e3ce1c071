"""Which of many routes have paths that hold one another, without a comparison of every two."""

from collections.abc import Iterator, Sequence

from kubestock.gateway.kong.config.segments import Segments, SegmentTree


class PathIndex:
    """The numbers of paths, by what they are and by what they are below.

    Args:
        paths: as segments; each is known by its number in this sequence.
    """

    def __init__(self, paths: Sequence[Segments]) -> None:
        self._paths, self._tree = paths, SegmentTree()
        for number, path in enumerate(paths):
            self._tree.add(path, number)

    def at_or_above(self, path: Segments) -> list[int]:
        """Return the numbers of the paths that are this one, hold it or meet it, in order."""
        return sorted(self._tree.above(path))

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield every two numbers of which one path can be the other or above it, in order."""
        found = {
            (min(number, other), max(number, other))
            for number, path in enumerate(self._paths)
            for other in self._tree.above(path)
            if other != number
        }
        yield from sorted(found)
