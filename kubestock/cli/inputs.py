"""Reads the values of secrets, never from the command line, because other users can read it."""

import os
import sys
from pathlib import Path

import typer

from kubestock.errors import ConfigurationError
from kubestock.secrets.dotenv import read_dotenv
from kubestock.secrets.files import read_file

_STDIN = Path("-")


def read_values(secret: str, key: str | None, *, from_file: Path | None, dotenv: Path | None) -> dict[str, bytes]:
    """Return the values to seal, by key.

    Raises:
        ConfigurationError: if the options contradict each other, or a source cannot be read.
    """
    if dotenv is not None:
        if key is not None or from_file is not None:
            raise ConfigurationError("--dotenv must not be given with KEY or --from-file; leave out one of them")
        name = "standard input" if dotenv == _STDIN else str(dotenv)
        return read_dotenv(name, _read("--dotenv", dotenv))
    if key is None:
        raise ConfigurationError(
            f"a key of secret {secret!r} is required: give kubestock seal {secret} KEY, or --dotenv FILE"
        )
    if from_file is not None:
        return {key: _read("--from-file", from_file)}
    return {key: _prompted(secret, key) if sys.stdin.isatty() else sys.stdin.buffer.read()}


def ends_with_a_line_break(value: bytes) -> bool:
    """Whether a value of one line ends with a line break, which `echo` adds and few passwords have."""
    return value.endswith(b"\n") and value.count(b"\n") == 1


def _prompted(secret: str, key: str) -> bytes:
    try:
        value = typer.prompt(f"{secret}.{key}", hide_input=True, confirmation_prompt=True, err=True)
        return str(value).encode()
    except UnicodeError:
        # The message of Python quotes a part of the input.
        raise ConfigurationError(
            f"the value of {secret}.{key} must be text at the prompt, got other bytes; seal it with --from-file"
        ) from None


def _read(option: str, path: Path) -> bytes:
    if path == _STDIN:
        return sys.stdin.buffer.read()
    try:
        return read_file(path)
    except OSError as error:
        if not os.path.lexists(path):
            # The user may have typed the value instead of a name.
            raise ConfigurationError(
                f"{option} must name a file, but a file with the given name does not exist ({error.strerror}); name a "
                "file, or - for standard input. If you typed a value there, it is in the history of the shell and has "
                "leaked: replace it"
            ) from None
        raise ConfigurationError(
            f"the file {path} of {option} cannot be read ({error.strerror}); name a regular file, or - for standard "
            "input"
        ) from None
