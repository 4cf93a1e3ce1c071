"""Findings as JUnit's XML, which CI servers show as tests: one for each object.

A warning is output of a test that passes; what is silenced is skipped. See https://github.com/testmoapp/junitxml
"""

from collections.abc import Iterator
from html import escape

from kubestock.checks import Finding, Severity
from kubestock.checks.finding import reference
from kubestock.cli.check.report import Report

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def as_junit(report: Report) -> Iterator[str]:
    """Yield the lines of the XML."""
    cases: dict[tuple[str, str], list[str]] = {
        (report.objects.file_of(each), reference(each)): [] for each in report.objects.found
    }
    for finding in report.findings:
        cases.setdefault(_case(finding), []).append(_result(finding))
    for silenced in report.judgement.silenced:
        message = f"{silenced.finding.message} [{silenced.finding.rule}]: {silenced.reason}"
        cases.setdefault(_case(silenced.finding), []).append(f"<skipped message={_quoted(message)}/>")
    for unread in report.unreadable:
        error = f"<error message={_quoted(str(unread))}/>"
        cases.setdefault((unread.file, str(unread)), []).append(error)
    counts = f'tests="{len(cases)}" failures="{report.errors}" errors="{len(report.unreadable)}"'
    yield _HEAD
    yield f'<testsuites name="kubestock check" {counts}>'
    yield f'<testsuite name="kubestock check" {counts}>'
    for (file, name), inside in cases.items():
        head = f"testcase name={_quoted(name)} classname={_quoted(file)}"
        yield f"<{head}>{''.join(inside)}</testcase>" if inside else f"<{head}/>"
    yield "</testsuite>"
    yield "</testsuites>"


def _case(finding: Finding) -> tuple[str, str]:
    return "" if finding.place is None else finding.place.file, finding.object


def _result(finding: Finding) -> str:
    text = (f"{finding.place}: " if finding.place else "") + f"{finding.message} [{finding.rule}]"
    text += f"\nfix: {finding.fix}" if finding.fix else ""
    if finding.severity is Severity.ERROR:
        return f"<failure type={_quoted(finding.rule)} message={_quoted(finding.message)}>{_clean(text)}</failure>"
    return f"<system-out>{_clean(f'{finding.severity}: {text}')}</system-out>"


def _quoted(text: str) -> str:
    return f'"{_clean(text)}"'


def _clean(text: str) -> str:
    # XML cannot contain control characters.
    return escape(
        "".join(letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}" for letter in text)
    )
