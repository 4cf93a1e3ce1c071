"""Findings in SARIF, which code scanning of GitHub, GitLab and Azure reads.

See https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

import kubestock
from kubestock.checks import Finding, Place, Rule, Silenced
from kubestock.cli.check.inputs import STDIN, Unreadable
from kubestock.cli.check.report import Report
from kubestock.cli.check_docs import section

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(report: Report) -> Iterator[str]:
    """Yield one text: a run with its rules, its findings, and the files that cannot be read."""
    found = [*report.findings, *(each.finding for each in report.judgement.silenced)]
    used = {each.rule for each in found}
    rules = [each for each in report.rules if each.id in used]
    position = {each.id: number for number, each in enumerate(rules)}
    results = [_result(each, position[each.rule]) for each in report.findings]
    results += [_silenced(each, position[each.finding.rule]) for each in report.judgement.silenced]
    driver = {"name": "kubestock", "version": kubestock.__version__, "rules": [_rule(each) for each in rules]}
    notifications = [_notification(each) for each in report.unreadable]
    invocation = {"executionSuccessful": not notifications, "toolExecutionNotifications": notifications}
    run = {"tool": {"driver": driver}, "invocations": [invocation], "results": results}
    yield json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: Rule) -> dict[str, Any]:
    described = {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.reason or rule.title},
        "help": {"text": rule.reason or rule.title, "markdown": section(rule)},
        "defaultConfiguration": {"level": rule.severity},
    }
    return described | ({"helpUri": rule.sources[0]} if rule.sources else {})


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    text = f"{finding.object}: {finding.message}" + (f"; {finding.fix}" if finding.fix else "")
    same = hashlib.sha256(f"{finding.rule}\n{finding.object}\n{finding.message}".encode()).hexdigest()
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": text},
        "locations": [_location(finding)],
        "partialFingerprints": {"finding/v1": same},
    }


def _silenced(silenced: Silenced, rule: int) -> dict[str, Any]:
    suppression = {"kind": "external", "justification": silenced.reason}
    return {**_result(silenced.finding, rule), "suppressions": [suppression]}


def _location(finding: Finding) -> dict[str, Any]:
    logical = {"fullyQualifiedName": finding.object + (f"#{finding.field}" if finding.field else "")}
    return {**_physical(finding.place), "logicalLocations": [logical]}


def _physical(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {}
    region = {} if place.line is None else {"region": {"startLine": place.line}}
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(place.file)}, **region}}


def _uri(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote("stdin" if file == STDIN else path.as_posix())


def _notification(unreadable: Unreadable) -> dict[str, Any]:
    place = Place(file=unreadable.file, line=unreadable.line)
    return {"level": "error", "message": {"text": str(unreadable)}, "locations": [_physical(place)]}
