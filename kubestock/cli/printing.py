"""Prints lines, with colours on a terminal only."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.text import Text

T = TypeVar("T")

_PIPE_WIDTH = 10_000


def console(*, stderr: bool = False) -> Console:
    """Return standard output or standard error. In a pipe, lines have no colours and are not wrapped."""
    out = Console(stderr=stderr, highlight=False, no_color="NO_COLOR" in os.environ or None)
    if not out.is_terminal and "COLUMNS" not in os.environ:
        out.width = _PIPE_WIDTH  # rich would wrap the lines of a pipe at 80 columns
    return out


def print_line(out: Console, *parts: str | tuple[str, str]) -> None:
    """Print a line of parts, each a text or a text with its style.

    Control characters are escaped, because manifests may contain them.
    """
    line = Text()
    for part in parts:
        text, style = (part, "") if isinstance(part, str) else part
        line.append(printable(text), style=style or None)
    out.print(line, soft_wrap=True)


def printable(line: str) -> str:
    """Escape control characters, which would move the cursor or colour the terminal."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in line)


def progress(what: str, items: Sequence[T], *, large: bool) -> Iterable[T]:
    """Return items, and show the progress on a terminal while the caller iterates over them.

    Args:
        what: what the caller does with the items.
        items: the items.
        large: whether it takes so long that a person wants to see the progress.
    """
    if not large:
        return items
    out = console(stderr=True)
    if not out.is_terminal:
        return items
    from rich.progress import track  # noqa: PLC0415  # slow, and only a terminal needs it

    return track(items, description=what, console=out, transient=True)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on a terminal that another program is running, which may take long.

    Args:
        what: what the program does.
    """
    out = console(stderr=True)
    if not out.is_terminal:
        yield
        return
    with out.status(printable(what)):
        yield
