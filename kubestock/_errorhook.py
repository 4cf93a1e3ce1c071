"""The report of errors in a program that synthesizes: one message without a traceback."""

import os
import sys
from pathlib import Path
from traceback import walk_tb
from types import TracebackType

from kubestock.errors import ConfigurationError

TRACEBACK = "KUBESTOCK_TRACEBACK"
"""If this variable has any value, Python prints the traceback as well."""

_LIBRARY = f"{Path(__file__).parent}{os.sep}"


def report_configuration_errors() -> None:
    """Make Python report an uncaught `ConfigurationError` as one message, and exit with status 1.

    The message names the line of the program that caused the error. All other errors are reported as before.
    """
    before = sys.excepthook
    if getattr(before, "__module__", "") == __name__:
        return

    def report(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if not isinstance(error, ConfigurationError) or os.environ.get(TRACEBACK):
            before(kind, error, traceback)
            return
        sys.stderr.write(f"kubestock: {error}{_place(traceback)}\n")

    sys.excepthook = report


def _place(traceback: TracebackType | None) -> str:
    frames = [(frame.f_code.co_filename, line) for frame, line in walk_tb(traceback)]
    own = [
        (file, line) for file, line in frames if not file.startswith((_LIBRARY, "<")) and "site-packages" not in file
    ]
    return f"\n  ({own[-1][0]}:{own[-1][1]})" if own else ""
