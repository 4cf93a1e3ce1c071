"""The least versions of the programs that the manifests need."""

from collections.abc import Iterable, Mapping
from typing import Any

LEAST_ARGO_CD = "3.3"
"""The first release whose projects permit cluster-scoped objects by name; one before it ignores the names, and so
permits every Namespace and PriorityClass.

See https://argo-cd.readthedocs.io/en/stable/user-guide/projects/#restrict-cluster-scoped-resources-by-name
"""

_OF_GROUPS: Mapping[str, tuple[str, str]] = {
    # Before 0.36.0 its rotate endpoint gives a value that was sealed in one scope a wider one.
    "bitnami.com": ("sealed-secrets", "0.36.0"),
    "external-secrets.io": ("External Secrets", "1.0.0"),
    "monitoring.coreos.com": ("Prometheus Operator", "0.65.0"),
}
"""The program that works on the kinds of an API group, and its least version."""


def least_versions(manifests: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the least version of each program that these manifests need, Argo CD among them, by its name."""
    groups = {each["apiVersion"].partition("/")[0] for each in manifests}
    return {"Argo CD": LEAST_ARGO_CD, **dict(_OF_GROUPS[each] for each in sorted(groups & _OF_GROUPS.keys()))}
