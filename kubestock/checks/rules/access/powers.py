"""Whether roles grant powers by which their holder takes over pods, accounts or nodes.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
"""

from collections.abc import Iterable, Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.parts import Part, parts_of_type
from kubestock.checks.finding import Problem, Severity
from kubestock.values import documents

_WRITING = frozenset({"create", "update", "patch", "*"})
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
_MAKING = {"pods": _WRITING - {"update", "patch"}}
"""The image of a pod is all that can be changed of it; of what makes pods, all can."""


@rule(
    "rbac-writes-secrets",
    title="A role writes Secrets",
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
    """Its holder replaces certificates and passwords, and makes tokens of any account of the namespace."""
    for found in parts_of_type(inventory, "PolicyRule"):
        verbs = _granted(found, ("secrets",), _WRITING)
        if verbs and not documents.sequence(found.value, "resourceNames"):
            yield _problem(found, f"grants {_listed(verbs)} of secrets", "name the ones that it needs in resourceNames")


@rule(
    "rbac-creates-pods",
    title="A role makes pods, or changes what they run",
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
    """A pod mounts any Secret of its namespace, and runs as any of its accounts.

    A patch of what is there restarts and scales it, which operators need, and is not counted.
    """
    for found in parts_of_type(inventory, "PolicyRule"):
        for resource in sorted(_PODS.intersection(documents.texts(found.value, "resources"))):
            verbs = _granted(found, (resource,), _MAKING.get(resource, _WRITING - {"patch"}))
            if verbs and not documents.sequence(found.value, "resourceNames"):
                message = f"grants {_listed(verbs)} of {resource}, and so all that a pod of the namespace may have"
                yield _problem(found, message, "leave it to the pipeline that delivers")


@rule(
    "rbac-creates-tokens",
    title="A role makes tokens of accounts",
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
    """Its holder acts as any account of the namespace, with all its rights."""
    for found in parts_of_type(inventory, "PolicyRule"):
        verbs = _granted(found, ("serviceaccounts/token",), _WRITING)
        if verbs and not documents.sequence(found.value, "resourceNames"):
            message = f"grants {_listed(verbs)} of serviceaccounts/token for every account"
            yield _problem(found, message, "name the accounts in resourceNames")


@rule(
    "rbac-nodes-proxy",
    title="A role passes requests through the API server",
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
    """`nodes/proxy` executes commands in every pod of a node, past admission and audit; the others bypass policies."""
    for found in parts_of_type(inventory, "PolicyRule"):
        resources = {"nodes/proxy", "pods/proxy", "services/proxy"} & set(documents.texts(found.value, "resources"))
        if resources and documents.texts(found.value, "verbs"):
            fix = "grant nodes/metrics or nodes/stats" if "nodes/proxy" in resources else "call the Service itself"
            yield _problem(found, f"grants {_listed(resources)}", fix)


@rule(
    "rbac-writes-roles",
    title="A role writes roles or bindings",
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
    """Its holder passes all that it has on to whom it likes, and takes what others have away."""
    for found in parts_of_type(inventory, "PolicyRule"):
        for resource in sorted(_ROLES.intersection(documents.texts(found.value, "resources"))):
            verbs = _granted(found, (resource,), _WRITING)
            if verbs:
                yield _problem(
                    found, f"grants {_listed(verbs)} of {resource}", "leave it to the pipeline that delivers"
                )


def _granted(found: Part, resources: tuple[str, ...], verbs: frozenset[str]) -> set[str]:
    if set(resources).isdisjoint(documents.texts(found.value, "resources")):
        return set()
    return set(verbs.intersection(documents.texts(found.value, "verbs")))


def _problem(found: Part, message: str, fix: str) -> Problem:
    return found.problem(message, fix=fix, field=("resources",))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
