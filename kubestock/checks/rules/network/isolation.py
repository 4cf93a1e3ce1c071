"""Rules about the isolation of pods by NetworkPolicies."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.connections import endpoints, network_policies
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.policies import policy_types
from kubestock.checks.facts.selectors import describe_selector, requirements
from kubestock.checks.facts.unlisted_pods import why_unlisted_pods_may_match
from kubestock.checks.finding import Problem, Severity, Unjudged
from kubestock.values import documents
from kubestock.values.documents import Document

_OTHER_POLICIES = frozenset(
    {
        "AdminNetworkPolicy",
        "BaselineAdminNetworkPolicy",
        "CiliumClusterwideNetworkPolicy",
        "CiliumNetworkPolicy",
        "ClusterNetworkPolicy",
        "GlobalNetworkPolicy",
    }
)
_OF_THE_CLUSTER = frozenset({"kube-system", "kube-public", "kube-node-lease"})
_SEVERAL = 2


@rule(
    "policy-selects-nothing",
    title="A NetworkPolicy selects no pods",
    source="https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource",
    fails="""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: orders}
        spec: {podSelector: {matchLabels: {app: order}}, policyTypes: [Ingress]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
    """,
    passes="""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: orders}
        spec: {podSelector: {matchLabels: {app: orders}}, policyTypes: [Ingress]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
    """,
)
def policy_selects_nothing(inventory: Inventory) -> Iterator[Problem | Unjudged]:
    """The policy has no effect: it neither isolates any pod nor permits any connection."""
    for policy in inventory.of_kind("NetworkPolicy"):
        selector = documents.mapping(policy, "spec", "podSelector")
        namespace = documents.namespace(policy)
        if not selector or any(True for _ in inventory.selected(namespace, selector)):
            continue
        reason = why_unlisted_pods_may_match(inventory, namespace, selector)
        shown = f"spec.podSelector {describe_selector(selector)} matches no pods in its namespace"
        if reason:
            yield Unjudged(policy, f"{shown}, but {reason}", field=("spec", "podSelector"))
            continue
        yield Problem(
            policy,
            f"{shown}, so it has no effect",
            fix="use the labels of the pod template",
            field=("spec", "podSelector"),
        )


@rule(
    "no-default-deny",
    title="A namespace has no default-deny NetworkPolicy",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-traffic",
    fails="""
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, namespace: shop, labels: {app: orders}}
        spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
    """,
    passes="""
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: deny, namespace: shop}
        spec: {podSelector: {}, policyTypes: [Ingress]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, namespace: shop, labels: {app: orders}}
        spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
    """,
)
def no_default_deny(inventory: Inventory) -> Iterator[Problem]:
    """Any pod in the cluster can connect to a pod in this namespace that no other policy isolates."""
    if any(documents.text(each, "kind") in _OTHER_POLICIES for each in inventory.objects):
        return
    foreign = {documents.namespace(each) for each in inventory.objects if _is_foreign_policy(each)}
    for namespace in inventory.of_kind("Namespace"):
        name = documents.name(namespace)
        if name in _OF_THE_CLUSTER or name in foreign or not inventory.workloads_of(name):
            continue
        if not any(map(_denies, inventory.of_namespace(name, "NetworkPolicy"))):
            yield Problem(
                namespace,
                "has pods, but no NetworkPolicy selects all of them and denies ingress",
                fix="add one with podSelector: {} and policyTypes: [Ingress], and permit what is needed in others",
            )


@rule(
    "pod-not-isolated",
    title="A pod is the only one that no NetworkPolicy isolates",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation",
    fails="""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: deny}
        spec:
          podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [reports]}]}
          policyTypes: [Ingress]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: inventory, labels: {app: inventory}}
        spec: {containers: [{name: inventory, image: "shop/inventory:1.0"}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: reports, labels: {app: reports}}
        spec: {containers: [{name: reports, image: "shop/reports:1.0"}]}
    """,
    passes="""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: deny}
        spec: {podSelector: {}, policyTypes: [Ingress]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: inventory, labels: {app: inventory}}
        spec: {containers: [{name: inventory, image: "shop/inventory:1.0"}]}
    """,
)
def pod_not_isolated(inventory: Inventory) -> Iterator[Problem]:
    """All other pods of the namespace are isolated, so this pod was probably forgotten.

    Nothing restricts its connections in that direction.
    """
    for direction in ("Ingress", "Egress"):
        for namespace in dict.fromkeys(each.namespace for each in inventory.workloads):
            workloads = [each for each in inventory.workloads_of(namespace) if not each.on_host_network]
            open_ones = [each for each in workloads if not _is_isolated(inventory, each, direction)]
            if len(open_ones) == 1 and len(workloads) > _SEVERAL:
                yield open_ones[0].problem(
                    f"is the only one of {len(workloads)} workloads in its namespace whose {direction.lower()} no "
                    "NetworkPolicy isolates",
                    fix="select its pods in a NetworkPolicy, too",
                )


def _is_isolated(inventory: Inventory, workload: Workload, direction: str) -> bool:
    return bool(inventory.derived(network_policies).isolating(inventory.derived(endpoints)[workload], direction))


def _denies(policy: Document) -> bool:
    everything = not requirements(documents.at(policy, "spec", "podSelector"))
    negative = documents.sequence(policy, "spec", "podSelector", "matchExpressions")
    open_rules = [
        each
        for each in documents.mappings(policy, "spec", "ingress")
        if not documents.sequence(each, "from") and not documents.sequence(each, "ports")
    ]
    return everything and not negative and "Ingress" in policy_types(policy) and not open_rules


def _is_foreign_policy(document: Document) -> bool:
    return documents.text(document, "kind") == "NetworkPolicy" and documents.kind(document) != "NetworkPolicy"
