"""The immutable fields of each kind, from the validation of the API server, release 1.27.16.

The name, the namespace and the kind are not listed: they identify the object, so a change creates another one. A field
that a later release of Kubernetes made immutable is listed. A field that a later release made mutable
(`revisionHistoryLimit` of a StatefulSet) is listed as well: to recreate a workload needlessly is less harmful than a
refused rollout.
"""

from collections.abc import Mapping
from types import MappingProxyType

from kubestock.changes import conditions
from kubestock.changes.frozen import Frozen, KindRules
from kubestock.values import documents
from kubestock.values.documents import Document

_CORE = "pkg/apis/core/validation/validation.go"
_APPS = "pkg/apis/apps/validation/validation.go"
_BATCH = "pkg/apis/batch/validation/validation.go"
_RBAC = "pkg/apis/rbac/validation/validation.go"
_NETWORKING = "pkg/apis/networking/validation/validation.go"
_MONITORING = "prometheus-operator: no transition rule (oldSelf) in the CRD, and its webhook only validates rules"
_CERT_MANAGER = "cert-manager, internal/apis/certmanager/validation: no update of this kind is compared with the old"
_ARGO = "argo-cd: no transition rule (oldSelf) in the CRD, and no webhook"

_SELECTOR = Frozen(path=("spec", "selector"))
_WORKLOAD = (
    "its pods stop until the new one starts them; with --cascade=orphan the old ones keep running until you delete them"
)
_STATEFUL = f"{_WORKLOAD}; the claims of its pods are kept as they are: resize each claim itself"
_GROUP_REF = ("roleRef", "apiGroup")
_ROLE_REF = (
    Frozen(path=("roleRef",), but=(_GROUP_REF,)),
    Frozen(path=_GROUP_REF, default="rbac.authorization.k8s.io"),
)
_BINDING = "its subjects have no rights in the meantime"

_TEMPLATE = ("spec", "template")
_JOB_PLACEMENT = (
    (*_TEMPLATE, "metadata"),
    (*_TEMPLATE, "spec", "nodeSelector"),
    (*_TEMPLATE, "spec", "tolerations"),
    (*_TEMPLATE, "spec", "schedulingGates"),
    (*_TEMPLATE, "spec", "affinity", "nodeAffinity"),
)
_STORAGE = ("spec", "resources", "requests", "storage")
_VOLUME_SOURCES = (
    *("awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker"),
    *("gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk"),
    *("portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"),
)
_EXPAND_SECRET = ("spec", "csi", "controllerExpandSecretRef")


def _locked(when: str, *paths: tuple[str, ...]) -> tuple[Frozen, ...]:
    return tuple(Frozen(path=path, when=getattr(conditions, when)) for path in paths)


_WORKLOADS = {
    ("apps", "Deployment"): KindRules(
        source="pkg/registry/apps/deployment/strategy.go: ValidateUpdate", frozen=(_SELECTOR,), recreating=_WORKLOAD
    ),
    ("apps", "DaemonSet"): KindRules(
        source="pkg/registry/apps/daemonset/strategy.go: ValidateUpdate", frozen=(_SELECTOR,), recreating=_WORKLOAD
    ),
    ("apps", "ReplicaSet"): KindRules(
        source="pkg/registry/apps/replicaset/strategy.go: ValidateUpdate", frozen=(_SELECTOR,), recreating=_WORKLOAD
    ),
    ("apps", "StatefulSet"): KindRules(
        source=f"{_APPS}: ValidateStatefulSetUpdate",
        frozen=(
            Frozen(
                path=("spec",),
                but=tuple(
                    ("spec", free)
                    for free in (
                        *("minReadySeconds", "ordinals", "persistentVolumeClaimRetentionPolicy", "replicas"),
                        *("template", "updateStrategy", "podManagementPolicy", "revisionHistoryLimit"),
                    )
                ),
            ),
            Frozen(path=("spec", "podManagementPolicy"), default="OrderedReady"),
            Frozen(path=("spec", "revisionHistoryLimit"), default=10),
        ),
        recreating=_STATEFUL,
    ),
    ("batch", "Job"): KindRules(
        source=f"{_BATCH}: ValidateJobSpecUpdate; backoffLimitPerIndex from 1.28, managedBy, successPolicy from 1.30",
        frozen=(
            _SELECTOR,
            Frozen(path=_TEMPLATE, when=conditions.job_runs),
            Frozen(path=_TEMPLATE, but=_JOB_PLACEMENT, when=conditions.job_is_suspended),
            Frozen(path=("spec", "completionMode"), default="NonIndexed"),
            Frozen(path=("spec", "completions"), when=conditions.completions_change),
            Frozen(path=("spec", "podFailurePolicy")),
            Frozen(path=("spec", "backoffLimitPerIndex")),
            Frozen(path=("spec", "managedBy")),
            Frozen(path=("spec", "successPolicy")),
        ),
        recreating="a running one is stopped, and its work starts again",
    ),
    ("batch", "CronJob"): KindRules(source=f"{_BATCH}: ValidateCronJobUpdate"),
    ("autoscaling", "HorizontalPodAutoscaler"): KindRules(
        source="pkg/apis/autoscaling/validation/validation.go: ValidateHorizontalPodAutoscalerUpdate"
    ),
    ("policy", "PodDisruptionBudget"): KindRules(
        source="pkg/registry/policy/poddisruptionbudget/strategy.go: ValidateUpdate"
    ),
    ("scheduling.k8s.io", "PriorityClass"): KindRules(
        source="pkg/apis/scheduling/validation/validation.go: ValidatePriorityClassUpdate",
        frozen=(
            Frozen(path=("value",), default=0),
            Frozen(path=("preemptionPolicy",), default="PreemptLowerPriority"),
        ),
        recreating="pods that run keep their priority; new pods that name it are refused in the meantime",
    ),
}

_CORE_KINDS = {
    ("", "Namespace"): KindRules(source=f"{_CORE}: ValidateNamespaceUpdate"),
    ("", "ServiceAccount"): KindRules(source=f"{_CORE}: ValidateServiceAccountUpdate"),
    ("", "LimitRange"): KindRules(source="pkg/registry/core/limitrange/strategy.go: ValidateUpdate"),
    ("", "ResourceQuota"): KindRules(
        source=f"{_CORE}: ValidateResourceQuotaUpdate, which compares the scopes and not the scopeSelector",
        frozen=(Frozen(path=("spec", "scopes"), when=conditions.scopes_change),),
        recreating="resources are not limited in the meantime",
    ),
    ("", "ConfigMap"): KindRules(
        source=f"{_CORE}: ValidateConfigMapUpdate",
        frozen=_locked("data_is_locked", ("data",), ("binaryData",), ("immutable",)),
        recreating="pods that start in the meantime wait for it",
    ),
    ("", "Secret"): KindRules(
        source=f"{_CORE}: ValidateSecretUpdate",
        frozen=(
            Frozen(path=("type",), default="Opaque"),
            *_locked("data_is_locked", ("data",), ("stringData",), ("immutable",)),
        ),
        recreating="pods that start in the meantime wait for it",
    ),
    ("", "Service"): KindRules(
        source=f"{_CORE}: ValidateServiceUpdate; pkg/registry/core/service/storage/storage.go: patchAllocatedValues",
        frozen=(
            Frozen(path=("spec", "clusterIP"), when=conditions.cluster_ip_changes),
            Frozen(path=("spec", "clusterIPs"), when=conditions.cluster_ips_change),
            Frozen(path=("spec", "ipFamilies"), when=conditions.ip_families_change),
            Frozen(path=("spec", "healthCheckNodePort"), when=conditions.health_check_port_changes),
            Frozen(path=("spec", "loadBalancerClass"), when=conditions.stays_load_balancer),
        ),
        recreating="its address changes, and it cannot be reached in the meantime",
    ),
    ("", "PersistentVolumeClaim"): KindRules(
        source=f"{_CORE}: ValidatePersistentVolumeClaimUpdate; volumeAttributesClassName is free where it exists",
        frozen=(
            Frozen(
                path=("spec",),
                but=(
                    _STORAGE,
                    ("spec", "volumeAttributesClassName"),
                    ("spec", "volumeName"),
                    ("spec", "volumeMode"),
                ),
            ),
            Frozen(path=_STORAGE, when=conditions.claim_shrinks),
            Frozen(path=("spec", "volumeName"), when=conditions.claim_is_bound),
            Frozen(path=("spec", "volumeMode"), default="Filesystem"),
            Frozen(path=("metadata", "annotations", "volume.beta.kubernetes.io/storage-class")),
        ),
        recreating="its data is deleted, unless the volume is retained",
    ),
    ("", "PersistentVolume"): KindRules(
        source=f"{_CORE}: ValidatePersistentVolumeUpdate",
        frozen=(
            *(Frozen(path=("spec", source), but=(_EXPAND_SECRET,)) for source in _VOLUME_SOURCES),
            Frozen(path=_EXPAND_SECRET, when=conditions.expand_secret_changes),
            Frozen(path=("spec", "volumeMode"), default="Filesystem"),
            Frozen(path=("spec", "nodeAffinity"), when=conditions.volume_has_nodes),
        ),
        recreating="retain its storage first, or it is deleted as well",
    ),
    ("storage.k8s.io", "StorageClass"): KindRules(
        source="pkg/apis/storage/validation/validation.go: ValidateStorageClassUpdate",
        frozen=(
            Frozen(path=("parameters",)),
            Frozen(path=("provisioner",)),
            Frozen(path=("reclaimPolicy",), default="Delete"),
            Frozen(path=("volumeBindingMode",), default="Immediate"),
        ),
        recreating="existing volumes do not change",
    ),
}

_ACCESS = {
    ("rbac.authorization.k8s.io", "Role"): KindRules(source=f"{_RBAC}: ValidateRoleUpdate"),
    ("rbac.authorization.k8s.io", "ClusterRole"): KindRules(source=f"{_RBAC}: ValidateClusterRoleUpdate"),
    ("rbac.authorization.k8s.io", "RoleBinding"): KindRules(
        source=f"{_RBAC}: ValidateRoleBindingUpdate", frozen=_ROLE_REF, recreating=_BINDING
    ),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): KindRules(
        source=f"{_RBAC}: ValidateClusterRoleBindingUpdate", frozen=_ROLE_REF, recreating=_BINDING
    ),
    ("networking.k8s.io", "NetworkPolicy"): KindRules(source=f"{_NETWORKING}: ValidateNetworkPolicyUpdate"),
    ("networking.k8s.io", "Ingress"): KindRules(source=f"{_NETWORKING}: ValidateIngressUpdate"),
    ("networking.k8s.io", "IngressClass"): KindRules(
        source=f"{_NETWORKING}: validateIngressClassSpecUpdate",
        frozen=(Frozen(path=("spec", "controller")),),
        recreating="Ingresses of this class are not served in the meantime",
    ),
}

_CUSTOM = {
    ("bitnami.com", "SealedSecret"): KindRules(
        source="sealed-secrets, pkg/controller/controller.go: unseal updates the Secret; then as for Secret",
        frozen=(
            Frozen(path=("spec", "template", "type"), default="Opaque"),
            *_locked(
                "sealed_data_is_locked",
                ("spec", "encryptedData"),
                ("spec", "template", "data"),
                ("spec", "template", "immutable"),
            ),
        ),
        recreating="the SealedSecret is accepted, but its controller cannot update the Secret: delete the Secret, "
        "and the controller creates it again",
    ),
    ("monitoring.coreos.com", "PodMonitor"): KindRules(source=_MONITORING),
    ("monitoring.coreos.com", "ServiceMonitor"): KindRules(source=_MONITORING),
    ("monitoring.coreos.com", "PrometheusRule"): KindRules(source=_MONITORING),
    ("cert-manager.io", "Certificate"): KindRules(source=_CERT_MANAGER),
    ("cert-manager.io", "Issuer"): KindRules(source=_CERT_MANAGER),
    ("cert-manager.io", "ClusterIssuer"): KindRules(source=_CERT_MANAGER),
    ("argoproj.io", "Application"): KindRules(source=_ARGO),
    ("argoproj.io", "AppProject"): KindRules(source=_ARGO),
}

KINDS: Mapping[tuple[str, str], KindRules] = MappingProxyType({**_WORKLOADS, **_CORE_KINDS, **_ACCESS, **_CUSTOM})
"""The immutable fields, by API group and kind. A kind without immutable fields is listed with its source."""


def rules_of(document: Document) -> KindRules | None:
    """Return the immutable fields of this kind, or None if they are unknown."""
    return KINDS.get((documents.group(document), documents.text(document, "kind")))
