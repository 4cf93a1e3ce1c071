"""Rules about the roles in bindings."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem
from kubestock.values import documents

_BUILT_IN_ROLES = frozenset(
    {
        *("admin", "cluster-admin", "edit", "view"),
        *("basic-user", "cluster-monitoring-view", "cluster-reader", "cluster-status", "registry-admin"),
        *("registry-editor", "registry-viewer", "self-provisioner", "sudoer"),
    }
)
"""The ClusterRoles that Kubernetes and OpenShift create, except those whose names begin with `system:`."""

_BUILT_IN_ROLES_OF_KUBE_SYSTEM = frozenset({"extension-apiserver-authentication-reader"})
"""The Roles that Kubernetes creates in kube-system, except those whose names begin with `system:`."""


@rule(
    "bound-role",
    title="A binding refers to a role that does not exist",
    source="https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding",
    fails="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: reader, namespace: shop}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: operators}]
    """,
    passes="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: reader, namespace: shop}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: operators}]
    """,
)
def bound_role(inventory: Inventory) -> Iterator[Problem]:
    """A binding to a role that does not exist grants nothing."""
    for binding in inventory.of_kind("RoleBinding", "ClusterRoleBinding"):
        kind = documents.text(binding, "roleRef", "kind")
        name = documents.text(binding, "roleRef", "name")
        built_in = name.startswith("system:") or name in (
            _BUILT_IN_ROLES if kind == "ClusterRole" else _BUILT_IN_ROLES_OF_KUBE_SYSTEM
        )
        namespace = documents.namespace(binding)
        known = inventory.find(kind, namespace, name) or inventory.provides(kind, namespace, name)
        if not built_in and not known:
            yield Problem(
                binding,
                f"roleRef refers to {kind} {name!r}, which is not in the manifests",
                fix="add it, correct the name, or declare it as provided",
                field=("roleRef",),
            )
