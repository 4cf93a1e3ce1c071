"""`kubestock secrets`: audits the sealed values, and seals them with a new certificate."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from kubestock.cli.help import help_text
from kubestock.cli.manifests import manifest_files
from kubestock.cli.options import CertificateOption, StoreOption, print_message, today
from kubestock.cli.project import Project, project
from kubestock.cli.report import as_json, as_table
from kubestock.errors import ConfigurationError
from kubestock.secrets.audit import audit
from kubestock.secrets.files import read_file
from kubestock.secrets.storefile import read_store
from kubestock.secrets.storewriting import locked, write_store
from kubestock.values.documents import Document, objects
from kubestock.yaml.reader import read_documents

_LOG_WIDTH = 160
_GIVEN = "COMMANDLINE"

HELP = help_text(
    """
    List every sealed value: its scope, owner, dates, certificate, users, and findings.

    Exit code: 0, or with --check 1 if something must be fixed.
    """,
    {
        "kubestock secrets": "List all values",
        "kubestock secrets --check": "Fail a pipeline if a value is overdue or not used",
        "kubestock secrets --json": "Write the list as JSON",
        "kubestock secrets reseal --cert new.pem --private-key keys.yaml": "Seal all values with a new certificate",
    },
)
_RESEAL_HELP = help_text(
    """
    Seal all values again with another certificate, offline.

    Nothing is written unless every value can be opened.
    """,
    {"kubestock secrets reseal --cert new.pem --private-key keys.yaml": "Keep the values, change the certificate"},
)

app = typer.Typer(invoke_without_command=True, pretty_exceptions_enable=False)


@app.callback(help=HELP)
def secrets(
    *,
    context: typer.Context,
    store: StoreOption = None,
    cert: CertificateOption = None,
    manifests: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help=r"The manifests: a file or a folder. Defaults to \[tool.kubestock]."),
    ] = None,
    provided: Annotated[
        list[str] | None,
        typer.Option(metavar="SECRET", help="A Secret that only the cluster has."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Exit with 1 if something must be fixed.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")] = False,
) -> None:
    """List every sealed value."""
    if context.invoked_subcommand is not None:
        _check_no_options_before_command(context)
        return
    from kubestock.secrets.keys import read_certificate  # noqa: PLC0415  # cryptography is slow to load, for --help too

    here = project()
    certificate = read_certificate(here.certificate(cert))
    documents = list(_documents(here.manifests(manifests)))
    report = audit(
        read_store(here.store(store)),
        documents,
        today(),
        certificate.pinned,
        provided=(*_secrets_of(here), *(provided or ())),
    )
    if json:
        typer.echo(as_json(report, today()))
    else:
        as_table(report, _console())
    for warning in certificate.warnings(today()):
        print_message(f"warning: {warning}")
    if check and report.fails:
        raise typer.Exit(1)


@app.command(help=_RESEAL_HELP)
def reseal(
    *,
    cert: Annotated[Path, typer.Option("--cert", metavar="FILE", help="The new certificate.")],
    private_key: Annotated[
        list[Path],
        typer.Option(
            metavar="FILE", help="The old private keys of the controller: PEM, or its Secrets as YAML; repeatable."
        ),
    ],
    store: StoreOption = None,
) -> None:
    """Seal all values again with another certificate."""
    from rich.progress import Progress  # noqa: PLC0415  # only this command shows progress

    from kubestock.secrets.keys import read_certificate, read_private_keys  # noqa: PLC0415  # loads cryptography
    from kubestock.secrets.rotation import Sealer  # noqa: PLC0415  # loads cryptography

    sealer = Sealer(certificate=read_certificate(cert), today=today())
    keys = [key for path in private_key for key in read_private_keys(path)]
    path = project().store(store)
    with locked(path), Progress(console=Console(stderr=True), transient=False) as progress:
        before = read_store(path)
        total = sum(len(secret.values) for secret in before.secrets.values())
        task = progress.add_task("Resealing", total=total)
        after = sealer.reseal(before, keys, advance=lambda name: progress.update(task, advance=1, description=name))
        write_store(path, after)
    for warning in sealer.certificate.warnings(today()):
        print_message(f"warning: {warning}")
    print_message(f"resealed {total} values with the certificate {sealer.certificate.pinned.fingerprint[:12]}")


def _check_no_options_before_command(context: typer.Context) -> None:
    sources = {name: context.get_parameter_source(name) for name in context.params}
    given = sorted(f"--{name}" for name, source in sources.items() if source is not None and source.name == _GIVEN)
    if given:
        command = f"kubestock secrets {context.invoked_subcommand}"
        raise ConfigurationError(
            f"options of {command} must follow its name, got {', '.join(given)} before it; write {command} --store "
            "FILE …"
        )


def _secrets_of(here: Project) -> list[str]:
    return [each.rpartition("/")[2] for each in here.provided if each.startswith("Secret/")]


def _console() -> Console:
    # A pipe has no width, and rich would assume a narrow terminal.
    console = Console()
    return console if console.is_terminal or "COLUMNS" in os.environ else Console(width=_LOG_WIDTH)


def _documents(manifests: Path) -> Iterator[Document]:
    for path in manifest_files(manifests):
        try:
            content = read_file(path)
        except OSError as error:
            raise ConfigurationError(f"{path} cannot be read ({error.strerror}); synthesize it again") from None
        yield from objects(read_documents(str(path), content))
