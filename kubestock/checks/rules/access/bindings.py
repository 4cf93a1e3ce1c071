"""Whether bindings bind what exists."""

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
"""Those of Kubernetes, and those of OpenShift."""

_BUILT_IN_ROLES_OF_KUBE_SYSTEM = frozenset({"extension-apiserver-authentication-reader"})
"""Those that Kubernetes puts into kube-system, beside the ones that begin with `system:`."""


@rule(
    "bound-role",
    title="A binding names a role that does not exist",
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
                f"roleRef names {kind} {name!r}, which is not in the chart",
                fix="add it, correct the name, or declare it as provided",
                field=("roleRef",),
            )
