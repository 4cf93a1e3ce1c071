"""Whether the ResourceQuotas of a namespace admit everything in it.

A quota with `scopes` or a `scopeSelector` counts only some pods, and is left alone.
See https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from kubestock.checks.finding import Finding
from kubestock.checks.inventory import Inventory, finding, shown
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

_PUT_THERE_BY_KUBERNETES = {"ConfigMap": 1, "ServiceAccount": 1}
"""The ConfigMap kube-root-ca.crt and the ServiceAccount default are in every namespace."""


def quota_stops_rollout(inventory: Inventory) -> Iterator[Finding]:
    """A rollout that meets its quota stops half way: the new pods are never made, and nobody is told.

    See https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-and-cluster-capacity
    """
    taken: dict[str, dict[str, Fraction]] = {}
    for quota in _quotas(inventory):
        namespace = documents.namespace(quota)
        if namespace not in taken:
            taken[namespace] = _taken(inventory.of_namespace(namespace))
        for resource, hard in documents.amounts(quota, "spec", "hard").items():
            needed = taken[namespace].get(_ALIASES.get(resource, resource), Fraction(0))
            if needed > hard:
                yield finding(
                    "quota-stops-rollout",
                    quota,
                    f"{resource} is {_written(resource, hard)}, but the chart takes "
                    f"{_written(resource, needed)} when every workload rolls out at its largest size; raise "
                    "it to that at least",
                )


def quota_refuses_pod(inventory: Inventory) -> Iterator[Finding]:
    """The API server refuses a pod that leaves out an amount of cpu or memory that is under quota.

    See https://kubernetes.io/docs/concepts/policy/resource-quotas/#requests-vs-limits
    """
    for quota in _quotas(inventory):
        constrained = {_ALIASES.get(each, each) for each in documents.mapping(quota, "spec", "hard")}
        needed = sorted(constrained & _NEEDED)
        for workload in inventory.workloads_of(documents.namespace(quota)):
            # Amounts for the pod as a whole stand in for those of its containers.
            if documents.at(workload.spec, "resources"):
                continue
            for container, declared in workload.resources:
                absent = [each for each in needed if not _has(declared, each)]
                if absent:
                    yield workload.finding(
                        "quota-refuses-pod",
                        f"{shown(container)} declares no {', '.join(absent)}, "
                        f"which ResourceQuota {documents.name(quota)!r} demands; declare it, or let a "
                        "LimitRange default it",
                    )


def _quotas(inventory: Inventory) -> Iterator[Document]:
    for quota in inventory.of_kind("ResourceQuota"):
        if not documents.at(quota, "spec", "scopes") and not documents.at(quota, "spec", "scopeSelector"):
            yield quota


def _has(declared: Mapping[str, Mapping[str, Fraction]], amount: str) -> bool:
    side, _, resource = amount.partition(".")
    return resource in declared[side]


def _taken(inside: list[Document]) -> dict[str, Fraction]:
    total = {**_objects(inside), **_services(inside), **rollout_footprint(inside)}
    total["persistentvolumeclaims"] = total["count/persistentvolumeclaims"] = _claims(inside)
    return total


def _objects(inside: list[Document]) -> dict[str, Fraction]:
    kinds = ["ConfigMap", "Secret", "ServiceAccount", "Service", "ResourceQuota", "ReplicationController"]
    names: dict[str, set[str]] = {_plural(kind): set() for kind in kinds}
    for document in inside:
        group = documents.group(document)
        resource = _plural(documents.text(document, "kind")) + (f".{group}" if group else "")
        names.setdefault(resource, set()).add(documents.name(document))
        if documents.kind(document) == "SealedSecret":
            # Its controller makes a Secret of the same name, which counts as well.
            names["secrets"].add(documents.name(document))
    extra = {_plural(kind): number for kind, number in _PUT_THERE_BY_KUBERNETES.items()}
    counts = {resource: Fraction(len(found) + extra.get(resource, 0)) for resource, found in names.items()}
    return {**{f"count/{resource}": number for resource, number in counts.items()}, **counts}


def _services(inside: list[Document]) -> dict[str, Fraction]:
    balancers = node_ports = 0
    for service in inside:
        if documents.kind(service) != "Service":
            continue
        kind = documents.text(service, "spec", "type")
        ports = documents.mappings(service, "spec", "ports")
        if documents.at(service, "spec", "allocateLoadBalancerNodePorts") is False:
            ports = [port for port in ports if documents.whole(port, "nodePort")]
        balancers += kind == "LoadBalancer"
        node_ports += len(ports) if kind in ("LoadBalancer", "NodePort") else 0
    return {"services.loadbalancers": Fraction(balancers), "services.nodeports": Fraction(node_ports)}


def _claims(inside: list[Document]) -> Fraction:
    claims = 0
    for document in inside:
        if documents.kind(document) == "PersistentVolumeClaim":
            claims += 1
        elif documents.kind(document) == "StatefulSet":
            replicas = documents.whole(document, "spec", "replicas")
            templates = documents.mappings(document, "spec", "volumeClaimTemplates")
            claims += len(templates) * max(0, 1 if replicas is None else replicas)
    return Fraction(claims)


def _plural(kind: str) -> str:
    lower = kind.lower()
    if lower.endswith("y"):
        return f"{lower[:-1]}ies"
    return f"{lower}es" if lower.endswith(("s", "ss")) else f"{lower}s"


def _written(resource: str, amount: Fraction) -> str:
    if resource.endswith("cpu"):
        return Quantity.cpu(amount).text
    return Quantity.bytes(amount).text if resource.endswith(("memory", "storage")) else str(amount)
