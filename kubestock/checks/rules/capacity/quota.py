"""Rules about ResourceQuotas.

A quota with `scopes` or a `scopeSelector` counts only the pods that these select.
See https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory, describe_container
from kubestock.checks.facts.quotas import ALIASES, describe_amount, quota_usages
from kubestock.checks.facts.scopes import is_in_scopes, scopes_of
from kubestock.checks.finding import Problem
from kubestock.values import documents

_NEEDED = frozenset({"requests.cpu", "requests.memory", "limits.cpu", "limits.memory"})
"""Resources that every container must declare if a quota limits them; this does not apply to ephemeral-storage."""


@rule(
    "quota-stops-rollout",
    title="A rollout does not fit in the quota",
    source="https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-and-cluster-capacity",
    fails="""
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: quota, namespace: shop}
        spec: {hard: {requests.cpu: 100m}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, namespace: shop}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              resources: {requests: {cpu: 200m}}
    """,
    passes="""
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: quota, namespace: shop}
        spec: {hard: {requests.cpu: 200m}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, namespace: shop}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              resources: {requests: {cpu: 200m}}
    """,
)
def quota_stops_rollout(inventory: Inventory) -> Iterator[Problem]:
    """A rollout that reaches the quota stops: the new pods are not created, and no error is shown."""
    for usage in quota_usages(inventory):
        if usage.needed > usage.hard:
            yield Problem(
                usage.quota,
                f"{usage.resource} is {describe_amount(usage.resource, usage.hard)}, but the manifests need "
                f"{describe_amount(usage.resource, usage.needed)} when every workload rolls out at its largest size",
                fix="raise it at least to that amount",
                field=("spec", "hard", usage.resource),
            )


@rule(
    "quota-refuses-pod",
    title="A container does not declare a resource that a quota limits",
    source="https://kubernetes.io/docs/concepts/policy/resource-quotas/#requests-vs-limits",
    fails="""
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: quota, namespace: shop}
        spec: {hard: {requests.cpu: "1", requests.memory: 1Gi}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, namespace: shop}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              resources: {requests: {cpu: 200m}}
    """,
    passes="""
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: quota, namespace: shop}
        spec: {hard: {requests.cpu: "1", requests.memory: 1Gi}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, namespace: shop}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              resources: {requests: {cpu: 200m, memory: 64Mi}}
    """,
)
def quota_refuses_pod(inventory: Inventory) -> Iterator[Problem]:
    """If a quota limits cpu or memory, the API server rejects a pod with a container that does not declare it."""
    for quota in inventory.of_kind("ResourceQuota"):
        scopes = scopes_of(quota)
        if scopes is None:
            continue
        constrained = {ALIASES.get(each, each) for each in documents.mapping(quota, "spec", "hard")}
        needed = sorted(constrained & _NEEDED)
        for workload in inventory.workloads_of(documents.namespace(quota)):
            # Resources of the pod replace those of its containers.
            if documents.at(workload.spec, "resources") or not is_in_scopes(workload, scopes):
                continue
            for container, declared in workload.resources:
                absent = [each for each in needed if not _has(declared, each)]
                if absent:
                    yield workload.problem(
                        f"{describe_container(container)} declares no {', '.join(absent)}, "
                        f"which ResourceQuota {documents.name(quota)!r} requires",
                        fix="declare it, or set a default in a LimitRange",
                        part=container,
                        field=("resources",),
                    )


def _has(declared: Mapping[str, Mapping[str, Fraction]], amount: str) -> bool:
    side, _, resource = amount.partition(".")
    return resource in declared[side]
