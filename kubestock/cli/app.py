"""What the command consists of, and how it reports an error."""

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from kubestock.cli import diff, hydrator, new, sealing, secrets
from kubestock.cli.check import command as check
from kubestock.cli.graph import command as graph
from kubestock.errors import ConfigurationError

# Tracebacks are plain: a pretty one shows the values of local variables.
app = typer.Typer(
    name="kubestock",
    help="Begin a project, check manifests, show what a change does, and seal and audit secrets.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("seal", context_settings={"allow_extra_args": True})(sealing.seal)
app.command("new")(new.new)
app.command("diff", help=diff.HELP)(diff.diff)
app.command("check", help=check.HELP)(check.check)
app.command("graph", help=graph.HELP)(graph.graph)
app.command("hydrator-metadata")(hydrator.hydrator_metadata)
app.add_typer(secrets.app, name="secrets")


def _show_version(wanted: bool) -> None:  # noqa: FBT001  # so Typer calls it
    if wanted:
        typer.echo(f"kubestock {version('kubestock')}")
        raise typer.Exit


_Version = Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")]


@app.callback()
def _kubestock(*, version: _Version = False) -> None:
    """Begin a project, check manifests, show what a change does, and seal and audit secrets."""


def run() -> None:
    """Run the command; bad input is one message and exit code 1, not a traceback."""
    try:
        app()
    except ConfigurationError as error:
        sys.stderr.write(f"kubestock: {error}\n")
        sys.exit(1)
    except OSError as error:
        sys.stderr.write(f"kubestock: {error.filename or 'the file'}: {error.strerror}; nothing was written\n")
        sys.exit(1)
