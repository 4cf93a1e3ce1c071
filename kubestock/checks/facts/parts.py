"""The parts of objects by their type in the API: all containers, ports, probes and volumes of all objects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document, Path

_WORKLOAD = {"spec.template": "PodTemplate", "spec.selector": "LabelSelector"}
_PROBES = dict.fromkeys(("livenessProbe", "readinessProbe", "startupProbe"), "Probe")
_VOLUME_KEYS = {f"{name}.items[]": "KeyToPath" for name in ("configMap", "secret")}

_INSIDE: Mapping[str, Mapping[str, str]] = {
    "Pod": {"spec": "PodSpec"},
    "Deployment": {**_WORKLOAD, "spec": "DeploymentSpec", "spec.strategy": "DeploymentStrategy"},
    "ReplicaSet": {**_WORKLOAD, "spec": "ReplicaSetSpec"},
    "ReplicationController": {"spec": "ReplicaSetSpec", "spec.template": "PodTemplate"},
    "StatefulSet": {
        **_WORKLOAD,
        "spec": "StatefulSetSpec",
        "spec.updateStrategy": "StatefulSetUpdateStrategy",
        "spec.volumeClaimTemplates[]": "PersistentVolumeClaim",
    },
    "DaemonSet": {**_WORKLOAD, "spec": "DaemonSetSpec", "spec.updateStrategy": "DaemonSetUpdateStrategy"},
    "Job": {"spec": "JobSpec"},
    "CronJob": {"spec": "CronJobSpec", "spec.jobTemplate.spec": "JobSpec"},
    "JobSpec": {"template": "PodTemplate"},
    "PodTemplate": {"metadata": "ObjectMeta", "spec": "PodSpec"},
    "PodSpec": {
        "containers[]": "Container",
        "initContainers[]": "Container",
        "volumes[]": "Volume",
        "tolerations[]": "Toleration",
        "topologySpreadConstraints[]": "TopologySpreadConstraint",
        "securityContext": "PodSecurityContext",
        "hostAliases[]": "HostAlias",
        "affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[]": "PodAffinityTerm",
        "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[]": "PodAffinityTerm",
        "affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[]": "WeightedPodAffinityTerm",
        "affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[]": "WeightedPodAffinityTerm",
        "affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[]": "PreferredSchedulingTerm",
    },
    "WeightedPodAffinityTerm": {"podAffinityTerm": "PodAffinityTerm"},
    "PodAffinityTerm": {"labelSelector": "LabelSelector"},
    "TopologySpreadConstraint": {"labelSelector": "LabelSelector"},
    "Container": {
        **_PROBES,
        "lifecycle.preStop": "LifecycleHandler",
        "lifecycle.postStart": "LifecycleHandler",
        "ports[]": "ContainerPort",
        "env[]": "EnvVar",
        "envFrom[]": "EnvFromSource",
        "volumeMounts[]": "VolumeMount",
        "resources": "ResourceRequirements",
        "securityContext": "SecurityContext",
    },
    "Probe": {"httpGet": "HTTPGetAction", "tcpSocket": "TCPSocketAction", "grpc": "GRPCAction"},
    "LifecycleHandler": {"httpGet": "HTTPGetAction", "tcpSocket": "TCPSocketAction"},
    "EnvVar": {"valueFrom.secretKeyRef": "KeySelector", "valueFrom.configMapKeyRef": "KeySelector"},
    "Volume": {**_VOLUME_KEYS, "emptyDir": "EmptyDirVolumeSource", "projected.sources[]": "VolumeProjection"}
    | dict.fromkeys(("secret", "configMap", "downwardAPI", "projected"), "KeysVolumeSource"),
    "VolumeProjection": dict(_VOLUME_KEYS),
    "PersistentVolumeClaim": {"spec": "PersistentVolumeClaimSpec"},
    "PersistentVolumeClaimSpec": {"resources": "ResourceRequirements", "selector": "LabelSelector"},
    "Service": {"spec": "ServiceSpec", "spec.ports[]": "ServicePort"},
    "Ingress": {"spec": "IngressSpec", "spec.rules[]": "IngressRule"},
    "IngressSpec": {"defaultBackend": "IngressBackend", "tls[]": "IngressTLS"},
    "IngressRule": {"http.paths[]": "HTTPIngressPath"},
    "HTTPIngressPath": {"backend": "IngressBackend"},
    "NetworkPolicy": {
        "spec": "NetworkPolicySpec",
        "spec.podSelector": "LabelSelector",
        "spec.ingress[]": "NetworkPolicyRule",
        "spec.egress[]": "NetworkPolicyRule",
    },
    "NetworkPolicyRule": {"ports[]": "NetworkPolicyPort", "from[]": "NetworkPolicyPeer", "to[]": "NetworkPolicyPeer"},
    "NetworkPolicyPeer": {"podSelector": "LabelSelector", "namespaceSelector": "LabelSelector", "ipBlock": "IPBlock"},
    "HorizontalPodAutoscaler": {
        "spec": "HorizontalPodAutoscalerSpec",
        "spec.scaleTargetRef": "CrossVersionObjectReference",
        "spec.metrics[]": "MetricSpec",
        "spec.behavior.scaleUp": "HPAScalingRules",
        "spec.behavior.scaleDown": "HPAScalingRules",
    },
    "HPAScalingRules": {"policies[]": "HPAScalingPolicy"},
    "MetricSpec": {
        "resource.target": "MetricTarget",
        "containerResource.target": "MetricTarget",
        "pods.target": "MetricTarget",
        "object.target": "MetricTarget",
        "external.target": "MetricTarget",
    },
    "PodDisruptionBudget": {
        "spec": "PodDisruptionBudgetSpec",
        "spec.selector": "LabelSelector",
    },
    "ResourceQuota": {"spec": "ResourceQuotaSpec"},
    "LimitRange": {"spec": "LimitRangeSpec", "spec.limits[]": "LimitRangeItem"},
    "RoleBinding": {"roleRef": "RoleRef", "subjects[]": "Subject"},
    "ClusterRoleBinding": {"roleRef": "RoleRef", "subjects[]": "Subject"},
    "Role": {"rules[]": "PolicyRule"},
    "ClusterRole": {"rules[]": "PolicyRule"},
}
"""The paths and types of the parts within each type; `[]` at the end of a path means a list of parts."""

_Steps = tuple[tuple[tuple[str, ...], bool, str], ...]
_STEPS: Mapping[str, _Steps] = MappingProxyType(
    {
        kind: tuple((tuple(path.removesuffix("[]").split(".")), path.endswith("[]"), part) for path, part in at.items())
        for kind, at in _INSIDE.items()
    }
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an object: the object, and the map of the part."""

    document: Document
    value: Document

    def problem(self, message: str, *, fix: str, field: Path = ()) -> Problem:
        """Return a problem with a field of this part."""
        return Problem(self.document, message, fix=fix, part=self.value, field=field)


def parts_by_type(inventory: Inventory) -> Mapping[str, list[Part]]:
    """Return the parts of all objects by the name of their type; each object is also a part of its kind."""
    found: dict[str, list[Part]] = {}
    for document in inventory.objects:
        metadata = documents.at(document, "metadata")
        if isinstance(metadata, Mapping):
            found.setdefault("ObjectMeta", []).append(Part(document, metadata))
        for name, value in _parts_within(documents.kind(document), document):
            found.setdefault(name, []).append(Part(document, value))
    return found


def parts_of_type(inventory: Inventory, *names: str) -> Iterator[Part]:
    """Yield the parts of these types: type by type, and in the order of the manifests within a type."""
    known = inventory.derived(parts_by_type)
    for name in names:
        yield from known.get(name, ())


def _parts_within(name: str, value: Document) -> Iterator[tuple[str, Document]]:
    if not name:
        return
    yield name, value
    for path, several, inside in _STEPS.get(name, ()):
        if several:
            for item in documents.mappings(value, *path):
                yield from _parts_within(inside, item)
        else:
            found = documents.at(value, *path)
            if isinstance(found, Mapping):
                yield from _parts_within(inside, found)
