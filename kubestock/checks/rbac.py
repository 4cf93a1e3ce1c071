"""Whether roles grant more than a workload should ever have.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from collections.abc import Iterator

from kubestock.checks.finding import Finding
from kubestock.checks.inventory import Inventory, finding
from kubestock.values import documents
from kubestock.values.documents import Document

_READING = frozenset({"get", "list", "watch"})
_ESCALATING = ("bind", "escalate", "impersonate")
_FIELDS = ("apiGroups", "resources", "verbs", "nonResourceURLs")


def wildcard(inventory: Inventory) -> Iterator[Finding]:
    """A wildcard grants what exists today, and what any later version or operator adds.

    See https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege
    """
    for role, rule in _rules(inventory):
        for field in _FIELDS:
            if any(each == "*" or each.startswith("*/") for each in documents.texts(rule, field)):
                yield finding("rbac-wildcard", role, f"{field} holds '*'; name those that are needed")


def reads_secrets(inventory: Inventory) -> Iterator[Finding]:
    """Whoever lists Secrets has the values of all of them.

    See https://kubernetes.io/docs/concepts/security/rbac-good-practices/#listing-secrets
    """
    for role, rule in _rules(inventory):
        granted = sorted(_READING.intersection(documents.texts(rule, "verbs")))
        if granted and "secrets" in documents.texts(rule, "resources"):
            yield finding(
                "rbac-reads-secrets",
                role,
                f"grants {', '.join(granted)} of secrets; mount the one that is needed into the pod instead",
            )


def executes_in_pods(inventory: Inventory) -> Iterator[Finding]:
    """To execute in a pod is to have everything that the pod has.

    See https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation
    """
    for role, rule in _rules(inventory):
        granted = {"pods/exec", "pods/attach"}.intersection(documents.texts(rule, "resources"))
        if granted and documents.texts(rule, "verbs"):
            message = f"grants {', '.join(sorted(granted))}; leave it to people, with a binding that expires"
            yield finding("rbac-executes-in-pods", role, message)


def escalates(inventory: Inventory) -> Iterator[Finding]:
    """These verbs let their holder take rights that nobody granted.

    See https://kubernetes.io/docs/concepts/security/rbac-good-practices/#escalate-verb
    """
    for role, rule in _rules(inventory):
        for verb in _ESCALATING:
            if verb in documents.texts(rule, "verbs"):
                message = f"grants {verb}, with which its holder takes any right; take it out"
                yield finding("rbac-escalates", role, message)


def _rules(inventory: Inventory) -> Iterator[tuple[Document, Document]]:
    for role in inventory.of_kind("Role", "ClusterRole"):
        for rule in documents.mappings(role, "rules"):
            yield role, rule
