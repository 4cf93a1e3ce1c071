"""Findings as JSON, and as the workflow commands of GitHub Actions."""

import json
from collections.abc import Iterator
from typing import Any

from kubestock.checks import Finding, Severity
from kubestock.cli.check.inputs import STDIN
from kubestock.cli.check.report import Report

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_ESCAPES = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES = {**_ESCAPES, ":": "%3A", ",": "%2C"}


def as_json(report: Report) -> Iterator[str]:
    """Yield one text with all findings; the names of the fields do not change between releases."""
    judgement = report.judgement
    document = {
        "counts": {
            "errors": report.errors,
            "warnings": report.warnings,
            "silenced": len(judgement.silenced),
            "not_checked": len(judgement.not_checked),
            "unreadable": len(report.unreadable),
            "objects": len(report.objects.found),
            "files": report.objects.files,
            "calls": report.calls,
        },
        "findings": [_fields(each) for each in report.findings],
        "silenced": [{**_fields(each.finding), "reason": each.reason} for each in judgement.silenced],
        "not_checked": [_fields(each) for each in judgement.not_checked],
        "unreadable": [{"file": each.file, "line": each.line, "message": each.message} for each in report.unreadable],
    }
    yield json.dumps(document, indent=2)


def as_github(report: Report) -> Iterator[str]:
    """Yield a workflow command for each finding, which GitHub shows at the line of a pull request.

    See https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    for each in report.findings:
        file, line = (each.place.file, each.place.line) if each.place else ("", None)
        message = f"{each.object}: {each.message}" + (f"\nfix: {each.fix}" if each.fix else "")
        yield _command(_COMMANDS[each.severity], message, file=file, line=line, title=each.rule)
    for unread in report.unreadable:
        yield _command("error", unread.message, file=unread.file, line=unread.line, title="not read")
    yield report.closing()


def _fields(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "object": finding.object,
        "message": finding.message,
        "fix": finding.fix,
        "field": finding.field,
        "file": None if finding.place is None else finding.place.file,
        "line": None if finding.place is None else finding.place.line,
    }


def _command(name: str, message: str, *, file: str, line: int | None, title: str) -> str:
    named = {"file": "" if file == STDIN else file, "line": "" if line is None else str(line), "title": title}
    properties = ",".join(f"{key}={_escaped(value, _IN_PROPERTIES)}" for key, value in named.items() if value)
    return f"::{name} {properties}::{_escaped(message, _ESCAPES)}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(letter, letter) for letter in text)
