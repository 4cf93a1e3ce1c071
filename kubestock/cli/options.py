"""Options that several commands share, and what they stand for."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

DEFAULT_STORE = Path("kubestock/production/secrets.yaml")
DEFAULT_CERTIFICATE = Path("kubestock/production/sealing-cert.pem")

StoreOption = Annotated[Path, typer.Option("--store", help="The file of sealed values.", metavar="FILE")]
CertificateOption = Annotated[Path, typer.Option("--cert", help="The pinned sealing certificate.", metavar="FILE")]


def today() -> date:
    """Return the day in UTC, by which every date in a store goes."""
    return datetime.now(UTC).date()


def say(message: str) -> None:
    """Tell the person at the terminal; standard output stays for results."""
    typer.echo(f"kubestock: {message}", err=True)
