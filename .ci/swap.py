"""Swap two folders in one step, so that one of them is complete even if the program is killed: swap.py NEW OLD."""

import ctypes
import os
import shutil
import sys
from pathlib import Path

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def swap(new: Path, old: Path) -> None:
    """Replace the folder `old` by `new`, and remove the old content."""
    if not old.exists():
        new.rename(old)
        return
    if not _exchanged(new, old):
        # Where the system cannot exchange two names, both folders exist for a moment, next to each other.
        aside = old.with_name(f".{old.name}.old")
        shutil.rmtree(aside, ignore_errors=True)
        old.rename(aside)
        new.rename(old)
        new = aside
    shutil.rmtree(new)


def _exchanged(one: Path, other: Path) -> bool:
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    names = os.fsencode(one), os.fsencode(other)
    return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)


if __name__ == "__main__":
    swap(Path(sys.argv[1]), Path(sys.argv[2]))
