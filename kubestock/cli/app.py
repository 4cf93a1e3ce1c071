"""The subcommands of `kubestock`, and how it reports an error."""

import sys
from typing import Annotated

import typer

import kubestock
from kubestock.cli import diff, hydrator, new, sealing, secrets
from kubestock.cli.check import command as check
from kubestock.cli.graph import command as graph
from kubestock.cli.help import help_text
from kubestock.errors import ConfigurationError

HELP = help_text(
    "Create a project, check manifests, show what a change does, and seal and audit secrets.",
    {
        "kubestock new shop": "Create a project in the folder shop",
        "kubestock check dist": "Check manifests",
        "kubestock diff": "Show what your change does",
        "kubestock secrets --check": "Audit the sealed secrets",
        "kubestock --install-completion": "Complete commands and options with the tab key",
    },
)

# Tracebacks are plain: a pretty one shows the values of local variables.
app = typer.Typer(name="kubestock", help=HELP, no_args_is_help=True, pretty_exceptions_enable=False)
app.command("seal", help=sealing.HELP, context_settings={"allow_extra_args": True})(sealing.seal)
app.command("new", help=new.HELP)(new.new)
app.command("diff", help=diff.HELP)(diff.diff)
app.command("check", help=check.HELP)(check.check)
app.command("graph", help=graph.HELP)(graph.graph)
app.command("hydrator-metadata", help=hydrator.HELP)(hydrator.hydrator_metadata)
app.add_typer(secrets.app, name="secrets", help=secrets.HELP)


def _show_version(wanted: bool) -> None:  # noqa: FBT001  # so Typer calls it
    if wanted:
        typer.echo(f"kubestock {kubestock.__version__}")
        raise typer.Exit


_Version = Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")]


@app.callback(help=HELP)
def _kubestock(*, version: _Version = False) -> None:
    """Accept the options of the command itself."""


def run() -> None:
    """Run the command. Invalid input prints one message, without a traceback, and exits with 1."""
    try:
        app()
    except ConfigurationError as error:
        sys.stderr.write(f"kubestock: {error}\n")
        sys.exit(1)
    except OSError as error:
        sys.stderr.write(f"kubestock: {error.filename or 'the file'}: {error.strerror}; nothing is written\n")
        sys.exit(1)
