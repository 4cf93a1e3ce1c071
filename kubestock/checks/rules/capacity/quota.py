"""Whether the ResourceQuotas of a namespace admit everything in it.

A quota with `scopes` or a `scopeSelector` counts only the pods that they choose.
See https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory, shown
from kubestock.checks.facts.makers import made_by_others
from kubestock.checks.facts.scopes import Scope, is_chosen, scopes_of
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.footprint import rollout_footprint
from kubestock.values.quantities import Quantity

_ALIASES = {
    "cpu": "requests.cpu",
    "memory": "requests.memory",
    "ephemeral-storage": "requests.ephemeral-storage",
    "count/pods": "pods",
}
_NEEDED = frozenset({"requests.cpu", "requests.memory", "limits.cpu", "limits.memory"})
"""What every container must declare once it is under quota; ephemeral-storage is counted but not demanded."""

_ALWAYS_THERE = {("", "ConfigMap"): 1, ("", "ServiceAccount"): 1}
"""The ConfigMap kube-root-ca.crt and the ServiceAccount default are in every namespace."""


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
    """A rollout that meets its quota stops half way: the new pods are never made, and no error says so."""
    taken: dict[tuple[str, str], dict[str, Fraction]] = {}
    for quota in inventory.of_kind("ResourceQuota"):
        scopes = scopes_of(quota)
        if scopes is None:
            continue
        key = documents.namespace(quota), repr(scopes)
        if key not in taken:
            taken[key] = _taken(inventory, key[0], scopes)
        for resource, hard in documents.amounts(quota, "spec", "hard").items():
            needed = taken[key].get(_ALIASES.get(resource, resource), Fraction(0))
            if needed > hard:
                yield Problem(
                    quota,
                    f"{resource} is {_written(resource, hard)}, but the chart takes "
                    f"{_written(resource, needed)} when every workload rolls out at its largest size",
                    fix="raise it to that at least",
                    field=("spec", "hard", resource),
                )


@rule(
    "quota-refuses-pod",
    title="A container does not declare what is under quota",
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
    """The API server refuses a pod that leaves out an amount of cpu or memory that is under quota."""
    for quota in inventory.of_kind("ResourceQuota"):
        scopes = scopes_of(quota)
        if scopes is None:
            continue
        constrained = {_ALIASES.get(each, each) for each in documents.mapping(quota, "spec", "hard")}
        needed = sorted(constrained & _NEEDED)
        for workload in inventory.workloads_of(documents.namespace(quota)):
            # Amounts for the pod as a whole stand in for those of its containers.
            if documents.at(workload.spec, "resources") or not is_chosen(workload, scopes):
                continue
            for container, declared in workload.resources:
                absent = [each for each in needed if not _has(declared, each)]
                if absent:
                    yield workload.problem(
                        f"{shown(container)} declares no {', '.join(absent)}, "
                        f"which ResourceQuota {documents.name(quota)!r} demands",
                        fix="declare it, or let a LimitRange default it",
                        within=container,
                        field=("resources",),
                    )


def _has(declared: Mapping[str, Mapping[str, Fraction]], amount: str) -> bool:
    side, _, resource = amount.partition(".")
    return resource in declared[side]


def _taken(inventory: Inventory, namespace: str, scopes: Sequence[Scope]) -> dict[str, Fraction]:
    others = inventory.of_namespace(namespace, "HorizontalPodAutoscaler", "LimitRange", "PersistentVolumeClaim")
    chosen = (each.document for each in inventory.workloads_of(namespace) if is_chosen(each, scopes))
    reckoned = (*chosen, *others)
    if scopes:
        return rollout_footprint(reckoned)
    services = inventory.of_namespace(namespace, "Service")
    total = {**_objects(inventory, namespace), **_services(services), **rollout_footprint(reckoned)}
    total["count/persistentvolumeclaims"] = total["persistentvolumeclaims"]
    return total


def _objects(inventory: Inventory, namespace: str) -> dict[str, Fraction]:
    kinds = ["ConfigMap", "Secret", "ServiceAccount", "Service", "ResourceQuota", "ReplicationController"]
    names: dict[tuple[str, str], set[str]] = {("", kind): set() for kind in kinds}
    for document in inventory.of_namespace(namespace):
        kind = (documents.group(document), documents.text(document, "kind"))
        names.setdefault(kind, set()).add(documents.name(document))
    # The controller of a SealedSecret makes a Secret of the same name, which counts as well.
    names["", "Secret"].update(map(documents.name, inventory.of_namespace(namespace, "SealedSecret")))
    names["", "Secret"].update(made_by_others(inventory, namespace))
    counts = {
        _plural(kind) + (f".{group}" if group else ""): Fraction(len(found) + _ALWAYS_THERE.get((group, kind), 0))
        for (group, kind), found in names.items()
    }
    return {**{f"count/{resource}": number for resource, number in counts.items()}, **counts}


def _services(services: Iterable[Document]) -> dict[str, Fraction]:
    balancers = node_ports = 0
    for service in services:
        kind = documents.text(service, "spec", "type")
        ports = documents.mappings(service, "spec", "ports")
        if documents.at(service, "spec", "allocateLoadBalancerNodePorts") is False:
            ports = [port for port in ports if documents.whole(port, "nodePort")]
        balancers += kind == "LoadBalancer"
        node_ports += len(ports) if kind in ("LoadBalancer", "NodePort") else 0
    return {"services.loadbalancers": Fraction(balancers), "services.nodeports": Fraction(node_ports)}


def _plural(kind: str) -> str:
    lower = kind.lower()
    if lower.endswith("y"):
        return f"{lower[:-1]}ies"
    return f"{lower}es" if lower.endswith(("s", "ss")) else f"{lower}s"


def _written(resource: str, amount: Fraction) -> str:
    if resource.endswith("cpu"):
        return Quantity.cpu(amount).text
    return Quantity.bytes(amount).text if resource.endswith(("memory", "storage")) else str(amount)
