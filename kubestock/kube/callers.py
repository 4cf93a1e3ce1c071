"""Finds the line of the user's program that called this library."""

import os
import sys
from pathlib import Path
from typing import NamedTuple

import jsii

_PACKAGE = Path(__file__).parents[1]
_LIBRARY = tuple(f"{each}{os.sep}" for each in (_PACKAGE, Path(jsii.__file__).parent))
_STANDARD_LIBRARY = f"{Path(os.__file__).parent}{os.sep}"
"""Its `dataclasses.replace` creates values."""

_INSTALLED = f"{os.sep}site-packages{os.sep}"
_PROGRAM = f"{_PACKAGE / 'production'}{os.sep}"
"""KubeStock's production folder uses the library like the program of a user."""


class CodeLine(NamedTuple):
    """A line of a program."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def caller() -> CodeLine:
    """Return the innermost line outside this library that is running."""
    frame = sys._getframe()  # the documented way to get the frame of a caller in CPython
    while frame.f_back is not None and _is_of_library(frame.f_code.co_filename):
        frame = frame.f_back
    return CodeLine(frame.f_code.co_filename, frame.f_lineno)


def _is_of_library(file: str) -> bool:
    if file.startswith(_LIBRARY):
        return not file.startswith(_PROGRAM)
    return file.startswith(_STANDARD_LIBRARY) and _INSTALLED not in file
