"""Findings in a Kong file that this library did not write."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kubestock.gateway.kong import analysis
from kubestock.gateway.kong.analysis.finding import KongFinding
from kubestock.gateway.kong.analysis.foreign.entities import ForeignRoute
from kubestock.gateway.kong.analysis.foreign.reader import Reader

_FIXES = {
    "route-bypass": "require authentication on that route too, route it to other pods, or limit it to one path",
    "name-duplicated": "rename or remove one",
}
"""Fixes for Kong's file, where the usual fix is an argument of `KongGateway.route`."""

_UNCERTAIN = frozenset({"credential-unencrypted"})
"""Rules whose findings are only warnings, because TLS may be terminated in front of Kong."""

_PATH_RULES = frozenset({"route-ambiguous", "route-overridden"})


def findings_of_file(document: Mapping[str, Any]) -> list[KongFinding]:
    """Return the problems in a Kong file: what does not work, and what allows requests that must be denied.

    A finding is a warning if it depends on a regular expression that the rule can only read in part, or on an unknown
    plugin.

    Args:
        document: the parsed file, with `_format_version`, `services`, `plugins` and so on.
    """
    reader = Reader(document)
    view = reader.view()
    approximate = {each.name for each in view.routes if isinstance(each, ForeignRoute) and each.approximate}
    found = []
    for each in analysis.findings(view):
        uncertain = bool(approximate & set(each.routes))
        if not (uncertain and each.id in _PATH_RULES):
            severity = "warning" if uncertain or each.id in _UNCERTAIN else each.severity
            found.append(replace(each, severity=severity, fix=_FIXES.get(each.id, each.fix)))
    return list(dict.fromkeys([*reader.found, *found]))
