"""Whether roles grant more than a workload should ever have.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem, Severity
from kubestock.values import documents
from kubestock.values.documents import Document

_READING = frozenset({"get", "list", "watch"})
_INTO_PODS = frozenset({"pods/attach", "pods/ephemeralcontainers", "pods/exec", "pods/portforward"})
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
    """A wildcard grants what exists today, and what any later version or operator adds."""
    for role, granted in _rules(inventory):
        for field in _FIELDS:
            if any(each == "*" or each.startswith("*/") for each in documents.texts(granted, field)):
                yield Problem(
                    role, f"{field} holds '*'", fix="name those that are needed", part=granted, field=(field,)
                )


@rule(
    "rbac-reads-secrets",
    title="A role reads Secrets",
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
    """Whoever lists Secrets has the values of all of them."""
    for role, granted in _rules(inventory):
        verbs = sorted(_READING.intersection(documents.texts(granted, "verbs")))
        if verbs and "secrets" in documents.texts(granted, "resources"):
            yield Problem(
                role,
                f"grants {', '.join(verbs)} of secrets",
                fix="mount the one that is needed into the pod instead",
                part=granted,
                field=("resources",),
            )


@rule(
    "rbac-executes-in-pods",
    title="A role executes commands in pods",
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
    """A process in a pod has everything that the pod has: its Secrets, its network, its service account."""
    for role, granted in _rules(inventory):
        resources = _INTO_PODS.intersection(documents.texts(granted, "resources"))
        if resources and documents.texts(granted, "verbs"):
            yield Problem(
                role,
                f"grants {', '.join(sorted(resources))}",
                fix="leave it to people, with a binding that expires",
                part=granted,
                field=("resources",),
            )


@rule(
    "rbac-escalates",
    title="A role grants rights beyond itself",
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
    """With these verbs an account takes rights that were never granted to it."""
    for role, granted in _rules(inventory):
        for verb in _ESCALATING:
            if verb in documents.texts(granted, "verbs"):
                yield Problem(
                    role,
                    f"grants {verb}, with which its holder takes any right",
                    fix="take it out",
                    part=granted,
                    field=("verbs",),
                )


def _rules(inventory: Inventory) -> Iterator[tuple[Document, Document]]:
    for role in inventory.of_kind("Role", "ClusterRole"):
        for granted in documents.mappings(role, "rules"):
            yield role, granted
