"""Every rule, in the order in which findings are told."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from kubestock.checks import (
    calls,
    containers,
    disruption,
    identity,
    limits,
    network,
    order,
    pod_security,
    quota,
    rbac,
    references,
    secrets,
    storage,
    workloads,
)
from kubestock.checks.finding import Finding
from kubestock.checks.inventory import Inventory

Rule = Callable[[Inventory], Iterable[Finding]]

RULES: tuple[Rule, ...] = (
    identity.duplicate_object,
    identity.cluster_scoped_namespace,
    workloads.template_selected,
    workloads.own_pods_spread,
    workloads.pods_selected,
    workloads.autoscaler_target,
    workloads.disjoint_workloads,
    network.service_port,
    network.probe_port,
    disruption.disruption_budget,
    disruption.one_budget,
    references.pod_references,
    references.bound_role,
    storage.claim_of_one_node,
    order.namespace_first,
    order.needs_first,
    order.hook_ends,
    secrets.plain_secret,
    secrets.one_maker,
    containers.mount,
    containers.environment_unique,
    containers.environment_order,
    calls.call_to_nothing,
    calls.call_blocked,
    calls.dns_blocked,
    quota.quota_stops_rollout,
    quota.quota_refuses_pod,
    limits.consistent,
    limits.request_within_limit,
    limits.within_limits,
    rbac.wildcard,
    rbac.reads_secrets,
    rbac.executes_in_pods,
    rbac.escalates,
    pod_security.pod_security,
)


def findings(manifests: Iterable[Mapping[str, Any]], *, provided: Collection[str] = ()) -> list[Finding]:
    """Return what would not work in a cluster, rule by rule, each in the order of the manifests.

    Args:
        manifests: documents as YAML loads them, of one chart or several. Anything may be missing or
            malformed in them: what cannot be read is not judged.
        provided: objects that the cluster has outside the manifests, so that a reference to them is fine:
            `Secret/ecr-cred` in any namespace, or `Secret/<namespace>/ecr-cred`.
    """
    inventory = Inventory(manifests, provided=provided)
    return list(dict.fromkeys(found for rule in RULES for found in rule(inventory)))
