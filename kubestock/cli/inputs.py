"""Where the value of a secret comes from: never from the command line, which others can read."""

import sys
from pathlib import Path

import typer

from kubestock.errors import ConfigurationError
from kubestock.secrets.dotenv import read_dotenv

_STDIN = Path("-")


def read_values(secret: str, key: str | None, *, from_file: Path | None, dotenv: Path | None) -> dict[str, bytes]:
    """Return the values to seal, by key.

    Raises:
        ConfigurationError: if it is unclear where they come from, or a source cannot be read.
    """
    if dotenv is not None:
        if key is not None or from_file is not None:
            raise ConfigurationError("--dotenv brings its own keys and values; leave out KEY and --from-file")
        name = "standard input" if dotenv == _STDIN else str(dotenv)
        return read_dotenv(name, _read(dotenv))
    if key is None:
        raise ConfigurationError(f"which key of {secret!r}? name it: kubestock seal {secret} KEY, or use --dotenv FILE")
    if from_file is not None:
        return {key: _read(from_file)}
    return {key: _prompted(secret, key) if sys.stdin.isatty() else _read(_STDIN)}


def ends_with_a_line_break(value: bytes) -> bool:
    """Return whether a one-line value ends with a line break: `echo` adds one, and few passwords have one."""
    return value.endswith(b"\n") and value.count(b"\n") == 1


def _prompted(secret: str, key: str) -> bytes:
    try:
        value = typer.prompt(f"{secret}.{key}", hide_input=True, confirmation_prompt=True, err=True)
        return str(value).encode()
    except UnicodeError:
        # The interpreter's own message quotes a part of what was typed.
        raise ConfigurationError(
            f"the value of {secret}.{key} must be typed as text, and holds a byte that is none; "
            "seal it with --from-file"
        ) from None


def _read(path: Path) -> bytes:
    if path == _STDIN:
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read ({error.strerror}); name a file, or - for standard input"
        ) from None
