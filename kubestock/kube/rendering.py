"""Renders each object once in a synth; the quota, the rules, the sync order and the writer share the result."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

_shared: dict[object, Any] | None = None


@contextmanager
def one_rendering() -> Iterator[None]:
    """Render each object only once within this context.

    Do not declare anything within it: a construct that changes is not rendered again.
    """
    global _shared  # noqa: PLW0603  # the constructs of one process render for one synth at a time
    outer = _shared
    _shared = {} if outer is None else outer
    try:
        yield
    finally:
        _shared = outer


def rendered(key: object, render: Callable[[], T]) -> T:
    """Return the result of `render`; within `one_rendering`, return the first result for this key."""
    if _shared is None:
        return render()
    if key not in _shared:
        _shared[key] = render()
    found: T = _shared[key]
    return found
