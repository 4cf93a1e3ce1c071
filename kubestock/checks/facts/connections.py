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
    return Endpoint(
        namespace="kube-system",
        namespace_labels=inventory.namespace_labels("kube-system"),
        labels={"k8s-app": "kube-dns"},
        ports=(
            {"name": "dns", "containerPort": 53, "protocol": "UDP"},
            {"name": "dns-tcp", "containerPort": 53, "protocol": "TCP"},
        ),
    )
