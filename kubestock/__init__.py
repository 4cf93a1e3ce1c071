"""Typed cdk8s constructs whose manifests also work.

Import kubestock before cdk8s: jsii then runs on the Node that comes with it, and no system Node is needed.
"""

import kubestock._node  # noqa: F401  # before jsii is imported

# isort: split

from kubestock.app import App, build_app
from kubestock.charts import (
    ApiRoute,
    Chart,
    DeliveryChart,
    DeliverySettings,
    Edge,
    LogEndpoint,
    MachineRoute,
    MonitoringSettings,
    ProductionChart,
    PublicRoute,
    Settings,
)
from kubestock.checks import Finding, findings
from kubestock.errors import ConfigurationError
from kubestock.gateway import KongGateway
from kubestock.kube.objects import KubeObject
from kubestock.kube.peers import INTERNET, Cidrs, Peer, Pods
from kubestock.namespace.administration import Administration
from kubestock.namespace.guardrails import Guardrails
from kubestock.namespace.limits import Amounts, ContainerLimits, NamespaceLimits
from kubestock.namespace.pod_security import NamespaceSecurity
from kubestock.namespace.quota import NamespaceQuota, Quota
from kubestock.secrets.certificates import PinnedCertificate
from kubestock.secrets.scopes import SealingScope
from kubestock.secrets.sealedsecret import SealedSecret
from kubestock.secrets.store import SealedValue, SecretStore, StoredSecret
from kubestock.secrets.storefile import read_store
from kubestock.secrets.template import SecretTemplate
from kubestock.secrets.types import SecretType
from kubestock.values.labels import Labels
from kubestock.values.quantities import Quantity
from kubestock.values.references import ConfigMapKey, ConfigMapRef, SecretKey, SecretRef
from kubestock.workload.autoscaling import Autoscaler, ExternalMetric, PodsMetric, Replicas, ScalingRules
from kubestock.workload.configmap import ConfigMap
from kubestock.workload.container import Container
from kubestock.workload.env import EnvFrom, FieldRef, ResourceRef
from kubestock.workload.image import ContainerImage
from kubestock.workload.lifecycle import Lifecycle
from kubestock.workload.microservice import Microservice
from kubestock.workload.mounts import Mount
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod
from kubestock.workload.ports import Port
from kubestock.workload.priority import PriorityClass
from kubestock.workload.probes import Exec, Grpc, HttpGet, Probe, Probes, TcpSocket
from kubestock.workload.projections import Keys, PodFields, ServiceAccountToken
from kubestock.workload.resources import ContainerResources
from kubestock.workload.rollout import Rollout
from kubestock.workload.scheduling import Scheduling, Spread, Toleration
from kubestock.workload.security import ContainerSecurity, PodSecurity
from kubestock.workload.service import Service
from kubestock.workload.traffic import ExternalService
from kubestock.workload.volumes import (
    ClaimVolume,
    ConfigMapVolume,
    EmptyDir,
    ProjectedVolume,
    SecretVolume,
)

__all__ = [
    "INTERNET",
    "Administration",
    "Amounts",
    "ApiRoute",
    "App",
    "Autoscaler",
    "Chart",
    "Cidrs",
    "ClaimVolume",
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
    "DeliveryChart",
    "DeliverySettings",
    "Edge",
    "EmptyDir",
    "EnvFrom",
    "Exec",
    "ExternalMetric",
    "ExternalService",
    "FieldRef",
    "Finding",
    "Grpc",
    "Guardrails",
    "HttpGet",
    "Keys",
    "KongGateway",
    "KubeObject",
    "Labels",
    "Lifecycle",
    "LogEndpoint",
    "MachineRoute",
    "Microservice",
    "MonitoringSettings",
    "Mount",
    "NamespaceLimits",
    "NamespaceQuota",
    "NamespaceSecurity",
    "Peer",
    "PinnedCertificate",
    "Platform",
    "Pod",
    "PodFields",
    "PodSecurity",
    "Pods",
    "PodsMetric",
    "Port",
    "PriorityClass",
    "Probe",
    "Probes",
    "ProductionChart",
    "ProjectedVolume",
    "PublicRoute",
    "Quantity",
    "Quota",
    "Replicas",
    "ResourceRef",
    "Rollout",
    "ScalingRules",
    "Scheduling",
    "SealedSecret",
    "SealedValue",
    "SealingScope",
    "SecretKey",
    "SecretRef",
    "SecretStore",
    "SecretTemplate",
    "SecretType",
    "SecretVolume",
    "Service",
    "ServiceAccountToken",
    "Settings",
    "Spread",
    "StoredSecret",
    "TcpSocket",
    "Toleration",
    "build_app",
    "findings",
    "read_store",
]
