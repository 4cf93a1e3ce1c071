"""One rendering of every object for a synth, shared by the quota, the rules, the order and the writer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

_shared: dict[object, Any] | None = None


@contextmanager
def one_rendering() -> Iterator[None]:
    """Render each object once while this is open, however often it is read.

    Nothing may be declared meanwhile: a construct that learns something later would not be rendered again.
    """
    global _shared  # noqa: PLW0603  # the constructs of one process render for one synth at a time
    outer = _shared
    _shared = {} if outer is None else outer
    try:
        yield
    finally:
        _shared = outer


def rendered(key: object, render: Callable[[], T]) -> T:
    """Return what `render` returns, and within `one_rendering` what it returned the first time for this key."""
    if _shared is None:
        return render()
    if key not in _shared:
        _shared[key] = render()
    found: T = _shared[key]
    return found
