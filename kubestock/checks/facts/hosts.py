"""Resolves host names to Services of the cluster or to hosts outside it.

See https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
"""

import ipaddress
from dataclasses import dataclass

from kubestock.checks.facts.inventory import NAMESPACE_NAME, Inventory, Workload
from kubestock.values import documents

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

_POD_ITSELF = frozenset({"localhost", "ip6-localhost", "localhost.localdomain", "host.docker.internal"})
_NO_DOTS, _WITH_NAMESPACE, _OF_POD = 1, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A Service, or a host outside the cluster.

    Args:
        shown: the host as the setting has it.
        name: the name of the Service; empty for a host outside the cluster.
        namespace: the namespace of the Service.
        known_namespace: whether the manifests have objects in that namespace. A Service of that namespace that is not
            in the manifests does not exist.
        address: the IP address of a host outside the cluster, if the setting has one.
    """

    shown: str
    name: str = ""
    namespace: str = ""
    known_namespace: bool = False
    address: Ip | None = None


def resolve_host(inventory: Inventory, namespace: str, written: str) -> Host | None:
    """Return the host that pods of a namespace reach by a name, or None if it is the pod itself."""
    if written in _POD_ITSELF or written.endswith(".localhost"):
        return None
    address = _ip(written)
    if address is not None:
        outside = not (address.is_loopback or address.is_unspecified or address.is_link_local)
        return Host(shown=written, address=address) if outside else None
    labels = written.split(".")
    if not all(labels):
        return None
    found = _in_cluster(inventory, namespace, labels)
    if found is None:
        return Host(shown=written)
    name, owner = found
    known = owner == namespace or owner in inventory.derived(known_namespaces)
    return Host(shown=written, name=name, namespace=owner, known_namespace=known)


def aliases(workload: Workload) -> dict[str, Host]:
    """Return the hosts in the `hostAliases` of a pod, by name."""
    found: dict[str, Host] = {}
    for each in documents.mappings(workload.spec, "hostAliases"):
        address = _ip(documents.text(each, "ip"))
        for name in documents.texts(each, "hostnames") if address is not None else ():
            found.setdefault(name.lower(), Host(shown=name, address=address))
    return found


def known_namespaces(inventory: Inventory) -> frozenset[str]:
    """Return the namespaces that the manifests create, or in which they have Services or pods."""
    made = {documents.name(each) for each in inventory.of_kind("Namespace")}
    used = {documents.namespace(each) for each in inventory.of_kind("Service")}
    return frozenset(made | used | {each.namespace for each in inventory.workloads})


def _named_namespaces(inventory: Inventory) -> frozenset[str]:
    """Return the known namespaces, and those that NetworkPolicies name, which must exist in the cluster."""
    peers = (
        peer
        for policy in inventory.of_kind("NetworkPolicy")
        for rules, end in (("egress", "to"), ("ingress", "from"))
        for each in documents.mappings(policy, "spec", rules)
        for peer in documents.mappings(each, end)
    )
    named = (documents.text(each, "namespaceSelector", "matchLabels", NAMESPACE_NAME) for each in peers)
    return inventory.derived(known_namespaces).union(each for each in named if each)


def _in_cluster(inventory: Inventory, namespace: str, labels: list[str]) -> tuple[str, str] | None:
    """Return the name and namespace of the Service that a host name means, or None for a host outside the cluster."""
    if "svc" in labels[_WITH_NAMESPACE:]:
        at = labels.index("svc", _WITH_NAMESPACE)
        return labels[at - 2], labels[at - 1]
    if len(labels) == _NO_DOTS:
        return labels[0], namespace
    if len(labels) <= _OF_POD and labels[-1] in inventory.derived(_named_namespaces):
        name = labels[-2]
        if len(labels) == _WITH_NAMESPACE or inventory.find("Service", labels[-1], name):
            return name, labels[-1]
    # The DNS names of a StatefulSet's pods are subdomains of their headless Service.
    if len(labels) == _WITH_NAMESPACE and inventory.find("Service", namespace, labels[1]):
        return labels[1], namespace
    return None


def _ip(written: str) -> Ip | None:
    try:
        return ipaddress.ip_address(written)
    except ValueError:
        return None
