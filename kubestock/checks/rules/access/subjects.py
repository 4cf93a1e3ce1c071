"""Rules about the subjects of bindings."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem, Severity
from kubestock.values import documents
from kubestock.values.documents import Document

_BINDINGS = ("RoleBinding", "ClusterRoleBinding")
_EVERY_CLIENT = frozenset(
    {"system:anonymous", "system:unauthenticated", "system:authenticated", "system:serviceaccounts"}
)
_PUBLIC = frozenset({"system:public-info-viewer", "system:discovery", "system:basic-user"})
"""Roles that Kubernetes itself grants to every client."""


@rule(
    "rbac-cluster-admin",
    title="A binding grants all permissions",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
    fails="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: operators}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: operators}]
    """,
    passes="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: operators}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: operators}]
    """,
)
def cluster_admin(inventory: Inventory) -> Iterator[Problem]:
    """An attacker with a token of such an account controls the whole cluster, or the whole namespace."""
    for binding in inventory.of_kind(*_BINDINGS):
        if documents.text(binding, "roleRef", "name") == "cluster-admin":
            fix = "bind a role with only the needed permissions"
            yield Problem(binding, "grants cluster-admin", fix=fix, field=("roleRef",))
        for subject in documents.mappings(binding, "subjects"):
            if documents.text(subject, "name") == "system:masters":
                message = "binds the group system:masters, which bypasses all authorization"
                yield Problem(binding, message, fix="use another group", part=subject, field=("name",))


@rule(
    "rbac-anonymous",
    title="A binding grants a role to any client",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#hardening",
    fails="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: readers, namespace: shop}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:unauthenticated"}]
    """,
    passes="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: readers, namespace: shop}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: readers}]
    """,
)
def anonymous(inventory: Inventory) -> Iterator[Problem]:
    """Any client that can connect to the API server, or any pod of the cluster, has the permissions of the role."""
    for binding in inventory.of_kind(*_BINDINGS):
        if documents.text(binding, "roleRef", "name") in _PUBLIC:
            continue
        for subject in documents.mappings(binding, "subjects"):
            name = documents.text(subject, "name")
            if name in _EVERY_CLIENT and documents.text(subject, "kind") in ("Group", "User"):
                yield Problem(
                    binding,
                    f"grants {documents.text(binding, 'roleRef', 'name')!r} to {name}",
                    fix="bind the group or the account that needs it",
                    part=subject,
                    field=("name",),
                )


@rule(
    "binding-subject",
    title="A binding refers to a ServiceAccount that does not exist",
    source="https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects",
    fails="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: readers, namespace: shop}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
        subjects: [{kind: ServiceAccount, name: reader, namespace: shop}]
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: readers, namespace: shop}
    """,
    passes="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: readers, namespace: shop}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
        subjects: [{kind: ServiceAccount, name: readers, namespace: shop}]
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: readers, namespace: shop}
    """,
)
def binding_subject(inventory: Inventory) -> Iterator[Problem]:
    """The program that needs the permissions gets `Forbidden`.

    If the manifests have no ServiceAccount in a namespace, the accounts of that namespace can have another source, and
    references to them are not checked.
    """
    for binding in inventory.of_kind(*_BINDINGS):
        subjects = documents.mappings(binding, "subjects")
        if not subjects and not documents.sequence(binding, "subjects"):
            message = "has no subjects, so it has no effect"
            yield Problem(binding, message, fix="add one, or remove it", field=("subjects",))
        for subject in subjects:
            if documents.text(subject, "kind") == "ServiceAccount":
                yield from _of_account(inventory, binding, subject)


def _of_account(inventory: Inventory, binding: Document, subject: Document) -> Iterator[Problem]:
    name = documents.text(subject, "name")
    namespace = documents.text(subject, "namespace") or documents.namespace(binding)
    # An object without a namespace can be applied in any namespace.
    if name in ("", "default") or any(inventory.find("ServiceAccount", each, name) for each in (namespace, "")):
        return
    if inventory.provides("ServiceAccount", namespace, name) or not _has_accounts(inventory, namespace, name):
        return
    yield Problem(
        binding,
        f"refers to ServiceAccount {name!r} in namespace {namespace!r}, which is not in the manifests",
        fix="correct the name, or declare the ServiceAccount as provided",
        part=subject,
        field=("name",),
    )


def _has_accounts(inventory: Inventory, namespace: str, name: str) -> bool:
    """Whether the account should be in the manifests: they have accounts of its namespace, or one with its name."""
    return any(True for _ in inventory.of_namespace(namespace, "ServiceAccount")) or name in inventory.derived(_names)


def _names(inventory: Inventory) -> frozenset[str]:
    return frozenset(map(documents.name, inventory.of_kind("ServiceAccount")))
