"""Paths as segments, of which some are parameters: one segment of a request each, such as `{id}`."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

Segments = tuple[str, ...]
ANY = "{}"
"""The segment that stands for a parameter, whatever its name."""

_PARAMETER = re.compile(r"\{[^/]*\}")
ONE_SEGMENT = r"(?:[^\x00-\x1F/?#;\\%]|%(?:2[146-9ABC]|3[AD]|40|5[BD]))+"
"""What a parameter matches. Kong decodes a path but for reserved characters before it matches (RFC 3986, section 2.2),
so an escaped slash, `;`, `?`, `#` or `%` stays; a program that decodes it would find another path."""

DEEPEST, HIGHEST_PRIORITY = 40, 4095
"""Kong 3.9.3 shifts `regex_priority` as a number of 32 bits, of which 12 are left; a higher one is compared wrongly.

See https://github.com/Kong/kong/blob/3.9.1/kong/router/transform.lua
"""


@cache
def segments_of(path: str) -> Segments:
    """Return the segments of a path of a route, each parameter as `ANY`."""
    return named_alike(path.strip("/").split("/")) if path != "/" else ()


def named_alike(segments: Sequence[str]) -> Segments:
    """Return the segments with `ANY` in the place of each parameter."""
    return tuple(ANY if _PARAMETER.fullmatch(each) else each for each in segments)


def parameters(path: str) -> list[str]:
    """Return the names of the parameters of a path, in their order."""
    return [each[1:-1] for each in path.split("/") if _PARAMETER.fullmatch(each)]


def sample(path: str) -> str:
    """Return a path that a request can have, with 1 in the place of each parameter."""
    return "/".join("1" if _PARAMETER.fullmatch(each) else each for each in path.split("/"))


def expression(path: str) -> str:
    """Return the regular expression for a path, in which each parameter is a group of its name."""
    return "/".join(_expression(each) for each in path.split("/"))


def _expression(segment: str) -> str:
    return f"(?<{segment[1:-1]}>{ONE_SEGMENT})" if _PARAMETER.fullmatch(segment) else segment.replace(".", "\\.")


def rank(path: Segments) -> int:
    """Return an even number by which the deeper path wins, and of two as deep that with fewer parameters."""
    return 100 * len(path) + 2 * (len(path) - path.count(ANY))


def covers(wider: Segments, narrower: Segments) -> bool:
    """Whether whatever matches the narrower path matches the wider one or lies below it."""
    return len(wider) <= len(narrower) and all(
        mine in (ANY, theirs) for mine, theirs in zip(wider, narrower, strict=False)
    )


def overlaps(wider: Segments, other: Segments) -> bool:
    """Whether a request can match the wider path or lie below it, and match the other one."""
    return len(wider) <= len(other) and all(
        mine == theirs or ANY in (mine, theirs) for mine, theirs in zip(wider, other, strict=False)
    )


class SegmentTree:
    """Paths, each by a number, to be found by the paths that are below them."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._next: dict[str, SegmentTree] = {}

    def add(self, path: Segments, number: int) -> None:
        """Put a path into the tree."""
        node = self
        for each in path:
            node = node._next.setdefault(each, SegmentTree())
        node._numbers.append(number)

    def above(self, path: Segments) -> Iterator[int]:
        """Yield the numbers of the paths that a request for this path can match, or lie below."""
        nodes = [self]
        for each in (*path, None):
            yield from (number for node in nodes for number in node._numbers)
            nodes = [] if each is None else [found for node in nodes for found in node._matching(each)]

    def _matching(self, segment: str) -> "Iterator[SegmentTree]":
        if segment == ANY:
            yield from self._next.values()
            return
        for each in (segment, ANY):
            if each in self._next:
                yield self._next[each]
