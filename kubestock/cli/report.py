"""Prints the audit as a table for people, and as JSON for programs."""

import json
from datetime import date

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kubestock.secrets.audit import Audit, AuditedKey

_COLUMNS = ("Secret", "Key", "Scope", "Owner", "Sealed", "Due", "Used by", "State")
_MIN_WIDTH = 10  # of a date, or of a state


def as_table(report: Audit, console: Console) -> None:
    """Print the table, then one line for each finding."""
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0))
    for name in _COLUMNS:
        table.add_column(
            name, overflow="fold", no_wrap=False, min_width=_MIN_WIDTH if name in ("Sealed", "Due", "State") else None
        )
    for each in report.keys:
        table.add_row(*(escape(cell) for cell in _row(report, each)))
    console.print(table)
    for finding in report.findings:
        colour = "red" if finding.code.fails else "yellow"
        console.print(f"[{colour}]{finding.code}[/]: {escape(finding.message)}", soft_wrap=True, highlight=False)
    failing = sum(finding.code.fails for finding in report.findings)
    console.print(f"{len(report.keys)} values, {failing} to fix", highlight=False)


def as_json(report: Audit, today: date) -> str:
    """Return the audit without ciphertexts; the names of the fields do not change between releases."""
    keys = [
        {
            "secret": each.secret,
            "key": each.key,
            "scope": each.value.scope,
            "owner": each.value.owner,
            "sealed": each.value.sealed.isoformat(),
            "certificate": each.value.certificate,
            "certificate_subject": each.subject,
            "due": each.value.due.isoformat(),
            "used_by": each.used_by,
            "state": _states(report, each),
        }
        for each in report.keys
    ]
    findings = [
        {
            "code": finding.code,
            "fails": finding.code.fails,
            "secret": finding.secret,
            "key": finding.key,
            "message": finding.message,
        }
        for finding in report.findings
    ]
    return json.dumps(
        {"today": today.isoformat(), "ok": not report.fails, "keys": keys, "findings": findings}, indent=2
    )


def _row(report: Audit, each: AuditedKey) -> tuple[str, ...]:
    return (
        each.secret,
        each.key,
        each.value.scope,
        each.value.owner,
        f"{each.value.sealed} by {each.value.certificate[:12]}",
        each.value.due.isoformat(),
        "\n".join(each.used_by) or "no object",
        "\n".join(state.partition("-")[0] for state in _states(report, each)) or "ok",
    )


def _states(report: Audit, each: AuditedKey) -> list[str]:
    return [
        str(found.code) for found in report.findings if found.secret == each.secret and found.key in (each.key, None)
    ]
