"""The pods and NetworkPolicies that decide which connections are permitted."""

from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.policies import Endpoint, Policies


def network_policies(inventory: Inventory) -> Policies:
    """Return an index of the NetworkPolicies."""
    return Policies(inventory.of_kind("NetworkPolicy"))


def endpoints(inventory: Inventory) -> dict[Workload, Endpoint]:
    """Return the pods of each workload, with the properties that policies select by."""
    return {
        workload: Endpoint(
            namespace=workload.namespace,
            namespace_labels=inventory.namespace_labels(workload.namespace),
            labels=workload.labels,
            ports=tuple(workload.ports),
        )
        for workload in inventory.workloads
    }


def cluster_dns(inventory: Inventory) -> Endpoint:
    """Return the pods of the cluster's DNS service."""
    return _dns_pods(inventory, "kube-dns")


def node_local_dns(inventory: Inventory) -> Endpoint:
    """Return the pods of NodeLocal DNSCache, which some clusters run on each node.

    See https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
    """
    return _dns_pods(inventory, "node-local-dns")


def _dns_pods(inventory: Inventory, name: str) -> Endpoint:
    return Endpoint(
        namespace="kube-system",
        namespace_labels=inventory.namespace_labels("kube-system"),
        labels={"k8s-app": name},
        ports=(
            {"name": "dns", "containerPort": 53, "protocol": "UDP"},
            {"name": "dns-tcp", "containerPort": 53, "protocol": "TCP"},
        ),
    )
