"""Whether pods can look names up."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.connections import endpoints, known_policies, node_local, resolver
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.policies import Connection, Endpoint, Policies, is_private
from kubestock.checks.facts.ports import protocol
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document


@rule(
    "dns-blocked",
    title="A NetworkPolicy blocks DNS",
    source="https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-egress-traffic",
    fails="""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: resolver}
        spec:
          podSelector: {}
          policyTypes: [Egress]
          egress:
            - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}]
              ports: [{protocol: UDP, port: 53}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
    """,
    passes="""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: resolver}
        spec:
          podSelector: {}
          policyTypes: [Egress]
          egress:
            - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}]
              ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
    """,
)
def dns_blocked(inventory: Inventory) -> Iterator[Problem]:
    """A pod that does not reach the cluster's resolver finds no Service and no host by name.

    Answers that are too long for UDP come by TCP, so both must be permitted. The resolver may be opened by its labels,
    at an address, as the cache on each node, or as that of OpenShift.
    """
    known, resolver_pods = inventory.derived(known_policies), resolver(inventory)
    for workload in inventory.workloads:
        policy = documents.text(workload.spec, "dnsPolicy") or "ClusterFirst"
        if workload.on_host_network or not policy.startswith("ClusterFirst"):
            continue
        source = inventory.derived(endpoints)[workload]
        for transport in ("UDP", "TCP"):
            connection = Connection(source=source, destination=resolver_pods, port=53, protocol=transport)
            blocked = known.blocking(connection, "Egress")
            if blocked and not _resolves_elsewhere(inventory, known, source, transport):
                yield workload.problem(
                    f"NetworkPolicy {', '.join(map(documents.name, blocked))} blocks DNS over {transport}",
                    fix="permit egress to port 53, UDP and TCP, in the namespace kube-system",
                )


def _resolves_elsewhere(inventory: Inventory, known: Policies, source: Endpoint, transport: str) -> bool:
    """Whether a policy opens the port of a resolver elsewhere: at an address, on the node, or of OpenShift."""
    cached = Connection(source=source, destination=node_local(inventory), port=53, protocol=transport)
    if not known.blocking(cached, "Egress"):
        return True
    for policy in known.isolating(source, "Egress"):
        for egress in documents.mappings(policy, "spec", "egress"):
            ports = documents.mappings(egress, "ports")
            opened = any(_is_dns(port, transport) for port in ports)
            for peer in documents.mappings(egress, "to"):
                if (opened and ("ipBlock" in peer or _is_openshift(peer))) or (not ports and _is_resolver_range(peer)):
                    return True
    return False


def _is_openshift(peer: Document) -> bool:
    return documents.text(peer, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name") == "openshift-dns"


def _is_resolver_range(peer: Document) -> bool:
    """Whether a range may hold the resolver's address: of Services, of pods, or of a cache on each node."""
    cidr = documents.text(peer, "ipBlock", "cidr")
    return is_private(cidr) or cidr.startswith("169.254.")


def _is_dns(port: Document, transport: str) -> bool:
    number = documents.at(port, "port")
    # The resolver of OpenShift listens on 5353; names are those of kube-dns.
    return (number is None or number in (53, 5353, "dns", "dns-tcp")) and protocol(port) == transport
