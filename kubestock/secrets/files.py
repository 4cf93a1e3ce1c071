"""Reads files that a user names, without blocking on a FIFO or a device."""

import os
import stat
from pathlib import Path


def read_file(path: Path) -> bytes:
    """Return the content of a regular file, or of a pipe such as `<(…)` of a shell.

    A device is refused, and so is a FIFO without a writer: reading it could block for ever.

    Raises:
        OSError: if the file cannot be read; `strerror` has the reason.
    """
    # Without O_NONBLOCK, opening a FIFO blocks until it has a writer.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123  # a file descriptor, not a path
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISFIFO(mode):
            first = _first_of_pipe(descriptor, path)
            os.set_blocking(descriptor, True)  # accepts positional arguments only
            return first + file.read()
        if not stat.S_ISREG(mode):
            raise OSError(0, "it is a folder" if stat.S_ISDIR(mode) else "it is not a regular file", str(path))
        return file.read()


def _first_of_pipe(descriptor: int, path: Path) -> bytes:
    try:
        first = os.read(descriptor, 1)
    except BlockingIOError:
        return b""
    if not first:
        raise OSError(0, "it is a FIFO without a writer", str(path))
    return first
