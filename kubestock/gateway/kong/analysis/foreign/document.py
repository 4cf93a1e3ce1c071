"""Anybody's file of Kong, read by the rules."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kubestock.gateway.kong import analysis
from kubestock.gateway.kong.analysis.finding import KongFinding
from kubestock.gateway.kong.analysis.foreign.entities import ForeignRoute
from kubestock.gateway.kong.analysis.foreign.reader import Reader

_FIXES = {
    "route-bypass": "authenticate that route, too, lead it to other pods, or fix the path that it asks for",
    "name-duplicated": "rename or remove one",
}
"""How to fix in Kong's file what is otherwise fixed by an argument of `KongGateway.route`."""

_DEPENDS = frozenset({"credential-unencrypted"})
"""What is right where TLS ends in front of Kong, which the file does not say."""

_OF_PATHS = frozenset({"route-ambiguous", "route-overridden"})


def findings_of_file(document: Mapping[str, Any]) -> list[KongFinding]:
    """Return what would not work in a file of Kong, or lets requests pass that must not.

    A finding that rests on a regular expression of which only the beginning can be read is a warning, and so is a
    plugin of which nothing is known.

    Args:
        document: the file, parsed: `_format_version`, `services`, `plugins` and so on.
    """
    reader = Reader(document)
    view = reader.view()
    guessed = {each.name for each in view.routes if isinstance(each, ForeignRoute) and each.approximate}
    found = []
    for each in analysis.findings(view):
        uncertain = bool(guessed & set(each.routes))
        if not (uncertain and each.id in _OF_PATHS):
            severity = "warning" if uncertain or each.id in _DEPENDS else each.severity
            found.append(replace(each, severity=severity, fix=_FIXES.get(each.id, each.fix)))
    return list(dict.fromkeys([*reader.found, *found]))
