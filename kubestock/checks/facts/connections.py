"""What of the manifests decides which connections are permitted."""

from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.policies import Endpoint, Policies


def known_policies(inventory: Inventory) -> Policies:
    """Return the NetworkPolicies, indexed."""
    return Policies(inventory.of_kind("NetworkPolicy"))


def endpoints(inventory: Inventory) -> dict[Workload, Endpoint]:
    """Return the pods of each workload, as a policy sees them."""
    return {
        workload: Endpoint(
            namespace=workload.namespace,
            namespace_labels=inventory.namespace_labels(workload.namespace),
            labels=workload.labels,
            ports=tuple(workload.ports),
        )
        for workload in inventory.workloads
    }


def resolver(inventory: Inventory) -> Endpoint:
    """Return the pods of the cluster's resolver."""
    return _resolver(inventory, "kube-dns")


def node_local(inventory: Inventory) -> Endpoint:
    """Return the pods of the resolver's cache on each node, if the cluster has one.

    See https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
    """
    return _resolver(inventory, "node-local-dns")


def _resolver(inventory: Inventory, name: str) -> Endpoint:
    return Endpoint(
        namespace="kube-system",
        namespace_labels=inventory.namespace_labels("kube-system"),
        labels={"k8s-app": name},
        ports=(
            {"name": "dns", "containerPort": 53, "protocol": "UDP"},
            {"name": "dns-tcp", "containerPort": 53, "protocol": "TCP"},
        ),
    )
