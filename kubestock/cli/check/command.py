"""`kubestock check`: the options, and what the command does with them."""

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kubestock.checks import Inventory, Rule, installed_rules, judge, rules_with
from kubestock.cli.check.gateways import RULES
from kubestock.cli.check.inputs import Objects, read_objects
from kubestock.cli.check.junit import as_junit
from kubestock.cli.check.machines import as_github, as_json
from kubestock.cli.check.reach import as_table, reach_as_json, reach_as_mermaid
from kubestock.cli.check.report import Report
from kubestock.cli.check.sarif import as_sarif
from kubestock.cli.check.text import as_text
from kubestock.cli.check_docs import section
from kubestock.cli.options import say
from kubestock.cli.printing import console, progress
from kubestock.cli.project import project
from kubestock.cli.trouble import TROUBLE, told_as_trouble
from kubestock.errors import ConfigurationError

_ERRORS = 1
_LARGE, _LARGE_FILES = 2_000, 2_000_000
"""How many objects, and bytes, take about as long as a person waits without a sign."""
_PARTS = (2, 3)

HELP = """Show what would not work in a cluster, in anybody's YAML.

Reads files, folders (their *.yaml, *.yml and *.json) and standard input (-). Lists of objects give their items; what
is no object of Kubernetes, and kinds that no rule knows, pass. A document that cannot be read is named, and the others
are judged all the same. The order of files says nothing; that of the objects in one file is the order of applying them.

An annotation kubestock/skip.RULE of an object, whose text is the reason, silences a rule for that object.

An entry point of the group kubestock.rules adds rules of your own.

Exit code: 0 if there is no error (warnings may be), 1 if there is one, 2 if something could not be read.
"""


class Format(StrEnum):
    """How findings are written."""

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
            help="What is read. Defaults to the committed manifests of the project.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[Format, typer.Option(help="How findings are written.")] = Format.TEXT,
    provided: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND/NAME", help="The cluster has this object; KIND/NAMESPACE/NAME is one namespace's."),
    ] = None,
    kubernetes: Annotated[
        str | None,
        typer.Option(metavar="RELEASE", help="Its schemas hold: 1.31. Defaults to the newest.", show_default=False),
    ] = None,
    crds: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE|FOLDER", help="CustomResourceDefinitions of the cluster, whose schemas hold, too."),
    ] = None,
    rule: Annotated[list[str] | None, typer.Option(metavar="RULE", help="Judge by this rule only.")] = None,
    skip: Annotated[list[str] | None, typer.Option(metavar="RULE=REASON", help="Silence a rule, and say why.")] = None,
    explain: Annotated[
        str | None, typer.Option(metavar="RULE", help="Explain a rule, with examples, and read nothing.")
    ] = None,
    reach: Annotated[
        bool, typer.Option("--reach", help="Judge nothing; show who can reach whom, as text, json or mermaid.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell, too, what was not judged, and how many calls were read.")
    ] = False,
) -> None:
    """Show what would not work in a cluster; `HELP` is what the command says of itself."""
    with told_as_trouble("nothing is judged"):
        _refuse_contradictions(format, reach=reach)
        rules = rules_with([*RULES, *installed_rules()])
        if explain is not None:
            _explain(_known(rules, explain, "--explain"))
            return
        chosen = [_known(rules, each, "--rule") for each in rule or ()] or rules
        skipped = dict(_skipped(rules, each) for each in skip or ())
        objects = read_input(files or [str(project().manifests(option="FILES"))])
        if reach:
            write_reach(Inventory(objects.found), format)
            raise typer.Exit(TROUBLE if objects.unreadable else 0)
        definitions = read_input(crds) if crds else Objects()
        objects.unreadable += definitions.unreadable
        judgement = judge(
            objects.found,
            provided=[_provided(each) for each in (*project().provided, *(provided or ()))],
            rules=progress("judging", [*chosen], large=len(objects.found) > _LARGE),
            skipped=skipped,
            release=_release(kubernetes),
            crds=definitions.found,
            places=objects,
        )
        report = Report(judgement=judgement, objects=objects, rules=chosen, verbose=verbose)
        _write(report, format)
    if objects.unreadable:
        raise typer.Exit(TROUBLE)
    if report.errors:
        raise typer.Exit(_ERRORS)


def read_input(arguments: Sequence[str]) -> Objects:
    """Return the objects of files, and tell what could not be read.

    Raises:
        ConfigurationError: if there is no object.
    """
    objects = read_objects(arguments, lambda files: progress("reading", files, large=_size(files) > _LARGE_FILES))
    for each in objects.unreadable:
        say(str(each))
    if not objects.found:
        raise ConfigurationError(f"there is no object of Kubernetes in {', '.join(arguments)}; name other files")
    return objects


def write_reach(inventory: Inventory, format: Format) -> None:
    """Write who can reach whom."""
    if format is Format.TEXT:
        as_table(inventory, console())
        return
    for line in (reach_as_json if format is Format.JSON else reach_as_mermaid)(inventory):
        typer.echo(line)


def _refuse_contradictions(format: Format, *, reach: bool) -> None:
    fitting = _OF_REACH if reach else set(Format) - {Format.MERMAID}
    if format not in fitting:
        shown = ", ".join(sorted(fitting))
        raise ConfigurationError(
            f"--format must be one of {shown} {'with' if reach else 'without'} --reach, got {format}"
        )


def _size(files: Sequence[str]) -> int:
    return sum(Path(each).stat().st_size for each in files if Path(each).is_file())


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
    """Return the rule of an id.

    Raises:
        ConfigurationError: if there is none.
    """
    by_id = {each.id: each for each in rules}
    if id not in by_id:
        near = get_close_matches(id, by_id, n=1)
        fix = f"did you mean {near[0]}?" if near else f"the rules are {', '.join(sorted(by_id))}"
        raise ConfigurationError(
            f"{option} must be the id of a rule, got {id!r}: {fix} (docs/gateway.md has those over a gateway's routes)"
        )
    return by_id[id]


def _skipped(rules: Sequence[Rule], option: str) -> tuple[str, str]:
    name, _, reason = option.partition("=")
    if not reason.strip():
        raise ConfigurationError(
            f"--skip must be a rule and the reason, got {option!r}: write --skip {name or 'RULE'}='a reason'"
        )
    return _known(rules, name, "--skip").id, reason.strip()


def _provided(option: str) -> str:
    parts = option.split("/")
    if len(parts) not in _PARTS or not all(parts):
        raise ConfigurationError(
            f"--provided must be a kind and a name, got {option!r}: write Secret/registry, or "
            "Secret/NAMESPACE/registry for one namespace"
        )
    return option


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
