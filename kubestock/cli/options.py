"""Options that several commands share."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

_DEFAULT = r"Defaults to the setting in \[tool.kubestock]."

StoreOption = Annotated[
    Path | None,
    typer.Option("--store", help=f"The file of sealed values. {_DEFAULT}", metavar="FILE", show_default=False),
]
CertificateOption = Annotated[
    Path | None,
    typer.Option("--cert", help=f"The pinned sealing certificate. {_DEFAULT}", metavar="FILE", show_default=False),
]


def today() -> date:
    """Return the current date in UTC, which is the time zone of all dates in a store."""
    return datetime.now(UTC).date()


def print_message(message: str) -> None:
    """Print a message on standard error; standard output is for results."""
    typer.echo(f"kubestock: {message}", err=True)
