"""Typed cdk8s constructs whose manifests also work.

The names below are loaded where they are first used: what only reads manifests or seals secrets starts no Node.
"""

from importlib import import_module
from typing import TYPE_CHECKING

import kubestock._node  # noqa: F401  # before jsii is imported

if TYPE_CHECKING:
    from kubestock.app.app import App
    from kubestock.app.chart import Chart
    from kubestock.checks import Finding, findings
    from kubestock.delivery.chart import DeliveryChart, DeliverySettings
    from kubestock.errors import ConfigurationError
    from kubestock.gateway.kong import KongGateway
    from kubestock.kube.dns import NODE_LOCAL_DNS, OPENSHIFT_DNS, ClusterDns
    from kubestock.kube.objects import KubeObject
    from kubestock.kube.peers import INTERNET, IpBlocks, Peer, Pods
    from kubestock.namespace.guardrails import Guardrails
    from kubestock.namespace.limits import ContainerLimits, NamespaceLimits, ResourceList
    from kubestock.namespace.namespace import Namespace
    from kubestock.namespace.pod_security import NamespaceSecurity
    from kubestock.namespace.quota import LargestRollout, NamespaceQuota, Quota
    from kubestock.namespace.roles import NamespaceRoles
    from kubestock.product.images import read_images
    from kubestock.product.monitoring import MonitoringSettings
    from kubestock.product.product import Product
    from kubestock.secrets.aws import AwsKeys, AwsRole
    from kubestock.secrets.certificates import PinnedCertificate
    from kubestock.secrets.ecr import EcrPullSecret
    from kubestock.secrets.externalsecret import ExternalSecret, RemoteRef, SecretStoreRef
    from kubestock.secrets.scopes import SealingScope
    from kubestock.secrets.sealedsecret import SealedSecret
    from kubestock.secrets.store import SealedValue, SecretStore, StoredSecret
    from kubestock.secrets.storefile import read_store
    from kubestock.secrets.template import SecretTemplate
    from kubestock.secrets.types import SecretType
    from kubestock.values.labels import Labels
    from kubestock.values.off import Off
    from kubestock.values.quantities import Quantity
    from kubestock.values.references import ConfigMapKey, ConfigMapRef, SecretKey, SecretRef
    from kubestock.workload.access import PolicyRule, ServiceAccount
    from kubestock.workload.autoscaling import Autoscaler, ExternalMetric, PodsMetric, Replicas, ScalingRules
    from kubestock.workload.callees import ClusterService, Database, ExternalService
    from kubestock.workload.configmap import ConfigMap
    from kubestock.workload.container import Container
    from kubestock.workload.cronjob import CronJob, Schedule
    from kubestock.workload.daemonset import DaemonSet
    from kubestock.workload.derived import Derived
    from kubestock.workload.emptydir import EmptyDir
    from kubestock.workload.env import EnvFrom, FieldRef, ResourceFieldRef
    from kubestock.workload.hook import Hook
    from kubestock.workload.image import ContainerImage
    from kubestock.workload.ingress import Ingress, IngressPath, IngressRule, IngressTls
    from kubestock.workload.job import Job
    from kubestock.workload.joboptions import JobOptions
    from kubestock.workload.lifecycle import Lifecycle
    from kubestock.workload.microservice import Microservice
    from kubestock.workload.mounts import VolumeMount
    from kubestock.workload.persistentvolumeclaim import PersistentVolumeClaim
    from kubestock.workload.platform import Platform
    from kubestock.workload.pod import Pod
    from kubestock.workload.ports import Port
    from kubestock.workload.priority import PriorityClass
    from kubestock.workload.probes import Exec, Grpc, HttpGet, Probe, Probes, TcpSocket
    from kubestock.workload.projections import DownwardApi, ProjectedKeys, ServiceAccountToken
    from kubestock.workload.resources import ContainerResources
    from kubestock.workload.rollout import Rollout
    from kubestock.workload.scheduling import Scheduling, Toleration, TopologySpread
    from kubestock.workload.security import ContainerSecurity, PodSecurity
    from kubestock.workload.service import Service
    from kubestock.workload.start import RepeatedStart
    from kubestock.workload.statefulset import StatefulSet
    from kubestock.workload.storage import PersistentVolumeClaimVolume, Storage, VolumeClaimTemplate
    from kubestock.workload.volumes import (
        ConfigMapVolume,
        ProjectedVolume,
        SecretVolume,
    )
    from kubestock.workload.workload import Workload

__all__ = [
    "INTERNET",
    "NODE_LOCAL_DNS",
    "OPENSHIFT_DNS",
    "App",
    "Autoscaler",
    "AwsKeys",
    "AwsRole",
    "Chart",
    "ClusterDns",
    "ClusterService",
    "ConfigMap",
    "ConfigMapKey",
    "ConfigMapRef",
    "ConfigMapVolume",
    "ConfigurationError",
    "Container",
    "ContainerImage",
    "ContainerLimits",
    "ContainerResources",
    "ContainerSecurity",
    "CronJob",
    "DaemonSet",
    "Database",
    "DeliveryChart",
    "DeliverySettings",
    "Derived",
    "DownwardApi",
    "EcrPullSecret",
    "EmptyDir",
    "EnvFrom",
    "Exec",
    "ExternalMetric",
    "ExternalSecret",
    "ExternalService",
    "FieldRef",
    "Finding",
    "Grpc",
    "Guardrails",
    "Hook",
    "HttpGet",
    "Ingress",
    "IngressPath",
    "IngressRule",
    "IngressTls",
    "IpBlocks",
    "Job",
    "JobOptions",
    "KongGateway",
    "KubeObject",
    "Labels",
    "LargestRollout",
    "Lifecycle",
    "Microservice",
    "MonitoringSettings",
    "Namespace",
    "NamespaceLimits",
    "NamespaceQuota",
    "NamespaceRoles",
    "NamespaceSecurity",
    "Off",
    "Peer",
    "PersistentVolumeClaim",
    "PersistentVolumeClaimVolume",
    "PinnedCertificate",
    "Platform",
    "Pod",
    "PodSecurity",
    "Pods",
    "PodsMetric",
    "PolicyRule",
    "Port",
    "PriorityClass",
    "Probe",
    "Probes",
    "Product",
    "ProjectedKeys",
    "ProjectedVolume",
    "Quantity",
    "Quota",
    "RemoteRef",
    "RepeatedStart",
    "Replicas",
    "ResourceFieldRef",
    "ResourceList",
    "Rollout",
    "ScalingRules",
    "Schedule",
    "Scheduling",
    "SealedSecret",
    "SealedValue",
    "SealingScope",
    "SecretKey",
    "SecretRef",
    "SecretStore",
    "SecretStoreRef",
    "SecretTemplate",
    "SecretType",
    "SecretVolume",
    "Service",
    "ServiceAccount",
    "ServiceAccountToken",
    "StatefulSet",
    "Storage",
    "StoredSecret",
    "TcpSocket",
    "Toleration",
    "TopologySpread",
    "VolumeClaimTemplate",
    "VolumeMount",
    "Workload",
    "findings",
    "read_images",
    "read_store",
]

_MODULES = {
    "NamespaceRoles": "kubestock.namespace.roles",
    "ResourceList": "kubestock.namespace.limits",
    "App": "kubestock.app.app",
    "Autoscaler": "kubestock.workload.autoscaling",
    "AwsKeys": "kubestock.secrets.aws",
    "AwsRole": "kubestock.secrets.aws",
    "Chart": "kubestock.app.chart",
    "IpBlocks": "kubestock.kube.peers",
    "PersistentVolumeClaim": "kubestock.workload.persistentvolumeclaim",
    "VolumeClaimTemplate": "kubestock.workload.storage",
    "PersistentVolumeClaimVolume": "kubestock.workload.storage",
    "ClusterDns": "kubestock.kube.dns",
    "ClusterService": "kubestock.workload.callees",
    "ConfigMap": "kubestock.workload.configmap",
    "ConfigMapKey": "kubestock.values.references",
    "ConfigMapRef": "kubestock.values.references",
    "ConfigMapVolume": "kubestock.workload.volumes",
    "ConfigurationError": "kubestock.errors",
    "Container": "kubestock.workload.container",
    "ContainerImage": "kubestock.workload.image",
    "ContainerLimits": "kubestock.namespace.limits",
    "ContainerResources": "kubestock.workload.resources",
    "ContainerSecurity": "kubestock.workload.security",
    "CronJob": "kubestock.workload.cronjob",
    "DaemonSet": "kubestock.workload.daemonset",
    "Database": "kubestock.workload.callees",
    "DeliveryChart": "kubestock.delivery.chart",
    "DeliverySettings": "kubestock.delivery.chart",
    "Derived": "kubestock.workload.derived",
    "EcrPullSecret": "kubestock.secrets.ecr",
    "EmptyDir": "kubestock.workload.emptydir",
    "EnvFrom": "kubestock.workload.env",
    "Exec": "kubestock.workload.probes",
    "ExternalMetric": "kubestock.workload.autoscaling",
    "ExternalSecret": "kubestock.secrets.externalsecret",
    "ExternalService": "kubestock.workload.callees",
    "SecretStoreRef": "kubestock.secrets.externalsecret",
    "FieldRef": "kubestock.workload.env",
    "Finding": "kubestock.checks",
    "Grpc": "kubestock.workload.probes",
    "Guardrails": "kubestock.namespace.guardrails",
    "Hook": "kubestock.workload.hook",
    "HttpGet": "kubestock.workload.probes",
    "INTERNET": "kubestock.kube.peers",
    "Ingress": "kubestock.workload.ingress",
    "IngressPath": "kubestock.workload.ingress",
    "IngressRule": "kubestock.workload.ingress",
    "IngressTls": "kubestock.workload.ingress",
    "Job": "kubestock.workload.job",
    "ProjectedKeys": "kubestock.workload.projections",
    "KongGateway": "kubestock.gateway.kong",
    "KubeObject": "kubestock.kube.objects",
    "Labels": "kubestock.values.labels",
    "LargestRollout": "kubestock.namespace.quota",
    "Lifecycle": "kubestock.workload.lifecycle",
    "Microservice": "kubestock.workload.microservice",
    "MonitoringSettings": "kubestock.product.monitoring",
    "VolumeMount": "kubestock.workload.mounts",
    "NODE_LOCAL_DNS": "kubestock.kube.dns",
    "Namespace": "kubestock.namespace.namespace",
    "NamespaceLimits": "kubestock.namespace.limits",
    "NamespaceQuota": "kubestock.namespace.quota",
    "NamespaceSecurity": "kubestock.namespace.pod_security",
    "OPENSHIFT_DNS": "kubestock.kube.dns",
    "Off": "kubestock.values.off",
    "Peer": "kubestock.kube.peers",
    "PinnedCertificate": "kubestock.secrets.certificates",
    "Platform": "kubestock.workload.platform",
    "Pod": "kubestock.workload.pod",
    "DownwardApi": "kubestock.workload.projections",
    "PodSecurity": "kubestock.workload.security",
    "Pods": "kubestock.kube.peers",
    "PodsMetric": "kubestock.workload.autoscaling",
    "Port": "kubestock.workload.ports",
    "PriorityClass": "kubestock.workload.priority",
    "Probe": "kubestock.workload.probes",
    "Probes": "kubestock.workload.probes",
    "Product": "kubestock.product.product",
    "ProjectedVolume": "kubestock.workload.volumes",
    "Quantity": "kubestock.values.quantities",
    "Quota": "kubestock.namespace.quota",
    "RemoteRef": "kubestock.secrets.externalsecret",
    "RepeatedStart": "kubestock.workload.start",
    "Replicas": "kubestock.workload.autoscaling",
    "ResourceFieldRef": "kubestock.workload.env",
    "Rollout": "kubestock.workload.rollout",
    "PolicyRule": "kubestock.workload.access",
    "JobOptions": "kubestock.workload.joboptions",
    "ScalingRules": "kubestock.workload.autoscaling",
    "Schedule": "kubestock.workload.cronjob",
    "Scheduling": "kubestock.workload.scheduling",
    "SealedSecret": "kubestock.secrets.sealedsecret",
    "SealedValue": "kubestock.secrets.store",
    "SealingScope": "kubestock.secrets.scopes",
    "SecretKey": "kubestock.values.references",
    "SecretRef": "kubestock.values.references",
    "SecretStore": "kubestock.secrets.store",
    "SecretTemplate": "kubestock.secrets.template",
    "SecretType": "kubestock.secrets.types",
    "SecretVolume": "kubestock.workload.volumes",
    "Service": "kubestock.workload.service",
    "ServiceAccount": "kubestock.workload.access",
    "ServiceAccountToken": "kubestock.workload.projections",
    "TopologySpread": "kubestock.workload.scheduling",
    "StatefulSet": "kubestock.workload.statefulset",
    "Storage": "kubestock.workload.storage",
    "StoredSecret": "kubestock.secrets.store",
    "TcpSocket": "kubestock.workload.probes",
    "Toleration": "kubestock.workload.scheduling",
    "Workload": "kubestock.workload.workload",
    "findings": "kubestock.checks",
    "read_images": "kubestock.product.images",
    "read_store": "kubestock.secrets.storefile",
}


def __getattr__(name: str) -> object:
    """Load a public name."""
    if name not in _MODULES:
        raise AttributeError(f"module 'kubestock' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
