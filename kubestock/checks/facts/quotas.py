"""What the ResourceQuotas of a namespace leave, once every workload rolls out at its largest size.

A quota with `scopes` or a `scopeSelector` counts only the pods that they choose.
See https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.makers import made_by_others
from kubestock.checks.facts.scopes import Scope, is_chosen, scopes_of
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.footprint import rollout_footprint
from kubestock.values.quantities import Quantity

ALIASES = {
    "cpu": "requests.cpu",
    "memory": "requests.memory",
    "ephemeral-storage": "requests.ephemeral-storage",
    "count/pods": "pods",
}
"""Resources that have two names in a quota."""

_ALWAYS_THERE = {("", "ConfigMap"): 1, ("", "ServiceAccount"): 1}
"""The ConfigMap kube-root-ca.crt and the ServiceAccount default are in every namespace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a quota leaves of a resource.

    Args:
        quota: the object.
        resource: as the quota names it.
        hard: how much of it there may be.
        needed: how much the manifests take when every workload rolls out at its largest size.
    """

    quota: Document
    resource: str
    hard: Fraction
    needed: Fraction

    @property
    def left(self) -> Fraction:
        """What is left of it, less than nothing where it does not suffice."""
        return self.hard - self.needed


def rooms(inventory: Inventory) -> list[Room]:
    """Return what each quota leaves of each of its resources."""
    taken: dict[tuple[str, str], dict[str, Fraction]] = {}
    found = []
    for quota in inventory.of_kind("ResourceQuota"):
        scopes = scopes_of(quota)
        if scopes is None:
            continue
        key = documents.namespace(quota), repr(scopes)
        if key not in taken:
            taken[key] = _taken(inventory, key[0], scopes)
        for resource, hard in documents.amounts(quota, "spec", "hard").items():
            needed = taken[key].get(ALIASES.get(resource, resource), Fraction(0))
            found.append(Room(quota=quota, resource=resource, hard=hard, needed=needed))
    return found


def shown_amount(resource: str, amount: Fraction) -> str:
    """Return how findings show an amount of a resource."""
    if amount < 0:
        return f"-{shown_amount(resource, -amount)}"
    if resource.endswith("cpu"):
        return Quantity.cpu(amount).text
    return Quantity.bytes(amount).text if resource.endswith(("memory", "storage")) else str(amount)


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
