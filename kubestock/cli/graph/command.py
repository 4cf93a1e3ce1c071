"""`kubestock graph`: draws a product from its manifests."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kubestock.checks import Inventory
from kubestock.cli.check.reading import read_input
from kubestock.cli.failures import FAILURE, report_failures
from kubestock.cli.graph.mermaid import as_mermaid
from kubestock.cli.graph.product import picture_of
from kubestock.cli.graph.svg import as_svg
from kubestock.cli.help import help_text
from kubestock.cli.project import project
from kubestock.values.headers import Comment, generated_by

HELP = help_text(
    """
    Draw a product: its workloads and their calls, the routes of requests from outside, and where data is kept.

    The command reads the same input as kubestock check: files, folders and standard input (-). It finds calls in
    variables, arguments, ConfigMaps and NetworkPolicies. It finds routes, and what a request must bring, in Ingresses,
    in the Gateway API, and in Kong's declarative file in a ConfigMap, a Secret or the template of a SealedSecret. Of
    Secrets, only the names are drawn.

    Exit code: 0, or 2 if something cannot be read.
    """,
    {
        "kubestock graph": "Write Mermaid, for Markdown on GitHub or GitLab",
        "kubestock graph dist --output shop.svg": "Write a picture",
    },
)


class Form(StrEnum):
    """The format of a picture."""

    MERMAID = "mermaid"
    SVG = "svg"


def graph(
    *,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE|FOLDER|-]...",
            help="The manifests to draw. Defaults to the committed manifests of the project.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[
        Form | None,
        typer.Option(help="The format. Defaults to SVG for a file *.svg, else Mermaid.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The file to write. Defaults to standard output."),
    ] = None,
) -> None:
    """Draw a product."""
    with report_failures("nothing is drawn"):
        objects = read_input(files or [str(project().manifests(option="FILES"))])
        picture = picture_of(Inventory(objects.found))
        form = format or (Form.SVG if output is not None and output.suffix == ".svg" else Form.MERMAID)
        comment, lines = (
            (Comment.MARKUP, as_svg(picture)) if form is Form.SVG else (Comment.MERMAID, as_mermaid(picture))
        )
        text = "\n".join([generated_by("kubestock graph", comment), *lines]) + "\n"
        if output is None:
            typer.echo(text, nl=False)
        else:
            output.write_text(text, "utf-8")
    if objects.unreadable:
        raise typer.Exit(FAILURE)
