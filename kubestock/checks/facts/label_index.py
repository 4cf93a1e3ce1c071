"""Indexes that find the objects that a selector selects, and the selectors that select an object."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Generic, TypeVar

from kubestock.checks.facts import selectors
from kubestock.values.documents import Document

T = TypeVar("T")
_Positions = dict[str, dict[str | None, list[int]]]
"""Positions of items by the key and the value of a label; the value None means any value."""


_RoleLabel = tuple[str, str, str | None]


class LabelIndex(Generic[T]):
    """Items with labels, found by a selector in their order.

    Args:
        items: each with its labels.
    """

    def __init__(self, items: Iterable[tuple[Document, T]]) -> None:
        self._items = tuple(items)
        self._having: _Positions = {}
        for position, (labels, _) in enumerate(self._items):
            for key, value in labels.items():
                _add(self._having, key, None, position)
                if isinstance(value, str):
                    _add(self._having, key, value, position)

    def selected(self, selector: object) -> Iterator[T]:
        """Yield the items that a label selector selects, in their order."""
        for position in self._candidates(selector):
            labels, item = self._items[position]
            if selectors.matches(selector, labels):
                yield item

    def _candidates(self, selector: object) -> Iterable[int]:
        per_requirement = [
            [self._having.get(key, {}).get(value, []) for value in values]
            for key, values in selectors.requirements(selector)
        ]
        fewest = min(per_requirement, key=lambda found: sum(map(len, found)), default=[range(len(self._items))])
        return fewest[0] if len(fewest) == 1 else heapq.merge(*fewest)


class SelectorIndex(Generic[T]):
    """Items with selectors, found by the labels of the objects that they select.

    Args:
        items: each with its selectors, by the role of the selected objects: a rule of a NetworkPolicy selects pods to
            which it applies, and pods that are their peers.
    """

    def __init__(self, items: Iterable[tuple[Mapping[str, object], T]]) -> None:
        self._items: list[T] = []
        self._by_rarest: dict[str, _Positions] = {}
        self._unrestricted: list[int] = []
        required: list[tuple[tuple[_RoleLabel, ...], ...]] = []
        for by_role, item in items:
            self._items.append(item)
            required.append(tuple(_labels_required(by_role)))
        frequency = Counter(label for each in required for alternatives in each for label in alternatives)
        for position, each in enumerate(required):
            if not each:
                self._unrestricted.append(position)
                continue
            rarest = min(each, key=lambda one: sum(frequency[label] for label in one))
            for role, key, value in rarest:
                _add(self._by_rarest.setdefault(role, {}), key, value, position)

    def candidates(self, labels_by_role: Mapping[str, Document]) -> list[T]:
        """Return all items that select objects with these labels, and possibly some that do not.

        Args:
            labels_by_role: the labels of the objects, by role.
        """
        found = []
        for role, having in self._by_rarest.items():
            for key in having.keys() & labels_by_role[role].keys():
                value = labels_by_role[role][key]
                found.append(having[key].get(None, []))
                found.append(having[key].get(value, []) if isinstance(value, str) else [])
        return [self._items[position] for position in sorted(chain(self._unrestricted, *found))]


def _labels_required(by_role: Mapping[str, object]) -> Iterator[tuple[_RoleLabel, ...]]:
    for role, selector in by_role.items():
        for key, values in selectors.requirements(selector):
            yield tuple((role, key, value) for value in values)


def _add(positions: _Positions, key: str, value: str | None, position: int) -> None:
    positions.setdefault(key, {}).setdefault(value, []).append(position)
