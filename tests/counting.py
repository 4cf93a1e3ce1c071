"""Counts lines of code that run, which no busy machine changes."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import kubestock

OURS = str(Path(kubestock.__file__).parent)


def lines_run(work: Callable[[], object]) -> int:
    """Return how many lines of this library run."""
    lines = 0

    def count(frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        nonlocal lines
        if event == "call":
            return count if frame.f_code.co_filename.startswith(OURS) else None
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        work()
    finally:
        sys.settrace(before)
    return lines
