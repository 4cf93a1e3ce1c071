"""The kinds of Kubernetes: which have no namespace, which API group owns them, which make pods."""

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
"""Kinds without a namespace: `kubectl api-resources --namespaced=false`, those of cert-manager and External Secrets."""

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
"""The API group of the kinds that are read here: Knative, too, has a Service, and Calico a NetworkPolicy."""

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
"""Where each kind that makes pods keeps their template."""
