"""The typed bindings of Kubernetes and of custom resources, as types only: their objects are plain dicts.

The generated bindings send a message to Node.js for each manifest and check types by reflection for each struct.
Here, only a type checker reads their classes; at run time `k8s.DeploymentSpec(min_ready_seconds=10)` is a dict,
`{"minReadySeconds": 10}`, whose fields can also be read by their Python names. A test compares each struct and
manifest that the library creates with the result of Node.js.
"""

import functools
import keyword
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

__all__ = ["argoproj", "bitnami", "external_secrets", "k8s", "monitoring", "to_manifest"]

_API_VERSIONS = {
    "ClusterRole": "rbac.authorization.k8s.io/v1",
    "ClusterRoleBinding": "rbac.authorization.k8s.io/v1",
    "ConfigMap": "v1",
    "CronJob": "batch/v1",
    "DaemonSet": "apps/v1",
    "Deployment": "apps/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
    "Ingress": "networking.k8s.io/v1",
    "Job": "batch/v1",
    "LimitRange": "v1",
    "Namespace": "v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "PersistentVolumeClaim": "v1",
    "Pod": "v1",
    "PodDisruptionBudget": "policy/v1",
    "PriorityClass": "scheduling.k8s.io/v1",
    "ResourceQuota": "v1",
    "Role": "rbac.authorization.k8s.io/v1",
    "RoleBinding": "rbac.authorization.k8s.io/v1",
    "Secret": "v1",
    "Service": "v1",
    "ServiceAccount": "v1",
    "StatefulSet": "apps/v1",
}

_ABBREVIATIONS = {
    "clientIp": "clientIP",
    "clusterIp": "clusterIP",
    "convertClassicHistogramsToNhcb": "convertClassicHistogramsToNHCB",
    "datasetUuid": "datasetUUID",
    "diskUri": "diskURI",
    "downwardApi": "downwardAPI",
    "externalId": "externalID",
    "hostIp": "hostIP",
    "hostIpc": "hostIPC",
    "hostPid": "hostPID",
    "isCa": "isCA",
    "keyId": "keyID",
    "loadBalancerIp": "loadBalancerIP",
    "nonResourceUrLs": "nonResourceURLs",
    "pdId": "pdID",
    "repoUrl": "repoURL",
    "scaleIo": "scaleIO",
    "setHostnameAsFqdn": "setHostnameAsFQDN",
    "storagePolicyId": "storagePolicyID",
    "targetCpuUtilizationPercentage": "targetCPUUtilizationPercentage",
    "targetWwNs": "targetWWNs",
    "volumeId": "volumeID",
}
"""Field names that are not the Python name in camel case, by the name in camel case."""

_SNAKE_CASE = frozenset({"keep_firing_for", "partial_response_strategy", "query_offset"})
"""Fields of a PrometheusRule with the same name in YAML and in Python."""


class _StructType(type):
    """Treats a struct of the generated bindings as an instance of the struct of the same name here; users pass both."""

    def __instancecheck__(cls, value: object) -> bool:
        if super().__instancecheck__(value):
            return True
        given = type(value)
        return given.__name__ == cls.__name__ and hasattr(given, "__jsii_name_mapping__")


class Struct(dict[str, Any], metaclass=_StructType):
    """The fields of a struct by their names in YAML; each can also be read by its Python name."""

    __slots__ = ()

    def __init__(self, **fields: object) -> None:
        super().__init__({field_name(name): value for name, value in fields.items() if value is not None})

    def __getattr__(self, name: str) -> Any:
        """Return a field, or None if it is not set."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self.get(field_name(name))


@functools.cache
def field_name(name: str) -> str:
    """Return the name of a field in YAML for its name in Python: `clusterIP` for `cluster_ip`."""
    if name in _SNAKE_CASE:
        return name
    if name.endswith("_") and keyword.iskeyword(name[:-1]):
        return name[:-1]
    first, *others = name.split("_")
    camel = first + "".join(each.capitalize() for each in others)
    return _ABBREVIATIONS.get(camel, camel)


def to_manifest(value: object) -> Any:  # a case for each type
    """Return a struct as plain dicts and lists; structs of the generated bindings are accepted, too."""
    if isinstance(value, str | int | float | None):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Mapping):
        names = sorted(value) if isinstance(value, Struct) else value
        return {name: to_manifest(value[name]) for name in names}
    if isinstance(value, list | tuple):
        return [to_manifest(each) for each in value]
    if getattr(value, "__jsii_name_mapping__", None) is not None:
        fields: dict[str, object] = vars(value)["_values"]
        return to_manifest(Struct(**fields))
    scalar = getattr(value, "value", None)  # an IntOrString or a Quantity of the generated bindings
    return scalar if isinstance(scalar, str | int | float) else value


class _Scalar:
    """IntOrString, Quantity and similar types: the number or the text itself."""

    @staticmethod
    def from_number(value: float) -> float:
        return value

    @staticmethod
    def from_string(value: str) -> str:
        return value


class _Kind:
    """A kind of object, whose `manifest` contains its API version, its kind and the given fields."""

    head: ClassVar[Mapping[str, str]]

    @classmethod
    def manifest(cls, **fields: object) -> dict[str, Any]:
        """Return the manifest of an object."""
        return {**cls.head, **to_manifest(Struct(**fields))}


class _Bindings:
    """A module of the generated bindings: every name is a struct, unless it is a scalar or a kind."""

    def __init__(self, kinds: Mapping[str, str], prefix: str = "") -> None:
        self._kinds = {prefix + kind: {"apiVersion": version, "kind": kind} for kind, version in kinds.items()}

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        head = self._kinds.get(name.removesuffix("V2"))
        if head is not None:
            found = type(name, (_Kind,), {"head": head})
        elif name in _SCALARS:
            found = _Scalar
        elif name in _ENUMERATIONS:
            found = type(name, (), _ENUMERATIONS[name])
        else:
            found = _StructType(name, (Struct,), {"__slots__": ()})
        setattr(self, name, found)
        return found


_ENUMERATIONS: dict[str, dict[str, Any]] = {
    "PodMonitorSpecPodMetricsEndpointsMetricRelabelingsAction": {"KEEP": "keep"},
}
"""The members of enumerations that the library uses, with their values in YAML."""

_SCALARS = frozenset({"IntOrString", "Quantity", "PrometheusRuleSpecGroupsRulesExpr"})

if TYPE_CHECKING:
    from cdk8s_plus_27 import k8s
    from kubestock_crds.com import bitnami
    from kubestock_crds.com.coreos import monitoring
    from kubestock_crds.io import argoproj, external_secrets
else:
    k8s = _Bindings(_API_VERSIONS, prefix="Kube")
    bitnami = _Bindings({"SealedSecret": "bitnami.com/v1alpha1"})
    monitoring = _Bindings(
        dict.fromkeys(("PodMonitor", "PrometheusRule", "ServiceMonitor"), "monitoring.coreos.com/v1")
    )
    argoproj = _Bindings(dict.fromkeys(("Application", "AppProject"), "argoproj.io/v1alpha1"))
    external_secrets = _Bindings({"ExternalSecret": "external-secrets.io/v1"})
