"""`kubestock graph`: a picture of what manifests say of a product."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kubestock.checks import Inventory
from kubestock.cli.check.command import read_input
from kubestock.cli.graph.mermaid import as_mermaid
from kubestock.cli.graph.product import picture_of
from kubestock.cli.graph.svg import as_svg
from kubestock.cli.project import project
from kubestock.cli.trouble import TROUBLE, told_as_trouble

HELP = """Draw who calls whom, by which routes requests enter, and where data is kept.

Reads what kubestock check reads: files, folders and standard input (-). Callers are read off what programs are told
(variables, arguments, ConfigMaps) and off NetworkPolicies; routes off Kong's declarative file in a ConfigMap, a Secret
or the template of a SealedSecret, off Ingresses and off the Gateway API, each with what a request must bring. Of
Secrets only the names are drawn.

Exit code: 0, or 2 if something could not be read.
"""


class Form(StrEnum):
    """How a picture is written."""

    MERMAID = "mermaid"
    SVG = "svg"


def graph(
    *,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE|FOLDER|-]...",
            help="What is drawn. Defaults to the committed manifests of the project.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[
        Form | None,
        typer.Option(help="How it is written. Defaults to SVG for a file *.svg, else Mermaid.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it to a file. Defaults to standard output."),
    ] = None,
) -> None:
    """Draw a product; `HELP` is what the command says of itself."""
    with told_as_trouble("nothing is drawn"):
        objects = read_input(files or [str(project().manifests(option="FILES"))])
        picture = picture_of(Inventory(objects.found))
        form = format or (Form.SVG if output is not None and output.suffix == ".svg" else Form.MERMAID)
        text = "\n".join((as_svg if form is Form.SVG else as_mermaid)(picture)) + "\n"
        if output is None:
            typer.echo(text, nl=False)
        else:
            output.write_text(text, "utf-8")
    if objects.unreadable:
        raise typer.Exit(TROUBLE)
