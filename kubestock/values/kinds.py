"""Kinds of Kubernetes objects: which are cluster-scoped, their API groups, and which create pods."""

from collections.abc import Mapping
from types import MappingProxyType

CLUSTER_SCOPED = frozenset(
    {
        "APIService",
        "ClusterIssuer",
        "ClusterRole",
        "ClusterRoleBinding",
        "ClusterSecretStore",
        "CSIDriver",
        "CustomResourceDefinition",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "RuntimeClass",
        "StorageClass",
        "ValidatingWebhookConfiguration",
    }
)
"""Cluster-scoped kinds: `kubectl api-resources --namespaced=false`, and those of cert-manager and External Secrets."""

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "ClusterRole": "rbac.authorization.k8s.io",
        "ConfigMap": "",
        "CronJob": "batch",
        "DaemonSet": "apps",
        "Deployment": "apps",
        "HorizontalPodAutoscaler": "autoscaling",
        "Job": "batch",
        "LimitRange": "",
        "Namespace": "",
        "NetworkPolicy": "networking.k8s.io",
        "PersistentVolumeClaim": "",
        "Pod": "",
        "PodDisruptionBudget": "policy",
        "PriorityClass": "scheduling.k8s.io",
        "ReplicaSet": "apps",
        "ReplicationController": "",
        "ResourceQuota": "",
        "Role": "rbac.authorization.k8s.io",
        "RoleBinding": "rbac.authorization.k8s.io",
        "ClusterRoleBinding": "rbac.authorization.k8s.io",
        "SealedSecret": "bitnami.com",
        "Secret": "",
        "Service": "",
        "ServiceAccount": "",
        "StatefulSet": "apps",
    }
)
"""The API groups of these kinds: Knative also has a kind Service, and Calico a kind NetworkPolicy."""

POD_TEMPLATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CronJob": ("spec", "jobTemplate", "spec", "template"),
        "DaemonSet": ("spec", "template"),
        "Deployment": ("spec", "template"),
        "Job": ("spec", "template"),
        "Pod": (),
        "ReplicaSet": ("spec", "template"),
        "ReplicationController": ("spec", "template"),
        "StatefulSet": ("spec", "template"),
    }
)
"""The path of the pod template in each kind that creates pods."""
