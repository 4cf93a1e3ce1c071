"""Sorts objects by the dependencies between their constructs."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import constructs

from kubestock.errors import ConfigurationError
from kubestock.kube.tree import descendants, ours, path_of, real_node

T = TypeVar("T", bound=constructs.IConstruct)


def after_dependencies(found: Sequence[T], real: Iterable[constructs.IConstruct]) -> list[T]:
    """Return objects sorted so that each comes after its dependencies, and otherwise in the given order.

    Args:
        found: the objects.
        real: the constructs that exist in Node.js; only these can have dependencies.

    Raises:
        ConfigurationError: if the dependencies form a cycle.
    """
    needed: dict[int, list[int]] = {}
    for construct in real:
        for target in real_node(construct).dependencies:
            for each in _below(construct):
                needed.setdefault(id(each), []).extend(id(other) for other in _below(target) if other is not each)
    if not needed:
        return list(found)
    known, placed, done = {id(each): each for each in found}, list[T](), dict[int, bool]()

    def place(key: int) -> None:
        if done.get(key) is False:
            raise ConfigurationError(
                f"{path_of(known[key])!r} must not depend on itself through other objects; remove a dependency"
            )
        if key in known and key not in done:
            done[key] = False
            for each in needed.get(key, ()):
                place(each)
            done[key] = True
            placed.append(known[key])

    for key in known:
        place(key)
    return placed


def _below(construct: constructs.IConstruct) -> list[Any]:
    """Return a construct and everything below it, in Node.js or not."""
    own = ours(construct)
    mine = [] if own is None else list(descendants(own))
    seen = set(map(id, mine))
    return [*mine, *(each for each in real_node(construct).find_all() if id(each) not in seen)]
