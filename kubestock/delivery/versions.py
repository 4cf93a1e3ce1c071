"""The least version of each program that the manifests need."""

from collections.abc import Iterable, Mapping
from typing import Any

LEAST_ARGO_CD = "3.3"
"""The first release whose AppProjects permit cluster-scoped objects by name. An earlier release ignores the names, and
permits every Namespace and PriorityClass.

See https://argo-cd.readthedocs.io/en/stable/user-guide/projects/#restrict-cluster-scoped-resources-by-name
"""

_OF_GROUPS: Mapping[str, tuple[str, str]] = {
    # Before 0.36.0, its rotate endpoint can return a value with a broader scope than the value that it received.
    "bitnami.com": ("sealed-secrets", "0.36.0"),
    "external-secrets.io": ("External Secrets", "1.0.0"),
    "monitoring.coreos.com": ("Prometheus Operator", "0.65.0"),
}
"""The program that handles the kinds of an API group, and its least version."""


def least_versions(manifests: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the least version of each program that the manifests need, including Argo CD, by the program's name."""
    groups = {each["apiVersion"].partition("/")[0] for each in manifests}
    return {"Argo CD": LEAST_ARGO_CD, **dict(_OF_GROUPS[each] for each in sorted(groups & _OF_GROUPS.keys()))}
