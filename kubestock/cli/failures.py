"""The report of a command that fails: exit code 2, so that exit code 1 is a result."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from kubestock.cli.options import print_message
from kubestock.errors import ConfigurationError

FAILURE = 2
_FRAMES = -5


@contextmanager
def report_failures(outcome: str) -> Iterator[None]:
    """Report an error in one message, and exit with code 2.

    Args:
        outcome: what is not done after an unexpected error, such as "nothing is compared".
    """
    try:
        yield
    except ConfigurationError as error:
        print_message(str(error))
        raise typer.Exit(FAILURE) from None
    except (BrokenPipeError, typer.Exit):
        raise
    except OSError as error:
        print_message(f"{error.filename or 'a file'}: {error.strerror}")
        raise typer.Exit(FAILURE) from None
    except Exception as error:  # noqa: BLE001  # exit code 1 would be a result
        _report_unexpected(error, outcome)
        raise typer.Exit(FAILURE) from None


def _report_unexpected(error: Exception, outcome: str) -> None:
    """Report where an error occurred, without its message, which may quote a confidential value."""
    lines = "".join(traceback.format_tb(error.__traceback__, limit=_FRAMES)).rstrip()
    print_message(
        f"an unexpected error, {type(error).__name__}, so {outcome}; report it with these lines, which quote no "
        f"manifest:\n{lines}"
    )
