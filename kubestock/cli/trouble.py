"""How commands tell what kept them from their work: with exit code 2, which says nothing about the manifests."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from kubestock.cli.options import say
from kubestock.errors import ConfigurationError

TROUBLE = 2
_FRAMES = -5


@contextmanager
def told_as_trouble(outcome: str) -> Iterator[None]:
    """Tell an error in one message, and end with exit code 2.

    Args:
        outcome: what an unexpected error leaves undone: "nothing is compared".
    """
    try:
        yield
    except ConfigurationError as error:
        say(str(error))
        raise typer.Exit(TROUBLE) from None
    except (BrokenPipeError, typer.Exit):
        raise
    except OSError as error:
        say(f"{error.filename or 'a file'}: {error.strerror}")
        raise typer.Exit(TROUBLE) from None
    except Exception as error:  # noqa: BLE001  # with exit code 1 it would say something about the manifests
        _say_unforeseen(error, outcome)
        raise typer.Exit(TROUBLE) from None


def _say_unforeseen(error: Exception, outcome: str) -> None:
    """Tell where an error arose, and not what it says: that may quote a value."""
    lines = "".join(traceback.format_tb(error.__traceback__, limit=_FRAMES)).rstrip()
    say(
        f"an unexpected error, {type(error).__name__}, so {outcome}; report it with these lines, which quote no "
        f"manifest:\n{lines}"
    )
