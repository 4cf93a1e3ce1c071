"""`kubestock check`: the options and the work of the command."""

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated

import typer

from kubestock.checks import Inventory, Rule, installed_rules, judge, rules_with
from kubestock.cli.check.gateways import RULES
from kubestock.cli.check.inputs import Objects
from kubestock.cli.check.junit import as_junit
from kubestock.cli.check.machines import as_github, as_json
from kubestock.cli.check.reach import as_table, reach_as_json, reach_as_mermaid
from kubestock.cli.check.reading import read_definitions, read_input
from kubestock.cli.check.report import Report
from kubestock.cli.check.sarif import as_sarif
from kubestock.cli.check.text import as_text
from kubestock.cli.check_docs import section
from kubestock.cli.failures import FAILURE, report_failures
from kubestock.cli.help import help_text
from kubestock.cli.printing import console, progress
from kubestock.cli.project import project
from kubestock.errors import ConfigurationError
from kubestock.values.names import kind_and_name

_GATEWAY_RULES = "https://github.com/kubestock/kubestock/blob/main/docs/gateway.md"
_ERRORS = 1
_LARGE = 2_000
"""The number of objects whose check takes about as long as a person waits without a sign."""

HELP = help_text(
    """
    Find what would not work in a cluster, in any Kubernetes manifests.

    The command reads files, folders (their *.yaml, *.yml and *.json) and standard input (-). The items of a List are
    checked one by one. Documents that are not Kubernetes objects, and kinds that no rule knows, pass. A document that
    cannot be read is reported, and the others are still checked. The order of files does not matter; objects in one
    file are applied in their order.

    An annotation kubestock/skip.RULE of an object silences a rule for that object. Its value is the reason.

    A package adds rules of its own with an entry point of the group kubestock.rules.

    Exit code: 0 if there is no error (there may be warnings), 1 if there is an error, 2 if something cannot be read.
    """,
    {
        "kubestock check": "Check the committed manifests of the project",
        "helm template . | kubestock check -": "Check what a Helm chart renders",
        "kubestock check dist --crds crds --kubernetes 1.31": "Use the schemas of your cluster",
        "kubestock check dist --provided Secret/registry": "Name an object that the cluster has",
        "kubestock check --list": "List all rules",
        "kubestock check dist --format github": "Annotate a pull request",
        "kubestock check dist --reach": "Show which pods can connect to which",
        "kubestock check --explain call-blocked": "Explain a rule, with examples",
    },
)


class Format(StrEnum):
    """The format of the findings."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    JUNIT = "junit"
    MERMAID = "mermaid"


_OF_REACH = {Format.TEXT, Format.JSON, Format.MERMAID}


def check(
    *,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE|FOLDER|-]...",
            help="The manifests to check. Defaults to the committed manifests of the project.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[Format, typer.Option(help="The format of the findings.")] = Format.TEXT,
    provided: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND/NAME", help="An object that the cluster has, or KIND/NAMESPACE/NAME in one namespace."
        ),
    ] = None,
    kubernetes: Annotated[
        str | None,
        typer.Option(
            metavar="RELEASE",
            help="The release whose schemas to use, such as 1.31. Defaults to the newest.",
            show_default=False,
        ),
    ] = None,
    crds: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE|FOLDER", help="CustomResourceDefinitions of the cluster, whose schemas to use too."),
    ] = None,
    rule: Annotated[list[str] | None, typer.Option(metavar="RULE", help="Apply only this rule.")] = None,
    skip: Annotated[
        list[str] | None, typer.Option(metavar="RULE=REASON", help="Silence a rule, with a reason.")
    ] = None,
    explain: Annotated[
        str | None, typer.Option(metavar="RULE", help="Explain a rule, with examples, and check nothing.")
    ] = None,
    list_rules: Annotated[
        bool, typer.Option("--list", help="List the rules, those of installed packages too, and check nothing.")
    ] = False,
    reach: Annotated[
        bool, typer.Option("--reach", help="Show which pods can connect to which instead, as text, json or mermaid.")
    ] = False,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="Also list what was not checked, and count the calls that were read."),
    ] = False,
) -> None:
    """Find what would not work in a cluster."""
    with report_failures("nothing is checked"):
        _check_format(format, reach=reach)
        rules = rules_with([*RULES, *installed_rules()])
        if list_rules:
            for each in sorted(rules, key=lambda each: each.id):
                typer.echo(f"{each.id:32} {each.severity:8} {each.title}")
            return
        if explain is not None:
            _explain(_known(rules, explain, "--explain"))
            return
        chosen = [_known(rules, each, "--rule") for each in rule or ()] or rules
        skipped = dict(_skipped(rules, each) for each in skip or ())
        objects = read_input(files or [str(project().manifests(option="FILES"))])
        if reach:
            write_reach(Inventory(objects.found), format)
            raise typer.Exit(FAILURE if objects.unreadable else 0)
        definitions = read_definitions(crds) if crds else Objects()
        objects.unreadable += definitions.unreadable
        judgement = judge(
            objects.found,
            provided=[*project().provided, *(kind_and_name("--provided", each) for each in provided or ())],
            rules=progress("checking", [*chosen], large=len(objects.found) > _LARGE),
            skipped=skipped,
            release=_release(kubernetes),
            crds=definitions.found,
            places=objects,
        )
        report = Report(judgement=judgement, objects=objects, rules=chosen, verbose=verbose)
        _write(report, format)
    if objects.unreadable:
        raise typer.Exit(FAILURE)
    if report.errors:
        raise typer.Exit(_ERRORS)


def write_reach(inventory: Inventory, format: Format) -> None:
    """Print which pods can connect to which."""
    if format is Format.TEXT:
        as_table(inventory, console())
        return
    for line in (reach_as_json if format is Format.JSON else reach_as_mermaid)(inventory):
        typer.echo(line)


def _check_format(format: Format, *, reach: bool) -> None:
    fitting = _OF_REACH if reach else set(Format) - {Format.MERMAID}
    if format not in fitting:
        shown = ", ".join(sorted(fitting))
        raise ConfigurationError(
            f"--format must be one of {shown} {'with' if reach else 'without'} --reach, got {format}"
        )


def _write(report: Report, format: Format) -> None:
    if format is Format.TEXT:
        as_text(report, console())
        return
    writers: dict[Format, Callable[[Report], Iterable[str]]] = {
        Format.JSON: as_json,
        Format.SARIF: as_sarif,
        Format.GITHUB: as_github,
        Format.JUNIT: as_junit,
    }
    for line in writers[format](report):
        typer.echo(line)


def _known(rules: Sequence[Rule], id: str, option: str) -> Rule:
    """Return the rule with an id.

    Raises:
        ConfigurationError: if there is no such rule.
    """
    by_id = {each.id: each for each in rules}
    if id not in by_id:
        near = get_close_matches(id, by_id, n=1)
        fix = f"did you mean {near[0]}?" if near else f"the rules are {', '.join(sorted(by_id))}"
        raise ConfigurationError(
            f"{option} must be the id of a rule, got {id!r}: {fix} ({_GATEWAY_RULES} lists the rules of gateways)"
        )
    return by_id[id]


def _skipped(rules: Sequence[Rule], option: str) -> tuple[str, str]:
    name, _, reason = option.partition("=")
    if not reason.strip():
        raise ConfigurationError(
            f"--skip must be a rule and a reason, got {option!r}: write --skip {name or 'RULE'}='a reason'"
        )
    return _known(rules, name, "--skip").id, reason.strip()


def _release(option: str | None) -> str:
    if option is not None and not re.fullmatch(r"1\.[0-9]{1,2}", option):
        raise ConfigurationError(f"--kubernetes must be a release of Kubernetes, such as 1.31, got {option!r}")
    return option or ""


def _explain(rule: Rule) -> None:
    text = f"# {rule.id}\n\n{section(rule)}\n"
    out = console()
    if out.is_terminal:
        from rich.markdown import Markdown  # noqa: PLC0415  # slow, and only a terminal needs it

        out.print(Markdown(text))
    else:
        typer.echo(text, nl=False)
