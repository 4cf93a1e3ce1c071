"""Rules about roles with which an account can take control of pods, accounts or nodes.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
"""

from collections.abc import Iterable, Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.parts import Part, parts_of_type
from kubestock.checks.finding import Problem, Severity
from kubestock.values import documents

_WRITE_VERBS = frozenset({"create", "update", "patch", "*"})
_PODS = frozenset(
    {
        "pods",
        "cronjobs",
        "daemonsets",
        "deployments",
        "jobs",
        "replicasets",
        "replicationcontrollers",
        "statefulsets",
    }
)
_ROLES = frozenset({"clusterrolebindings", "clusterroles", "rolebindings", "roles"})
_POD_VERBS = {"pods": _WRITE_VERBS - {"update", "patch"}}
"""The verbs that count for a resource: of a pod, only the image can be changed; of a workload, everything can."""


@rule(
    "rbac-writes-secrets",
    title="A role can write Secrets",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
    fails="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: issuer, namespace: shop}
        rules:
          - {apiGroups: [""], resources: [secrets], verbs: [create, update]}
    """,
    passes="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: issuer, namespace: shop}
        rules:
          - {apiGroups: [""], resources: [secrets], resourceNames: [registry], verbs: [update]}
    """,
)
def writes_secrets(inventory: Inventory) -> Iterator[Problem]:
    """An account with this role can replace certificates and passwords, and create tokens for any ServiceAccount."""
    for found in parts_of_type(inventory, "PolicyRule"):
        verbs = _granted(found, ("secrets",), _WRITE_VERBS)
        if verbs and not documents.sequence(found.value, "resourceNames"):
            yield _problem(found, f"grants {_listed(verbs)} on secrets", "list the needed Secrets in resourceNames")


@rule(
    "rbac-creates-pods",
    title="A role can create pods, or change the pods of workloads",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation",
    fails="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: deployer, namespace: shop}
        rules:
          - {apiGroups: [apps], resources: [deployments], verbs: [create]}
    """,
    passes="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: deployer, namespace: shop}
        rules:
          - {apiGroups: [apps], resources: [deployments], verbs: [get, patch], resourceNames: [orders]}
    """,
)
def creates_pods(inventory: Inventory) -> Iterator[Problem]:
    """A pod can mount any Secret of its namespace, and run as any of its ServiceAccounts.

    The verb patch is not counted: operators need it to restart and scale workloads.
    """
    for found in parts_of_type(inventory, "PolicyRule"):
        for resource in sorted(_PODS.intersection(documents.texts(found.value, "resources"))):
            verbs = _granted(found, (resource,), _POD_VERBS.get(resource, _WRITE_VERBS - {"patch"}))
            if verbs and not documents.sequence(found.value, "resourceNames"):
                message = (
                    f"grants {_listed(verbs)} on {resource}, and with it access to everything that pods of the "
                    "namespace can use"
                )
                yield _problem(found, message, "leave this to the delivery pipeline")


@rule(
    "rbac-creates-tokens",
    title="A role can create tokens for any ServiceAccount",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#token-request",
    fails="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: issuer, namespace: shop}
        rules:
          - {apiGroups: [""], resources: [serviceaccounts/token], verbs: [create]}
    """,
    passes="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: issuer, namespace: shop}
        rules:
          - {apiGroups: [""], resources: [serviceaccounts/token], resourceNames: [orders], verbs: [create]}
    """,
)
def creates_tokens(inventory: Inventory) -> Iterator[Problem]:
    """An account with this role can act as any ServiceAccount of the namespace, with all its permissions."""
    for found in parts_of_type(inventory, "PolicyRule"):
        verbs = _granted(found, ("serviceaccounts/token",), _WRITE_VERBS)
        if verbs and not documents.sequence(found.value, "resourceNames"):
            message = f"grants {_listed(verbs)} on serviceaccounts/token for every ServiceAccount"
            yield _problem(found, message, "list the needed ServiceAccounts in resourceNames")


@rule(
    "rbac-nodes-proxy",
    title="A role can send requests through the proxy of the API server",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#access-to-proxy-subresource-of-nodes",
    fails="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: scraper}
        rules:
          - {apiGroups: [""], resources: [nodes/proxy], verbs: [get]}
    """,
    passes="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: scraper}
        rules:
          - {apiGroups: [""], resources: [nodes/metrics], verbs: [get]}
    """,
)
def proxies(inventory: Inventory) -> Iterator[Problem]:
    """An account with this role can bypass other protection.

    With `nodes/proxy`, it can run commands in every pod of a node, without admission control and audit logs. With
    `pods/proxy` and `services/proxy`, its requests bypass NetworkPolicies.
    """
    for found in parts_of_type(inventory, "PolicyRule"):
        resources = {"nodes/proxy", "pods/proxy", "services/proxy"} & set(documents.texts(found.value, "resources"))
        if resources and documents.texts(found.value, "verbs"):
            fix = "grant nodes/metrics or nodes/stats" if "nodes/proxy" in resources else "call the Service itself"
            yield _problem(found, f"grants {_listed(resources)}", fix)


@rule(
    "rbac-writes-roles",
    title="A role can write roles or bindings",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping",
    fails="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: operator, namespace: shop}
        rules:
          - {apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create]}
    """,
    passes="""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: operator, namespace: shop}
        rules:
          - {apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [get, list]}
    """,
)
def writes_roles(inventory: Inventory) -> Iterator[Problem]:
    """An account with this role can give its own permissions to any other account, and remove those of others."""
    for found in parts_of_type(inventory, "PolicyRule"):
        for resource in sorted(_ROLES.intersection(documents.texts(found.value, "resources"))):
            verbs = _granted(found, (resource,), _WRITE_VERBS)
            if verbs:
                yield _problem(found, f"grants {_listed(verbs)} on {resource}", "leave this to the delivery pipeline")


def _granted(found: Part, resources: tuple[str, ...], verbs: frozenset[str]) -> set[str]:
    if set(resources).isdisjoint(documents.texts(found.value, "resources")):
        return set()
    return set(verbs.intersection(documents.texts(found.value, "verbs")))


def _problem(found: Part, message: str, fix: str) -> Problem:
    return found.problem(message, fix=fix, field=("resources",))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
