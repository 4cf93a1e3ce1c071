"""Finds regular expressions whose matching time doubles with each character of a text that does not match.

PCRE tries all ways in which an expression can match a text. If a loop can match the same characters in two ways, as in
`(a+)+` and `(a|a)*`, their number doubles in each round. The expression is converted to a Glushkov automaton, whose
states are its characters; the number doubles if two paths in it read the same text and meet again.

See https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from kubestock.gateway.kong.lua import expressions
from kubestock.gateway.kong.lua.ambiguity import ambiguous
from kubestock.gateway.kong.lua.expressions import Node

_MAX_COPIES = 12
"""How many repetitions are expanded. A larger number counts as a loop without an end."""


def backtracks(pattern: str) -> bool:
    """Whether the matching time of a pattern can double with each character."""
    automaton = _Automaton()
    automaton.add(expressions.parse(pattern))
    return ambiguous(automaton.follows, lambda one, other: bool(one & other))


@dataclass(frozen=True)
class _Part:
    """A part of an expression: the characters with which it can begin and end, and whether it can match nothing."""

    first: frozenset[int] = frozenset()
    last: frozenset[int] = frozenset()
    empty: bool = True


class _Automaton:
    """Which characters of an expression can follow each other.

    Attributes:
        follows: for the number of a character, the bytes that can come next and the number of the character that reads
            them.
    """

    def __init__(self) -> None:
        self._bits: list[int] = []
        self.follows: dict[int, list[tuple[int, int]]] = defaultdict(list)

    def add(self, node: Node) -> _Part:
        match node:
            case expressions.Character(bits):
                self._bits.append(bits)
                here = frozenset({len(self._bits) - 1})
                return _Part(here, here, empty=False)
            case expressions.Sequence(parts):
                return self._in_sequence([self.add(each) for each in parts])
            case expressions.Choice(parts):
                return _alternatives([self.add(each) for each in parts])
            case expressions.Repeat(part, minimum, maximum):
                return self._repeated(part, minimum, maximum)
            case expressions.Lookaround(part):
                self.add(part)
        return _Part()

    def _in_sequence(self, parts: Sequence[_Part]) -> _Part:
        whole = _Part()
        for each in parts:
            whole = self._joined(whole, each)
        return whole

    def _joined(self, one: _Part, other: _Part) -> _Part:
        self._connect(one.last, other.first)
        return _Part(
            one.first | other.first if one.empty else one.first,
            one.last | other.last if other.empty else other.last,
            one.empty and other.empty,
        )

    def _repeated(self, part: Node, minimum: int, maximum: int | None) -> _Part:
        whole = self._in_sequence([self.add(part) for _ in range(min(minimum, _MAX_COPIES))])
        if maximum == minimum:
            return whole
        if maximum is not None and maximum <= _MAX_COPIES:
            return self._joined(whole, self._up_to(maximum - minimum, part))
        loop = self.add(part)
        self._connect(loop.last, loop.first)
        return self._joined(whole, _Part(loop.first, loop.last))

    def _up_to(self, count: int, part: Node) -> _Part:
        """Return the part up to `count` times, where each repetition comes only after the one before it."""
        whole = _Part()
        for _ in range(count):
            rest = self._joined(self.add(part), whole)
            whole = _Part(rest.first, rest.last)
        return whole

    def _connect(self, ends: Iterable[int], beginnings: Iterable[int]) -> None:
        for end, beginning in product(ends, beginnings):
            self.follows[end].append((self._bits[beginning], beginning))


def _alternatives(parts: Sequence[_Part]) -> _Part:
    first = frozenset[int]().union(*(each.first for each in parts))
    last = frozenset[int]().union(*(each.last for each in parts))
    return _Part(first, last, any(each.empty for each in parts))
