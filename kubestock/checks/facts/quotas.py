"""How much of each ResourceQuota remains when every workload rolls out at its largest size.

A quota with `scopes` or a `scopeSelector` counts only the pods that these select.
See https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.makers import secrets_of_controllers
from kubestock.checks.facts.scopes import Scope, is_in_scopes, scopes_of
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
"""Resources with two names in a quota."""

_ALWAYS_PRESENT = {("", "ConfigMap"): 1, ("", "ServiceAccount"): 1}
"""Kubernetes creates the ConfigMap kube-root-ca.crt and the ServiceAccount default in every namespace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUsage:
    """The use of one resource of a quota.

    Args:
        quota: the ResourceQuota.
        resource: the name of the resource in the quota.
        hard: the hard limit.
        needed: how much the manifests need when every workload rolls out at its largest size.
    """

    quota: Document
    resource: str
    hard: Fraction
    needed: Fraction

    @property
    def remaining(self) -> Fraction:
        """The amount that remains; it is negative if the quota does not suffice."""
        return self.hard - self.needed


def quota_usages(inventory: Inventory) -> list[QuotaUsage]:
    """Return the use of each resource of each quota."""
    needed_by: dict[tuple[str, str], dict[str, Fraction]] = {}
    found = []
    for quota in inventory.of_kind("ResourceQuota"):
        scopes = scopes_of(quota)
        if scopes is None:
            continue
        key = documents.namespace(quota), repr(scopes)
        if key not in needed_by:
            needed_by[key] = _needed(inventory, key[0], scopes)
        for resource, hard in documents.amounts(quota, "spec", "hard").items():
            needed = needed_by[key].get(ALIASES.get(resource, resource), Fraction(0))
            found.append(QuotaUsage(quota=quota, resource=resource, hard=hard, needed=needed))
    return found


def describe_amount(resource: str, amount: Fraction) -> str:
    """Return the description of an amount of a resource for findings."""
    if amount < 0:
        return f"-{describe_amount(resource, -amount)}"
    if resource.endswith("cpu"):
        return Quantity.cpu(amount).text
    return Quantity.bytes(amount).text if resource.endswith(("memory", "storage")) else str(amount)


def _needed(inventory: Inventory, namespace: str, scopes: Sequence[Scope]) -> dict[str, Fraction]:
    others = inventory.of_namespace(namespace, "HorizontalPodAutoscaler", "LimitRange", "PersistentVolumeClaim")
    chosen = (each.document for each in inventory.workloads_of(namespace) if is_in_scopes(each, scopes))
    counted = (*chosen, *others)
    if scopes:
        return rollout_footprint(counted)
    services = inventory.of_namespace(namespace, "Service")
    total = {**_objects(inventory, namespace), **_services(services), **rollout_footprint(counted)}
    total["count/persistentvolumeclaims"] = total["persistentvolumeclaims"]
    return total


def _objects(inventory: Inventory, namespace: str) -> dict[str, Fraction]:
    kinds = ["ConfigMap", "Secret", "ServiceAccount", "Service", "ResourceQuota", "ReplicationController"]
    names: dict[tuple[str, str], set[str]] = {("", kind): set() for kind in kinds}
    for document in inventory.of_namespace(namespace):
        kind = (documents.group(document), documents.text(document, "kind"))
        names.setdefault(kind, set()).add(documents.name(document))
    # The controller of a SealedSecret creates a Secret with the same name, which counts as well.
    names["", "Secret"].update(map(documents.name, inventory.of_namespace(namespace, "SealedSecret")))
    names["", "Secret"].update(secrets_of_controllers(inventory, namespace))
    counts = {
        _plural(kind) + (f".{group}" if group else ""): Fraction(len(found) + _ALWAYS_PRESENT.get((group, kind), 0))
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
