"""Updates of objects, each with the response of the API server: the table that the rules are compared with."""

import copy
from dataclasses import dataclass
from typing import Any

import yaml

Manifest = dict[str, Any]

_POD = {"spec": {"containers": [{"name": "web", "image": "web:1"}]}}
_TEMPLATE = {"metadata": {"labels": {"app": "web"}}, **_POD}
_SELECTOR = {"matchLabels": {"app": "web"}}
_WORKLOAD = {"selector": _SELECTOR, "template": _TEMPLATE}
_ONCE = {"template": {"spec": {**_POD["spec"], "restartPolicy": "Never"}}}
_CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": "slow"}
_VOLUME = {
    "capacity": {"storage": "1Gi"},
    "accessModes": ["ReadWriteOnce"],
    "nfs": {"server": "nfs.example.com", "path": "/"},
}
_DRIVER = {"driver": "csi.example.com", "volumeHandle": "a"}
_EXPAND = {"name": "a", "namespace": "default"}
_CSI = {**_VOLUME, "nfs": None, "csi": _DRIVER}
_ZONE = [{"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}]
_PORTS = [{"name": "http", "port": 80}]
_SERVICE = {"selector": {"app": "web"}, "ports": _PORTS}
_BALANCER = {**_SERVICE, "type": "LoadBalancer"}
_LOCAL = {**_BALANCER, "externalTrafficPolicy": "Local"}
_ROLE_REF = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
_CLASS = {"provisioner": "csi.example.com", "parameters": {"type": "fast"}}
_SOURCES = (
    *("awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "fc", "flexVolume"),
    *("flocker", "gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "photonPersistentDisk"),
    *("portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"),
)
_RULES = {"rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}]}
_LOCKED = {"immutable": True, "data": {"a": "YQ=="}}

_VERSIONS = {
    **dict.fromkeys(("Deployment", "DaemonSet", "ReplicaSet", "StatefulSet"), "apps/v1"),
    **dict.fromkeys(("Job", "CronJob"), "batch/v1"),
    **dict.fromkeys(("RoleBinding", "ClusterRoleBinding"), "rbac.authorization.k8s.io/v1"),
    **dict.fromkeys(("IngressClass", "NetworkPolicy"), "networking.k8s.io/v1"),
    "PriorityClass": "scheduling.k8s.io/v1",
    "StorageClass": "storage.k8s.io/v1",
    "SealedSecret": "bitnami.com/v1alpha1",
}


@dataclass(frozen=True, kw_only=True)
class Update:
    """A change of an object: the paths, with the new values (None removes a field).

    `asked` says whether an API server of release 1.27 without controllers can check it.
    """

    name: str
    before: Manifest
    changes: dict[str, object]
    refused: bool
    asked: bool = True

    @property
    def after(self) -> Manifest:
        changed = copy.deepcopy(self.before)
        for path, value in self.changes.items():
            *parents, last = path.split(".")
            place = changed
            for key in parents:
                place = place.setdefault(key, {})
            if value is None:
                place.pop(last, None)
            else:
                place[last] = value
        return changed


def manifest(kind: str, **fields: Any) -> Manifest:
    document = {"apiVersion": _VERSIONS.get(kind, "v1"), "kind": kind, "metadata": {"name": "web"}, **fields}
    return copy.deepcopy(document)


def spec(kind: str, content: dict[str, Any], **more: object) -> Manifest:
    kept = {key: value for key, value in {**content, **more}.items() if value is not None}
    return manifest(kind, spec=kept)


def refused(name: str, before: Manifest, changes: dict[str, object], *, asked: bool = True) -> Update:
    return Update(name=name, before=before, changes=changes, refused=True, asked=asked)


def accepted(name: str, before: Manifest, changes: dict[str, object], *, asked: bool = True) -> Update:
    return Update(name=name, before=before, changes=changes, refused=False, asked=asked)


def both_labels(value: str) -> dict[str, object]:
    return {"spec.selector.matchLabels.app": value, "spec.template.metadata.labels.app": value}


_stateful = spec("StatefulSet", _WORKLOAD, serviceName="web")
_job = spec("Job", _ONCE)
_suspended = spec("Job", _ONCE, suspend=True)
_indexed = spec("Job", _ONCE, completionMode="Indexed", completions=2, parallelism=2)
_claim = spec("PersistentVolumeClaim", _CLAIM)
_sealed = spec("SealedSecret", {"encryptedData": {"a": "b"}}, template={"immutable": True, "data": {"c": "d"}})

UPDATES = (
    *(
        refused(f"{kind} selector", spec(kind, _WORKLOAD), both_labels("shop"))
        for kind in ("Deployment", "DaemonSet", "ReplicaSet", "StatefulSet")
    ),
    accepted("Deployment template", spec("Deployment", _WORKLOAD), {"spec.template.spec.hostname": "a"}),
    accepted("Deployment replicas", spec("Deployment", _WORKLOAD), {"spec.replicas": 3}),
    accepted("Deployment label", spec("Deployment", _WORKLOAD), {"metadata.labels": {"a": "b"}}),
    accepted(
        "Deployment strategy", spec("Deployment", _WORKLOAD), {"spec.strategy": {"rollingUpdate": {"maxSurge": 2}}}
    ),
    refused("StatefulSet service", _stateful, {"spec.serviceName": "shop"}),
    refused("StatefulSet claims", _stateful, {"spec.volumeClaimTemplates": [_claim]}),
    refused("StatefulSet pods at once", _stateful, {"spec.podManagementPolicy": "Parallel"}),
    accepted("StatefulSet default policy", _stateful, {"spec.podManagementPolicy": "OrderedReady"}),
    refused("StatefulSet history", _stateful, {"spec.revisionHistoryLimit": 3}),
    accepted("StatefulSet default history", _stateful, {"spec.revisionHistoryLimit": 10}),
    accepted("StatefulSet replicas", _stateful, {"spec.replicas": 3}),
    accepted("StatefulSet readiness", _stateful, {"spec.minReadySeconds": 3}),
    accepted("StatefulSet strategy", _stateful, {"spec.updateStrategy": {"rollingUpdate": {"partition": 1}}}),
    accepted("StatefulSet template", _stateful, {"spec.template.spec.hostname": "a"}),
    refused("Job template", _job, {"spec.template.spec.containers": [{"name": "web", "image": "web:2"}]}),
    refused("Job nodes", _job, {"spec.template.spec.nodeSelector": {"a": "b"}}),
    accepted("suspended Job nodes", _suspended, {"spec.template.spec.nodeSelector": {"a": "b"}}),
    refused("suspended Job host name", _suspended, {"spec.template.spec.hostname": "a"}),
    refused("Job selector", _job, {"spec.selector": {"matchLabels": {"a": "b"}}}),
    refused("Job mode", _job, {"spec.completionMode": "Indexed", "spec.completions": 1}),
    accepted("Job default mode", _job, {"spec.completionMode": "NonIndexed"}),
    refused("Job completions", _job, {"spec.completions": 3}),
    accepted("Job default completions", _job, {"spec.completions": 1, "spec.parallelism": 1}),
    accepted("indexed Job grows", _indexed, {"spec.completions": 3, "spec.parallelism": 3}),
    refused("indexed Job completions alone", _indexed, {"spec.completions": 3}),
    refused("Job failure policy", _job, {"spec.podFailurePolicy": _RULES}),
    refused("Job backoff", _indexed, {"spec.backoffLimitPerIndex": 1}, asked=False),
    refused("Job manager", _job, {"spec.managedBy": "example.com/jobs"}, asked=False),
    refused("Job success", _indexed, {"spec.successPolicy": {"rules": [{"succeededCount": 1}]}}, asked=False),
    accepted("Job parallelism", spec("Job", _ONCE, completions=3), {"spec.parallelism": 2}),
    accepted("Job deadline", _job, {"spec.activeDeadlineSeconds": 60}),
    accepted(
        "CronJob template",
        spec("CronJob", {"schedule": "0 0 * * *", "jobTemplate": {"spec": _ONCE}}),
        {"spec.jobTemplate.spec.backoffLimit": 1, "spec.schedule": "1 0 * * *"},
    ),
    refused("Service address", spec("Service", _SERVICE, clusterIP="10.0.0.50"), {"spec.clusterIP": "10.0.0.51"}),
    refused("Service becomes headless", spec("Service", _SERVICE), {"spec.clusterIP": "None"}),
    accepted("Service address left out", spec("Service", _SERVICE, clusterIP="10.0.0.52"), {"spec.clusterIP": None}),
    refused(
        "Service addresses",
        spec("Service", _SERVICE, clusterIP="10.0.0.53", clusterIPs=["10.0.0.53"]),
        {"spec.clusterIP": "10.0.0.54", "spec.clusterIPs": ["10.0.0.54"]},
    ),
    accepted(
        "Service becomes external",
        spec("Service", _SERVICE, clusterIP="10.0.0.55"),
        {"spec.clusterIP": None, "spec.type": "ExternalName", "spec.externalName": "example.com"},
    ),
    refused(
        "Service family", spec("Service", _SERVICE, ipFamilies=["IPv4"]), {"spec.ipFamilies": ["IPv6"]}, asked=False
    ),
    accepted("Service default family", spec("Service", _SERVICE), {"spec.ipFamilies": ["IPv4"]}),
    refused(
        "Service health port",
        spec("Service", _LOCAL, healthCheckNodePort=30100),
        {"spec.healthCheckNodePort": 30101},
    ),
    accepted(
        "Service health port left out",
        spec("Service", _LOCAL, healthCheckNodePort=30102),
        {"spec.healthCheckNodePort": None},
    ),
    refused(
        "Service load balancer class",
        spec("Service", _BALANCER, loadBalancerClass="example.com/a"),
        {"spec.loadBalancerClass": "example.com/b"},
    ),
    refused("Service gets a class", spec("Service", _BALANCER), {"spec.loadBalancerClass": "example.com/b"}),
    accepted(
        "Service becomes a balancer",
        spec("Service", _SERVICE),
        {"spec.type": "LoadBalancer", "spec.loadBalancerClass": "example.com/a"},
    ),
    accepted("Service selector", spec("Service", _SERVICE), {"spec.selector": {"app": "shop"}}),
    accepted("Service ports", spec("Service", _SERVICE), {"spec.ports": [{"name": "http", "port": 81}]}),
    *(
        refused(f"locked {kind} {field}", manifest(kind, **_LOCKED), {field: value})
        for kind, field, value in (
            ("ConfigMap", "data.a", "b"),
            ("ConfigMap", "binaryData", {"b": "Yg=="}),
            ("ConfigMap", "immutable", None),
            ("Secret", "data.a", "Yg=="),
            ("Secret", "stringData", {"a": "b"}),
            ("Secret", "immutable", False),
        )
    ),
    accepted("ConfigMap data", manifest("ConfigMap", data={"a": "b"}), {"data.a": "c", "immutable": True}),
    accepted("locked ConfigMap label", manifest("ConfigMap", **_LOCKED), {"metadata.labels": {"a": "b"}}),
    refused("Secret type", manifest("Secret", type="example.com/a"), {"type": "example.com/b"}),
    refused("Secret gets a type", manifest("Secret", data={"a": "YQ=="}), {"type": "example.com/b"}),
    accepted("Secret default type", manifest("Secret", data={"a": "YQ=="}), {"type": "Opaque"}),
    accepted("Secret data", manifest("Secret", data={"a": "YQ=="}), {"data.a": "Yg=="}),
    refused("claim access", _claim, {"spec.accessModes": ["ReadWriteMany"]}),
    refused("claim class", _claim, {"spec.storageClassName": "fast"}),
    refused("claim source", _claim, {"spec.dataSource": {"kind": "PersistentVolumeClaim", "name": "a"}}),
    refused("claim limit", _claim, {"spec.resources.limits": {"storage": "3Gi"}}),
    refused("claim shrinks", _claim, {"spec.resources.requests.storage": "1Mi"}),
    accepted("claim grows", _claim, {"spec.resources.requests.storage": "2Gi"}, asked=False),
    refused("claim volume", spec("PersistentVolumeClaim", _CLAIM, volumeName="a"), {"spec.volumeName": "b"}),
    accepted("claim gets its volume", _claim, {"spec.volumeName": "b"}),
    refused("claim mode", _claim, {"spec.volumeMode": "Block"}),
    accepted("claim default mode", _claim, {"spec.volumeMode": "Filesystem"}),
    accepted("claim attributes", _claim, {"spec.volumeAttributesClassName": "a"}, asked=False),
    refused("claim annotation", _claim, {"metadata.annotations": {"volume.beta.kubernetes.io/storage-class": "slow"}}),
    refused("volume source", spec("PersistentVolume", _VOLUME), {"spec.nfs.path": "/a"}),
    *(
        refused(
            f"volume becomes {source}", spec("PersistentVolume", _VOLUME), {f"spec.{source}": {"a": "b"}}, asked=False
        )
        for source in _SOURCES
    ),
    refused("volume CSI", spec("PersistentVolume", _CSI), {"spec.csi.volumeHandle": "b"}),
    accepted(
        "volume gets its Secret",
        spec("PersistentVolume", _CSI),
        {"spec.csi.controllerExpandSecretRef": _EXPAND},
    ),
    refused(
        "volume Secret",
        spec("PersistentVolume", _CSI, csi={**_DRIVER, "controllerExpandSecretRef": _EXPAND}),
        {"spec.csi.controllerExpandSecretRef.name": "b"},
    ),
    refused("volume mode", spec("PersistentVolume", _VOLUME), {"spec.volumeMode": "Block"}),
    refused(
        "volume nodes",
        spec("PersistentVolume", _VOLUME, nodeAffinity={"required": {"nodeSelectorTerms": _ZONE}}),
        {
            "spec.nodeAffinity": {
                "required": {
                    "nodeSelectorTerms": [
                        {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["a"]}]}
                    ]
                }
            }
        },
    ),
    accepted(
        "volume gets nodes",
        spec("PersistentVolume", _VOLUME),
        {"spec.nodeAffinity": {"required": {"nodeSelectorTerms": _ZONE}}},
    ),
    accepted("volume reclaim", spec("PersistentVolume", _VOLUME), {"spec.persistentVolumeReclaimPolicy": "Delete"}),
    refused("storage parameters", manifest("StorageClass", **_CLASS), {"parameters.type": "slow"}),
    refused("storage provisioner", manifest("StorageClass", **_CLASS), {"provisioner": "other.example.com"}),
    refused("storage reclaim", manifest("StorageClass", **_CLASS), {"reclaimPolicy": "Retain"}),
    refused("storage binding", manifest("StorageClass", **_CLASS), {"volumeBindingMode": "WaitForFirstConsumer"}),
    accepted("storage defaults", manifest("StorageClass", **_CLASS), {"reclaimPolicy": "Delete"}),
    accepted("storage expansion", manifest("StorageClass", **_CLASS), {"allowVolumeExpansion": True}),
    refused("priority", manifest("PriorityClass", value=1), {"value": 2}),
    refused("preemption", manifest("PriorityClass", value=1), {"preemptionPolicy": "Never"}),
    accepted("default preemption", manifest("PriorityClass", value=1), {"preemptionPolicy": "PreemptLowerPriority"}),
    accepted("priority description", manifest("PriorityClass", value=1), {"description": "a"}),
    *(
        refused(f"{kind} role", manifest(kind, roleRef=_ROLE_REF), {"roleRef.name": "edit"})
        for kind in ("RoleBinding", "ClusterRoleBinding")
    ),
    *(
        refused(f"{kind} role group", manifest(kind, roleRef=_ROLE_REF), {"roleRef.apiGroup": "a.com"}, asked=False)
        for kind in ("RoleBinding", "ClusterRoleBinding")
    ),
    accepted("RoleBinding default group", manifest("RoleBinding", roleRef=_ROLE_REF), {"roleRef.apiGroup": None}),
    accepted(
        "RoleBinding subjects",
        manifest("RoleBinding", roleRef=_ROLE_REF),
        {"subjects": [{"kind": "Group", "name": "a", "apiGroup": "rbac.authorization.k8s.io"}]},
    ),
    refused(
        "quota scopes",
        spec("ResourceQuota", {"hard": {"pods": "1"}, "scopes": ["BestEffort"]}),
        {"spec.scopes": ["NotBestEffort"]},
    ),
    accepted("quota", spec("ResourceQuota", {"hard": {"pods": "1"}}), {"spec.hard.pods": "2"}),
    accepted(
        "quota scopes in another order",
        spec("ResourceQuota", {"hard": {"pods": "1"}, "scopes": ["BestEffort", "NotTerminating"]}),
        {"spec.scopes": ["NotTerminating", "BestEffort"]},
    ),
    accepted(
        "quota scope selector",
        spec("ResourceQuota", {"hard": {"pods": "1"}}),
        {"spec.scopeSelector": {"matchExpressions": [{"scopeName": "BestEffort", "operator": "Exists"}]}},
    ),
    refused(
        "IngressClass controller",
        spec("IngressClass", {"controller": "example.com/a"}),
        {"spec.controller": "example.com/b"},
    ),
    refused(
        "sealed type",
        spec("SealedSecret", {"encryptedData": {"a": "b"}}),
        {"spec.template": {"type": "kubernetes.io/tls"}},
        asked=False,
    ),
    refused("locked sealed value", _sealed, {"spec.encryptedData.a": "c"}, asked=False),
    refused("locked sealed template", _sealed, {"spec.template.data.c": "e"}, asked=False),
    refused("unlocked sealed template", _sealed, {"spec.template.immutable": None}, asked=False),
    accepted(
        "sealed value", spec("SealedSecret", {"encryptedData": {"a": "b"}}), {"spec.encryptedData.a": "c"}, asked=False
    ),
)


def as_yaml(*documents: Manifest) -> str:
    return yaml.safe_dump_all(documents, sort_keys=False)
