"""Rules about roles that grant more than a workload needs.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem, Severity
from kubestock.values import documents
from kubestock.values.documents import Document

_READING = frozenset({"get", "list", "watch"})
_POD_ACCESS = frozenset({"pods/attach", "pods/ephemeralcontainers", "pods/exec", "pods/portforward"})
_ESCALATING = ("bind", "escalate", "impersonate")
_FIELDS = ("apiGroups", "resources", "verbs", "nonResourceURLs")


@rule(
    "rbac-wildcard",
    title="A role grants a wildcard",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
    fails="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader, namespace: shop}
        rules:
          - {apiGroups: [apps], resources: [deployments], verbs: ["*"]}
    """,
    passes="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader, namespace: shop}
        rules:
          - {apiGroups: [apps], resources: [deployments], verbs: [get, list, watch]}
    """,
)
def wildcard(inventory: Inventory) -> Iterator[Problem]:
    """A wildcard also grants permissions that later versions and operators add."""
    for role, granted in _rules(inventory):
        for field in _FIELDS:
            if any(each == "*" or each.startswith("*/") for each in documents.texts(granted, field)):
                yield Problem(
                    role, f"{field} has a wildcard '*'", fix="list the needed ones", part=granted, field=(field,)
                )


@rule(
    "rbac-reads-secrets",
    title="A role can read Secrets",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#listing-secrets",
    fails="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader, namespace: shop}
        rules:
          - {apiGroups: [""], resources: [secrets], verbs: [list]}
    """,
    passes="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader, namespace: shop}
        rules:
          - {apiGroups: [""], resources: [configmaps], verbs: [list]}
    """,
)
def reads_secrets(inventory: Inventory) -> Iterator[Problem]:
    """The verbs get, list and watch on Secrets return their values."""
    for role, granted in _rules(inventory):
        verbs = sorted(_READING.intersection(documents.texts(granted, "verbs")))
        if verbs and "secrets" in documents.texts(granted, "resources"):
            yield Problem(
                role,
                f"grants {', '.join(verbs)} on secrets",
                fix="mount the needed Secret into the pod instead",
                part=granted,
                field=("resources",),
            )


@rule(
    "rbac-executes-in-pods",
    title="A role can run commands in pods",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation",
    fails="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: operator, namespace: shop}
        rules:
          - {apiGroups: [""], resources: [pods/exec], verbs: [create]}
    """,
    passes="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: operator, namespace: shop}
        rules:
          - {apiGroups: [""], resources: [pods/log], verbs: [get]}
    """,
)
def executes_in_pods(inventory: Inventory) -> Iterator[Problem]:
    """A process in a pod can use everything that the pod has: its Secrets, its network and its ServiceAccount."""
    for role, granted in _rules(inventory):
        resources = _POD_ACCESS.intersection(documents.texts(granted, "resources"))
        if resources and documents.texts(granted, "verbs"):
            yield Problem(
                role,
                f"grants {', '.join(sorted(resources))}",
                fix="grant it only to people, with a binding that expires",
                part=granted,
                field=("resources",),
            )


@rule(
    "rbac-escalates",
    title="A role allows an account to get more permissions",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#escalate-verb",
    fails="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: operator}
        rules:
          - {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate]}
    """,
    passes="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: operator}
        rules:
          - {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [get]}
    """,
)
def escalates(inventory: Inventory) -> Iterator[Problem]:
    """With the verbs bind, escalate and impersonate, an account can get permissions that were not granted to it."""
    for role, granted in _rules(inventory):
        for verb in _ESCALATING:
            if verb in documents.texts(granted, "verbs"):
                yield Problem(
                    role,
                    f"grants {verb}, with which an account can get any permission",
                    fix="remove it",
                    part=granted,
                    field=("verbs",),
                )


def _rules(inventory: Inventory) -> Iterator[tuple[Document, Document]]:
    for role in inventory.of_kind("Role", "ClusterRole"):
        for granted in documents.mappings(role, "rules"):
            yield role, granted
