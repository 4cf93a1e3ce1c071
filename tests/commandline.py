"""Runs the command in this process, or on a terminal."""

import contextlib
import io
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from kubestock.cli.app import run


@dataclass(frozen=True, kw_only=True)
class Result:
    code: int
    out: str
    err: str


def kubestock(*arguments: str | Path, stdin: bytes = b"") -> Result:
    out, err = io.StringIO(), io.StringIO()
    argv = ["kubestock", *map(str, arguments)]
    with (
        patch.object(sys, "argv", argv),
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = _code()
    return Result(code=code, out=out.getvalue(), err=" ".join(err.getvalue().split()))


def _code() -> int:
    try:
        run()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    return 0


@contextlib.contextmanager
def wide() -> Iterator[None]:
    """Give tables room, so that no cell is cut."""
    with patch.dict("os.environ", {"COLUMNS": "400"}):
        yield


def on_a_terminal(*arguments: str) -> str:
    """Run the command on a terminal of its own, and return what appears there."""
    main, side = pty.openpty()
    program = [sys.executable, "-c", "from kubestock.cli import main; main()", *arguments]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "200"}
    with subprocess.Popen(program, stdin=side, stdout=side, stderr=side, env=environment):
        os.close(side)
        seen = b"".join(_read(main))
    os.close(main)
    return seen.decode()


def _read(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            got = os.read(terminal, 4096)
        except OSError:  # Linux reports the end of a terminal so
            return
        if not got:
            return
        yield got
