"""Paths as tuples of segments. A parameter such as `{id}` matches any one segment."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

Segments = tuple[str, ...]
ANY = "{}"
"""The segment that represents a parameter with any name."""

_PARAMETER = re.compile(r"\{[^/]*\}")
ONE_SEGMENT = r"(?:[^\x00-\x1F/?#;\\%]|%(?:2[146-9ABC]|3[AD]|40|5[BD]))+"
"""The regular expression of a parameter.

Kong decodes a path before it matches, except for reserved characters (RFC 3986, section 2.2). An escaped slash, `;`,
`?`, `#` or `%` stays escaped and is not matched, because a program that decodes it would find another path.
"""

MAX_SEGMENTS, MAX_PRIORITY = 40, 4095
"""Kong 3.9.3 compares only 12 bits of `regex_priority`; a higher number is compared wrongly.

See https://github.com/Kong/kong/blob/3.9.1/kong/router/transform.lua
"""


@cache
def segments_of(path: str) -> Segments:
    """Return the segments of the path of a route, with `ANY` for each parameter."""
    return named_alike(path.strip("/").split("/")) if path != "/" else ()


def named_alike(segments: Sequence[str]) -> Segments:
    """Return the segments with `ANY` for each parameter."""
    return tuple(ANY if _PARAMETER.fullmatch(each) else each for each in segments)


def parameters(path: str) -> list[str]:
    """Return the names of the parameters of a path, in order."""
    return [each[1:-1] for each in path.split("/") if _PARAMETER.fullmatch(each)]


def sample(path: str) -> str:
    """Return a path that a request can have, with 1 for each parameter."""
    return "/".join("1" if _PARAMETER.fullmatch(each) else each for each in path.split("/"))


def expression(path: str) -> str:
    """Return the regular expression for a path, with a named group for each parameter."""
    return "/".join(_expression(each) for each in path.split("/"))


def _expression(segment: str) -> str:
    return f"(?<{segment[1:-1]}>{ONE_SEGMENT})" if _PARAMETER.fullmatch(segment) else segment.replace(".", "\\.")


def rank(path: Segments) -> int:
    """Return an even number that is higher for more segments, and of equally many segments for fewer parameters."""
    return 100 * len(path) + 2 * (len(path) - path.count(ANY))


def covers(wider: Segments, narrower: Segments) -> bool:
    """Whether every path that matches `narrower` matches `wider` or is below it."""
    return len(wider) <= len(narrower) and all(
        mine in (ANY, theirs) for mine, theirs in zip(wider, narrower, strict=False)
    )


def overlaps(wider: Segments, other: Segments) -> bool:
    """Whether a path can match `other`, and also match `wider` or be below it."""
    return len(wider) <= len(other) and all(
        mine == theirs or ANY in (mine, theirs) for mine, theirs in zip(wider, other, strict=False)
    )


class SegmentTree:
    """Numbered paths in a tree, to find quickly which of them are above a given path."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._next: dict[str, SegmentTree] = {}

    def add(self, path: Segments, number: int) -> None:
        """Add a path with its number."""
        node = self
        for each in path:
            node = node._next.setdefault(each, SegmentTree())
        node._numbers.append(number)

    def above(self, path: Segments) -> Iterator[int]:
        """Yield the numbers of the paths that a request for this path can match, or can be below."""
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
