"""Options that several commands share, and what they stand for."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

_DEFAULT = r"Defaults to what \[tool.kubestock] says."

StoreOption = Annotated[
    Path | None,
    typer.Option("--store", help=f"The file of sealed values. {_DEFAULT}", metavar="FILE", show_default=False),
]
CertificateOption = Annotated[
    Path | None,
    typer.Option("--cert", help=f"The pinned sealing certificate. {_DEFAULT}", metavar="FILE", show_default=False),
]


def today() -> date:
    """Return the day in UTC, by which every date in a store goes."""
    return datetime.now(UTC).date()


def say(message: str) -> None:
    """Tell the person at the terminal; standard output stays for results."""
    typer.echo(f"kubestock: {message}", err=True)
