"""The pods that the scopes of a ResourceQuota select.

See https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kubestock.checks.facts.inventory import Workload
from kubestock.values import documents
from kubestock.values.documents import Document

_OPPOSITES: Mapping[str, str] = {"NotTerminating": "Terminating", "NotBestEffort": "BestEffort"}
_KNOWN = ("Terminating", "BestEffort", "PriorityClass")


@dataclass(frozen=True, slots=True)
class Scope:
    """A condition that a pod must meet to be counted."""

    name: str
    operator: str = "Exists"
    values: tuple[str, ...] = ()


def scopes_of(quota: Document) -> tuple[Scope, ...] | None:
    """Return the scopes of a quota, or None if one of them is not supported here."""
    found = [Scope(each) for each in documents.texts(quota, "spec", "scopes")]
    for each in documents.mappings(quota, "spec", "scopeSelector", "matchExpressions"):
        name, operator = documents.text(each, "scopeName"), documents.text(each, "operator")
        found.append(Scope(name, operator, tuple(documents.texts(each, "values"))))
    known = all(_OPPOSITES.get(each.name, each.name) in _KNOWN for each in found)
    return tuple(found) if known else None


def is_in_scopes(workload: Workload, scopes: Sequence[Scope]) -> bool:
    """Whether the pods of a workload meet all scopes."""
    return all(_meets(workload, each) for each in scopes)


def _meets(workload: Workload, scope: Scope) -> bool:
    if scope.name in _OPPOSITES:
        return not _has(workload, _OPPOSITES[scope.name])
    if scope.name != "PriorityClass":
        return _has(workload, scope.name)
    given = documents.text(workload.spec, "priorityClassName")
    if scope.operator == "In":
        return given in scope.values
    if scope.operator == "NotIn":
        return given not in scope.values
    return bool(given) == (scope.operator == "Exists")


def _has(workload: Workload, name: str) -> bool:
    if name == "Terminating":
        return documents.whole(workload.spec, "activeDeadlineSeconds") is not None
    return not any(amounts for _, declared in workload.resources for amounts in declared.values())
