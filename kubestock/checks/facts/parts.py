"""The parts of objects by the names that the API gives them: each container, port, probe and volume, wherever it is."""

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
"""Where each part has others; a path with `[]` at its end is one of a list."""

_Steps = tuple[tuple[tuple[str, ...], bool, str], ...]
_STEPS: Mapping[str, _Steps] = MappingProxyType(
    {
        kind: tuple((tuple(path.removesuffix("[]").split(".")), path.endswith("[]"), part) for path, part in at.items())
        for kind, at in _INSIDE.items()
    }
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an object: its map, and the object."""

    document: Document
    value: Document

    def problem(self, message: str, *, fix: str, field: Path = ()) -> Problem:
        """Return a problem of a field of this part."""
        return Problem(self.document, message, fix=fix, within=self.value, field=field)


def parts(inventory: Inventory) -> Mapping[str, list[Part]]:
    """Return the parts of all objects, by the name of their type; an object is the part of its kind."""
    found: dict[str, list[Part]] = {}
    for document in inventory.objects:
        metadata = documents.at(document, "metadata")
        if isinstance(metadata, Mapping):
            found.setdefault("ObjectMeta", []).append(Part(document, metadata))
        for name, value in _within(documents.kind(document), document):
            found.setdefault(name, []).append(Part(document, value))
    return found


def each(inventory: Inventory, *names: str) -> Iterator[Part]:
    """Yield the parts of these types, type by type, each in the order of the manifests."""
    known = inventory.derived(parts)
    for name in names:
        yield from known.get(name, ())


def _within(name: str, value: Document) -> Iterator[tuple[str, Document]]:
    if not name:
        return
    yield name, value
    for path, several, inside in _STEPS.get(name, ()):
        if several:
            for item in documents.mappings(value, *path):
                yield from _within(inside, item)
        else:
            found = documents.at(value, *path)
            if isinstance(found, Mapping):
                yield from _within(inside, found)
