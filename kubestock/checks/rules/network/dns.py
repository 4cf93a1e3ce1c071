"""Rules about DNS lookups of pods."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.connections import cluster_dns, endpoints, network_policies, node_local_dns
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
    """A pod that cannot reach the cluster's DNS service cannot resolve the name of any Service or host.

    DNS uses TCP for answers that are too long for UDP, so egress must be permitted over both. The policy can permit the
    DNS service by its labels or by an address. It can also permit NodeLocal DNSCache or the DNS service of OpenShift.
    """
    known, dns_pods = inventory.derived(network_policies), cluster_dns(inventory)
    for workload in inventory.workloads:
        policy = documents.text(workload.spec, "dnsPolicy") or "ClusterFirst"
        if workload.on_host_network or not policy.startswith("ClusterFirst"):
            continue
        source = inventory.derived(endpoints)[workload]
        for transport in ("UDP", "TCP"):
            connection = Connection(source=source, destination=dns_pods, port=53, protocol=transport)
            blocked = known.blocking(connection, "Egress")
            if blocked and not _may_use_other_dns(inventory, known, source, transport):
                yield workload.problem(
                    f"NetworkPolicy {', '.join(map(documents.name, blocked))} blocks DNS over {transport}",
                    fix="permit egress to port 53, UDP and TCP, in the namespace kube-system",
                )


def _may_use_other_dns(inventory: Inventory, known: Policies, source: Endpoint, transport: str) -> bool:
    """Whether a policy permits another DNS service: at an address, on the node, or of OpenShift."""
    cached = Connection(source=source, destination=node_local_dns(inventory), port=53, protocol=transport)
    if not known.blocking(cached, "Egress"):
        return True
    for policy in known.isolating(source, "Egress"):
        for egress in documents.mappings(policy, "spec", "egress"):
            ports = documents.mappings(egress, "ports")
            opened = any(_is_dns(port, transport) for port in ports)
            for peer in documents.mappings(egress, "to"):
                if (opened and ("ipBlock" in peer or _is_openshift(peer))) or (not ports and _is_dns_range(peer)):
                    return True
    return False


def _is_openshift(peer: Document) -> bool:
    return documents.text(peer, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name") == "openshift-dns"


def _is_dns_range(peer: Document) -> bool:
    """Whether a range can contain the address of a DNS service: of a Service, a pod, or NodeLocal DNSCache."""
    cidr = documents.text(peer, "ipBlock", "cidr")
    return is_private(cidr) or cidr.startswith("169.254.")


def _is_dns(port: Document, transport: str) -> bool:
    number = documents.at(port, "port")
    # The DNS service of OpenShift listens on 5353. The port names are those of kube-dns.
    return (number is None or number in (53, 5353, "dns", "dns-tcp")) and protocol(port) == transport
