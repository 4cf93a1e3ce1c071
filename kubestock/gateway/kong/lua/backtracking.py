"""Regular expressions that take a time which doubles with each character of a text that does not match.

PCRE tries every way in which an expression can read a text. Where a loop can read the same characters in two ways, as
`(a+)+` and `(a|a)*` do, the ways multiply. The expression becomes an automaton whose states are its characters
(Glushkov's), and the ways multiply where two paths of it read the same and meet again.

See https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from kubestock.gateway.kong.lua import expressions
from kubestock.gateway.kong.lua.ambiguity import ambiguous
from kubestock.gateway.kong.lua.expressions import Node

_MOST_COPIES = 12
"""Of what a number repeats; above it the repetition counts as one without an end."""


def backtracks(pattern: str) -> bool:
    """Tell whether the time that a pattern takes can double with each character."""
    automaton = _Automaton()
    automaton.add(expressions.parsed(pattern))
    return ambiguous(automaton.follows, lambda one, other: bool(one & other))


@dataclass(frozen=True)
class _Part:
    """A part of an expression: the characters that it can begin and end with, and whether it can read nothing."""

    first: frozenset[int] = frozenset()
    last: frozenset[int] = frozenset()
    empty: bool = True


class _Automaton:
    """What can follow each character of an expression.

    Attributes:
        follows: by the number of a character, the bytes that come next, and the number of what reads them.
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
                return self._one_after_the_other([self.add(each) for each in parts])
            case expressions.Choice(parts):
                return _either([self.add(each) for each in parts])
            case expressions.Repeat(part, least, most):
                return self._repeated(part, least, most)
            case expressions.Aside(part):
                self.add(part)
        return _Part()

    def _one_after_the_other(self, parts: Sequence[_Part]) -> _Part:
        whole = _Part()
        for each in parts:
            whole = self._joined(whole, each)
        return whole

    def _joined(self, one: _Part, other: _Part) -> _Part:
        self._lead(one.last, other.first)
        return _Part(
            one.first | other.first if one.empty else one.first,
            one.last | other.last if other.empty else other.last,
            one.empty and other.empty,
        )

    def _repeated(self, part: Node, least: int, most: int | None) -> _Part:
        whole = self._one_after_the_other([self.add(part) for _ in range(min(least, _MOST_COPIES))])
        if most == least:
            return whole
        if most is not None and most <= _MOST_COPIES:
            return self._joined(whole, self._up_to(most - least, part))
        loop = self.add(part)
        self._lead(loop.last, loop.first)
        return self._joined(whole, _Part(loop.first, loop.last))

    def _up_to(self, count: int, part: Node) -> _Part:
        """Return what may come so often; each one comes only after the one before it."""
        whole = _Part()
        for _ in range(count):
            rest = self._joined(self.add(part), whole)
            whole = _Part(rest.first, rest.last)
        return whole

    def _lead(self, ends: Iterable[int], beginnings: Iterable[int]) -> None:
        for end, beginning in product(ends, beginnings):
            self.follows[end].append((self._bits[beginning], beginning))


def _either(parts: Sequence[_Part]) -> _Part:
    first = frozenset[int]().union(*(each.first for each in parts))
    last = frozenset[int]().union(*(each.last for each in parts))
    return _Part(first, last, any(each.empty for each in parts))
