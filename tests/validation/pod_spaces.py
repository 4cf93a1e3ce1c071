"""Everything around a container that is accepted: pods, Services, scaling, and what a product shares."""

from dataclasses import replace
from typing import Any

from cdk8s_plus_27 import k8s
from hypothesis import strategies as st
from validation.container_spaces import containers, jobs
from validation.oddities import KEYS, RANGES, accepted, amounts, maps, maybe, numbers, sequences, shares, texts

from kubestock.kube.dns import ClusterDns
from kubestock.kube.peers import IpBlocks, Pods
from kubestock.values.labels import Labels
from kubestock.values.off import Off
from kubestock.workload.access import PolicyRule
from kubestock.workload.autoscaling import Autoscaler, ExternalMetric, PodsMetric, Replicas, ScalingRules
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod
from kubestock.workload.relatedobjects import RelatedObjects
from kubestock.workload.rollout import Rollout
from kubestock.workload.scheduling import NODE, ZONE, Scheduling, Toleration, TopologySpread
from kubestock.workload.security import PodSecurity
from kubestock.workload.service import Service

_ranges = sequences(st.sampled_from(RANGES)) | sequences(texts)
cidrs = accepted(IpBlocks, {"ranges": ("10.0.0.0/8",)}, {"ranges": _ranges, "except_": _ranges})
pods_of = accepted(Pods, {"namespace": "shop"}, {"namespace": texts, "labels": maps})
peers = cidrs | pods_of

_annotations = maps | st.dictionaries(
    st.sampled_from(
        [
            "controller.kubernetes.io/pod-deletion-cost",
            "kubernetes.io/config.mirror",
            "scheduler.alpha.kubernetes.io/tolerations",
            "seccomp.security.alpha.kubernetes.io/pod",
            "service.beta.kubernetes.io/load-balancer-source-ranges",
            "service.kubernetes.io/topology-aware-hints",
            "service.kubernetes.io/topology-mode",
        ]
    ),
    texts,
    max_size=2,
)
services = accepted(
    Service,
    {},
    {
        "name": maybe(texts),
        "ports": maybe(sequences(st.sampled_from(["http", "metrics"]) | texts)),
        "type": st.sampled_from(["ClusterIP", "NodePort", "LoadBalancer"]),
        "headless": st.booleans(),
        "publish_not_ready_addresses": st.booleans(),
        "load_balancer_source_ranges": _ranges,
        "external_traffic_policy": st.sampled_from([None, "Cluster", "Local"]),
        "annotations": _annotations,
        "node_ports": st.dictionaries(st.sampled_from(["http", "metrics"]), st.sampled_from([30000, 32767]) | numbers),
        "deregistration_seconds": maybe(numbers),
    },
)

_metric = {"name": texts, "average_value": amounts}
metrics = st.one_of(
    accepted(PodsMetric, {"name": "requests", "average_value": "1"}, _metric),
    accepted(ExternalMetric, {"name": "queue", "average_value": "1"}, {**_metric, "labels": maps}),
)
rules = accepted(
    ScalingRules,
    {"stabilization_window_seconds": 0, "pods": 1},
    {
        "stabilization_window_seconds": numbers,
        "pods": maybe(numbers),
        "percent": maybe(numbers),
        "period_seconds": numbers,
        "select_policy": st.sampled_from(["Max", "Min"]),
    },
)
scaling = st.one_of(
    accepted(Replicas, {}, {"count": numbers}),
    accepted(
        Autoscaler,
        {"max_replicas": 4},
        {
            "min_replicas": numbers,
            "max_replicas": numbers,
            "cpu_percent": maybe(numbers),
            "memory_percent": maybe(numbers),
            "metrics": sequences(metrics),
            "scale_up": maybe(rules),
            "scale_down": maybe(rules),
        },
    ),
)
rollouts = accepted(
    Rollout,
    {},
    {
        "max_surge": shares,
        "max_unavailable": shares,
        "pdb_max_unavailable": shares,
        "min_ready_seconds": numbers,
        "progress_deadline_seconds": numbers,
        "revision_history_limit": numbers,
    },
)

spreads = accepted(
    TopologySpread,
    {"topology_key": ZONE},
    {"topology_key": st.sampled_from([ZONE, NODE]) | texts, "max_skew": numbers, "required": st.booleans()},
)
tolerations = accepted(
    Toleration,
    {"key": "spot"},
    {
        "key": texts,
        "value": maybe(texts),
        "effect": st.sampled_from([None, "NoSchedule", "PreferNoSchedule", "NoExecute"]),
        "toleration_seconds": maybe(numbers),
    },
)
_keys = st.sampled_from(["app", *KEYS]) | texts
_operators = st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "Is"])
_values = maybe(st.lists(st.sampled_from(["a", "1"]) | texts, max_size=2))


def _expressions(binding: Any) -> st.SearchStrategy[Any]:
    return maybe(st.lists(st.builds(binding, key=_keys, operator=_operators, values=_values), max_size=2))


_selectors = maybe(
    st.builds(k8s.LabelSelector, match_labels=maybe(maps), match_expressions=_expressions(k8s.LabelSelectorRequirement))
)
_pod_terms = st.builds(
    k8s.PodAffinityTerm,
    topology_key=st.sampled_from([NODE, ZONE]) | texts,
    label_selector=_selectors,
    namespaces=maybe(st.lists(texts, max_size=2)),
    namespace_selector=_selectors,
)
_weights = st.integers(1, 100) | st.integers(-1, 200)
_pods = {
    "required_during_scheduling_ignored_during_execution": maybe(st.lists(_pod_terms, max_size=1)),
    "preferred_during_scheduling_ignored_during_execution": maybe(
        st.lists(st.builds(k8s.WeightedPodAffinityTerm, weight=_weights, pod_affinity_term=_pod_terms), max_size=1)
    ),
}
_node_terms = st.builds(
    k8s.NodeSelectorTerm,
    match_expressions=_expressions(k8s.NodeSelectorRequirement),
    match_fields=_expressions(k8s.NodeSelectorRequirement),
)
node_affinity = st.builds(
    k8s.NodeAffinity,
    required_during_scheduling_ignored_during_execution=maybe(
        st.builds(k8s.NodeSelector, node_selector_terms=st.lists(_node_terms, max_size=2))
    ),
    preferred_during_scheduling_ignored_during_execution=maybe(
        st.lists(st.builds(k8s.PreferredSchedulingTerm, weight=_weights, preference=_node_terms), max_size=1)
    ),
)
scheduling = accepted(
    Scheduling,
    {},
    {
        "spread": sequences(spreads),
        "node_selector": maps,
        "tolerations": sequences(tolerations),
        "priority_class_name": maybe(texts),
        "node_affinity": maybe(node_affinity),
        "pod_affinity": maybe(st.builds(k8s.PodAffinity, **_pods)),
        "pod_anti_affinity": maybe(st.builds(k8s.PodAntiAffinity, **_pods)),
        "prefer_different_nodes": st.booleans(),
    },
)

_relaxed = ("run_as_user", "run_as_group", "run_as_non_root", "seccomp_profile", "mount_api_token", "sysctls")
security = accepted(
    PodSecurity,
    {},
    {
        "run_as_user": maybe(numbers),
        "run_as_group": maybe(numbers),
        "fs_group": maybe(numbers),
        "set_fs_group": st.booleans(),
        "sysctls": st.dictionaries(
            st.sampled_from(["net.ipv4.ip_unprivileged_port_start", "kernel.msgmax", "net.core.somaxconn", "a/b"])
            | texts,
            st.sampled_from(["0", "80"]) | texts,
            max_size=2,
        ),
        "run_as_non_root": st.booleans(),
        "seccomp_profile": texts,
        "mount_api_token": st.booleans(),
        "reasons": st.dictionaries(st.sampled_from(_relaxed), texts, max_size=5),
    },
)


def _additional(names: list[str]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Containers in addition to the main one, which have names and no ports of their own."""
    additional = st.builds(lambda name, made: replace(made, name=name), st.sampled_from(names), jobs)
    return st.lists(additional, max_size=2, unique_by=lambda each: each.name).map(tuple)


pods = accepted(
    Pod,
    {},
    {
        "init_containers": _additional(["init", "i" * 63, "0"]),
        "native_sidecars": _additional(["native", "n" * 63]),
        "sidecars": _additional(["sidecar", "s" * 62 + "a", "s" * 62 + "b"]),
        "scheduling": scheduling,
        "security": security,
        "termination_grace_period_seconds": numbers,
        "annotations": _annotations,
        "service_account_annotations": maps,
        "service_account": maybe(st.sampled_from(["shared", "a.b"]) | texts),
        "enable_service_links": st.booleans(),
        "exemptions": st.dictionaries(st.sampled_from(["CKV_K8S_1", "CKV2_K8S_22"]) | texts, texts, max_size=2),
    },
)
labels = accepted(
    Labels,
    {"name": "shop", "part_of": "shop", "environment": "production"},
    {
        **dict.fromkeys(("name", "part_of", "environment", "component", "instance", "version", "managed_by"), texts),
        "extra": maps,
        "extra_pod_labels": maps,
        "own_selector": maybe(maps),
    },
)
related_objects = accepted(
    RelatedObjects,
    {},
    {
        "network_policy": maybe(texts) | st.just(Off("why")),
        "disruption_budget": maybe(texts) | st.just(Off("why")),
        "autoscaler": maybe(texts),
    },
)
rights = accepted(
    PolicyRule,
    {"resources": ("configmaps",), "verbs": ("get",)},
    {
        "resources": sequences(st.sampled_from(["pods", "deployments/scale", "*", "secrets"]) | texts),
        "verbs": sequences(st.sampled_from(["get", "create", "*"]) | texts),
        "api_group": st.sampled_from(["apps", "rbac.authorization.k8s.io"]) | texts,
        "names": sequences(texts),
    },
)
platforms = accepted(
    Platform,
    {"part_of": "shop", "environment": "production"},
    {
        "part_of": texts,
        "environment": texts,
        "pull_secrets": sequences(st.sampled_from(["a", "b", "a.b"])) | sequences(texts),
        "scraper": maybe(peers),
        "priority_class_name": maybe(texts),
        "managed_by": texts,
        "dns": accepted(ClusterDns, {}, {"peers": sequences(peers), "port": numbers}),
        "api_server": maybe(peers),
        "api_server_port": numbers,
        "extra_labels": maps,
        "extra_pod_labels": maps,
    },
)
__all__ = [
    "cidrs",
    "containers",
    "jobs",
    "labels",
    "peers",
    "platforms",
    "pods",
    "related_objects",
    "rights",
    "rollouts",
    "scaling",
    "services",
]
