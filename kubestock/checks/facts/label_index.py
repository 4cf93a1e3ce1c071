"""Finding the few objects that a selector may select, and the few selectors that may select an object."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Generic, TypeVar

from kubestock.checks.facts import selectors
from kubestock.values.documents import Document

T = TypeVar("T")
_Positions = dict[str, dict[str | None, list[int]]]
"""Where things stand, by the key and the value of a label; the value None stands for any."""


_RoleLabel = tuple[str, str, str | None]


class Labelled(Generic[T]):
    """Things with labels, in an order, which a selector finds.

    Args:
        things: each with its labels.
    """

    def __init__(self, things: Iterable[tuple[Document, T]]) -> None:
        self._things = tuple(things)
        self._having: _Positions = {}
        for position, (labels, _) in enumerate(self._things):
            for key, value in labels.items():
                _add(self._having, key, None, position)
                if isinstance(value, str):
                    _add(self._having, key, value, position)

    def selected(self, selector: object) -> Iterator[T]:
        """Yield the things that a label selector selects, in their order."""
        for position in self._candidates(selector):
            labels, thing = self._things[position]
            if selectors.matches(selector, labels):
                yield thing

    def _candidates(self, selector: object) -> Iterable[int]:
        ways = [
            [self._having.get(key, {}).get(value, []) for value in values]
            for key, values in selectors.requirements(selector)
        ]
        fewest = min(ways, key=lambda found: sum(map(len, found)), default=[range(len(self._things))])
        return fewest[0] if len(fewest) == 1 else heapq.merge(*fewest)


class Selecting(Generic[T]):
    """Things in an order that each select by labels, found by the labels of what they select.

    Args:
        things: each with its selectors, by the role of what they select: a rule of a NetworkPolicy selects the pods
            that it is for, and others as their peers.
    """

    def __init__(self, things: Iterable[tuple[Mapping[str, object], T]]) -> None:
        self._things: list[T] = []
        self._by_rarest: dict[str, _Positions] = {}
        self._anywhere: list[int] = []
        required: list[tuple[tuple[_RoleLabel, ...], ...]] = []
        for by_role, thing in things:
            self._things.append(thing)
            required.append(tuple(_labels_required(by_role)))
        frequency = Counter(label for each in required for alternatives in each for label in alternatives)
        for position, each in enumerate(required):
            if not each:
                self._anywhere.append(position)
                continue
            rarest = min(each, key=lambda one: sum(frequency[label] for label in one))
            for role, key, value in rarest:
                _add(self._by_rarest.setdefault(role, {}), key, value, position)

    def candidates(self, present: Mapping[str, Document]) -> list[T]:
        """Return the things that may select what has these labels, by role: all that do, and few others."""
        found = []
        for role, having in self._by_rarest.items():
            for key in having.keys() & present[role].keys():
                value = present[role][key]
                found.append(having[key].get(None, []))
                found.append(having[key].get(value, []) if isinstance(value, str) else [])
        return [self._things[position] for position in sorted(chain(self._anywhere, *found))]


def _labels_required(by_role: Mapping[str, object]) -> Iterator[tuple[_RoleLabel, ...]]:
    for role, selector in by_role.items():
        for key, values in selectors.requirements(selector):
            yield tuple((role, key, value) for value in values)


def _add(positions: _Positions, key: str, value: str | None, position: int) -> None:
    positions.setdefault(key, {}).setdefault(value, []).append(position)
