"""The kinds and versions that the API server has, and the versions that were removed.

See https://kubernetes.io/docs/reference/using-api/deprecation-guide/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

STABLE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        version: frozenset(kinds.split())
        for version, kinds in {
            "admissionregistration.k8s.io/v1": "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding "
            "MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding "
            "ValidatingWebhookConfiguration",
            "apiextensions.k8s.io/v1": "CustomResourceDefinition",
            "apiregistration.k8s.io/v1": "APIService",
            "apps/v1": "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
            "autoscaling/v1": "HorizontalPodAutoscaler Scale",
            "autoscaling/v2": "HorizontalPodAutoscaler",
            "batch/v1": "CronJob Job",
            "certificates.k8s.io/v1": "CertificateSigningRequest ClusterTrustBundle PodCertificateRequest",
            "coordination.k8s.io/v1": "Lease",
            "discovery.k8s.io/v1": "EndpointSlice",
            "events.k8s.io/v1": "Event",
            "flowcontrol.apiserver.k8s.io/v1": "FlowSchema PriorityLevelConfiguration",
            "networking.k8s.io/v1": "IPAddress Ingress IngressClass NetworkPolicy ServiceCIDR",
            "node.k8s.io/v1": "RuntimeClass",
            "policy/v1": "Eviction PodDisruptionBudget",
            "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding Role RoleBinding",
            "resource.k8s.io/v1": "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice",
            "scheduling.k8s.io/v1": "PriorityClass",
            "storage.k8s.io/v1": "CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment "
            "VolumeAttributesClass",
            "v1": "Binding ComponentStatus ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume "
            "PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount",
        }.items()
    }
)
"""The kinds of each stable version."""

SERVED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        kind: tuple(version for version, kinds in STABLE.items() if kind in kinds)
        for kind in sorted(frozenset().union(*STABLE.values()))
    }
)
"""The stable versions of each kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """The first release without a version of a kind, and the version that replaces it (empty if there is none)."""

    release: str
    replacement: str


def _removals(table: str) -> dict[tuple[str, str], Removal]:
    found = {}
    for line in table.split("\n"):
        if line.strip():
            release, old, new, *kinds = line.split()
            for kind in kinds:
                found[old, kind] = Removal(release=release, replacement="" if new == "-" else new)
    return found


REMOVED: Mapping[tuple[str, str], Removal] = MappingProxyType(
    _removals("""
        1.16 extensions/v1beta1 apps/v1 DaemonSet Deployment ReplicaSet
        1.16 extensions/v1beta1 networking.k8s.io/v1 NetworkPolicy
        1.16 extensions/v1beta1 - PodSecurityPolicy
        1.16 apps/v1beta1 apps/v1 ControllerRevision Deployment StatefulSet
        1.16 apps/v1beta2 apps/v1 ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet
        1.21 batch/v2alpha1 batch/v1 CronJob
        1.22 extensions/v1beta1 networking.k8s.io/v1 Ingress
        1.22 networking.k8s.io/v1beta1 networking.k8s.io/v1 Ingress IngressClass
        1.22 rbac.authorization.k8s.io/v1alpha1 rbac.authorization.k8s.io/v1 ClusterRole ClusterRoleBinding
        1.22 rbac.authorization.k8s.io/v1alpha1 rbac.authorization.k8s.io/v1 Role RoleBinding
        1.22 rbac.authorization.k8s.io/v1beta1 rbac.authorization.k8s.io/v1 ClusterRole ClusterRoleBinding
        1.22 rbac.authorization.k8s.io/v1beta1 rbac.authorization.k8s.io/v1 Role RoleBinding
        1.22 apiextensions.k8s.io/v1beta1 apiextensions.k8s.io/v1 CustomResourceDefinition
        1.22 admissionregistration.k8s.io/v1beta1 admissionregistration.k8s.io/v1 MutatingWebhookConfiguration
        1.22 admissionregistration.k8s.io/v1beta1 admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration
        1.22 apiregistration.k8s.io/v1beta1 apiregistration.k8s.io/v1 APIService
        1.22 certificates.k8s.io/v1beta1 certificates.k8s.io/v1 CertificateSigningRequest
        1.22 coordination.k8s.io/v1beta1 coordination.k8s.io/v1 Lease
        1.22 scheduling.k8s.io/v1alpha1 scheduling.k8s.io/v1 PriorityClass
        1.22 scheduling.k8s.io/v1beta1 scheduling.k8s.io/v1 PriorityClass
        1.22 storage.k8s.io/v1beta1 storage.k8s.io/v1 CSIDriver CSINode StorageClass VolumeAttachment
        1.25 batch/v1beta1 batch/v1 CronJob
        1.25 discovery.k8s.io/v1beta1 discovery.k8s.io/v1 EndpointSlice
        1.25 events.k8s.io/v1beta1 events.k8s.io/v1 Event
        1.25 autoscaling/v2beta1 autoscaling/v2 HorizontalPodAutoscaler
        1.25 policy/v1beta1 policy/v1 PodDisruptionBudget
        1.25 policy/v1beta1 - PodSecurityPolicy
        1.25 node.k8s.io/v1beta1 node.k8s.io/v1 RuntimeClass
        1.26 autoscaling/v2beta2 autoscaling/v2 HorizontalPodAutoscaler
        1.26 flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1 FlowSchema PriorityLevelConfiguration
        1.27 storage.k8s.io/v1beta1 storage.k8s.io/v1 CSIStorageCapacity
        1.29 flowcontrol.apiserver.k8s.io/v1beta2 flowcontrol.apiserver.k8s.io/v1 FlowSchema PriorityLevelConfiguration
        1.32 flowcontrol.apiserver.k8s.io/v1beta3 flowcontrol.apiserver.k8s.io/v1 FlowSchema PriorityLevelConfiguration
    """)
)
"""The removed versions, by version and kind."""
