"""Findings as text for people, grouped by object."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console

from kubestock.checks import Finding, Severity
from kubestock.cli.check.report import Report, by_place, counted
from kubestock.cli.printing import print_line

_COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def as_text(report: Report, out: Console) -> None:
    """Print each object with its findings, then the silenced findings, and a last line with counts."""
    _print_findings(report.findings, out)
    if report.verbose:
        _print_findings(by_place(report.judgement.not_checked), out)
        for place in report.objects.others:
            print_line(out, f"{place}: is not a Kubernetes object, so it is not checked")
        print_line(out, f"{counted(report.calls, 'call')} of other programs read")
    if report.judgement.silenced:
        print_line(out, "silenced:")
    for each in report.judgement.silenced:
        print_line(out, f"  {each.finding.object} ", (f"[{each.finding.rule}]", "dim"), f": {each.reason}")
    style = "bold red" if report.errors or report.unreadable else "yellow" if report.warnings else "green"
    print_line(out, (report.closing(), style))


def _print_findings(findings: Sequence[Finding], out: Console) -> None:
    for name, inside in groupby(findings, key=lambda each: each.object):
        print_line(out, (name, "bold"))
        for each in inside:
            where = "" if each.place is None else f"{each.place}: "
            colour = _COLOURS[each.severity]
            print_line(out, f"  {where}", (f"{each.severity}", colour), f": {each.message} ", (f"[{each.rule}]", "dim"))
            if each.fix:
                print_line(out, "      ", ("fix", "green"), f": {each.fix}")
        print_line(out, "")
