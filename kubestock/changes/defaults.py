"""Defaults of the API server: to write a default down, or to leave it out, is not a change.

Source: pkg/apis/core/v1/defaults.go, pkg/apis/apps/v1/defaults.go, pkg/apis/batch/v1/defaults.go and
zz_generated.defaults.go of each, release 1.27.16.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kubestock.changes.change import Item, Path
from kubestock.changes.fields import Difference, canonical
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.kinds import POD_TEMPLATES

_EACH = "*"
_CONTAINER: Mapping[tuple[str, ...], object] = {
    ("ports", _EACH, "protocol"): "TCP",
    ("terminationMessagePath",): "/dev/termination-log",
    ("terminationMessagePolicy",): "File",
}
_PROBE: Mapping[tuple[str, ...], object] = {
    ("failureThreshold",): 3,
    ("httpGet", "scheme"): "HTTP",
    ("periodSeconds",): 10,
    ("successThreshold",): 1,
    ("timeoutSeconds",): 1,
}
_POD: Mapping[tuple[str, ...], object] = {
    ("dnsPolicy",): "ClusterFirst",
    ("restartPolicy",): "Always",
    ("schedulerName",): "default-scheduler",
    ("terminationGracePeriodSeconds",): 30,
}
DEFAULTS: Mapping[tuple[str, ...], object] = MappingProxyType(
    {
        **_POD,
        **{("volumes", _EACH, source, "defaultMode"): 0o644 for source in ("configMap", "projected", "secret")},
        **{
            (containers, _EACH, *path): value
            for containers in ("containers", "initContainers")
            for path, value in _CONTAINER.items()
        },
        **{
            ("containers", _EACH, probe, *path): value
            for probe in ("livenessProbe", "readinessProbe", "startupProbe")
            for path, value in _PROBE.items()
        },
    }
)
"""By path in the specification of a pod, in which `*` is each item of a list."""

_ANY = object()
"""Any value: the server or a controller chooses it."""

_IMAGE_PULL_POLICY = ("imagePullPolicy",)
"""Its default depends on the tag of the image."""

_OF_POD: Mapping[tuple[str, ...], object] = {
    **DEFAULTS,
    ("serviceAccount",): _ANY,  # the old name of serviceAccountName
    **{
        (containers, _EACH, *path): value
        for containers in ("containers", "initContainers")
        for path, value in {
            _IMAGE_PULL_POLICY: _ANY,
            ("env", _EACH, "valueFrom", "fieldRef", "apiVersion"): "v1",
            ("lifecycle", "preStop", "httpGet", "scheme"): "HTTP",
            ("lifecycle", "postStart", "httpGet", "scheme"): "HTTP",
        }.items()
    },
}
_ROLLING = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}
_OF_SPEC: Mapping[str, Mapping[tuple[str, ...], object]] = {
    "CronJob": {
        ("concurrencyPolicy",): "Allow",
        ("failedJobsHistoryLimit",): 1,
        ("successfulJobsHistoryLimit",): 3,
        ("suspend",): False,
    },
    "DaemonSet": {
        ("revisionHistoryLimit",): 10,
        ("updateStrategy",): {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
    },
    "Deployment": {
        ("progressDeadlineSeconds",): 600,
        ("replicas",): _ANY,
        ("revisionHistoryLimit",): 10,
        ("strategy",): _ROLLING,
        ("strategy", "type"): "RollingUpdate",
        ("strategy", "rollingUpdate"): _ROLLING["rollingUpdate"],
        ("strategy", "rollingUpdate", "maxSurge"): "25%",
        ("strategy", "rollingUpdate", "maxUnavailable"): "25%",
    },
    "HorizontalPodAutoscaler": {
        ("minReplicas",): 1,
        ("behavior", "scaleDown", "selectPolicy"): "Max",
        ("behavior", "scaleUp", "selectPolicy"): "Max",
    },
    "Job": {
        ("backoffLimit",): 6,
        ("completionMode",): "NonIndexed",
        ("completions",): 1,
        ("parallelism",): 1,
        ("podReplacementPolicy",): _ANY,
        ("selector",): _ANY,
        ("suspend",): False,
    },
    "Namespace": {("finalizers",): _ANY, (): {"finalizers": ["kubernetes"]}},
    "NetworkPolicy": {("policyTypes",): _ANY},
    "PersistentVolumeClaim": {("storageClassName",): _ANY, ("volumeMode",): "Filesystem", ("volumeName",): _ANY},
    "Service": {
        ("allocateLoadBalancerNodePorts",): True,
        ("clusterIP",): _ANY,
        ("clusterIPs",): _ANY,
        ("externalTrafficPolicy",): "Cluster",
        ("healthCheckNodePort",): _ANY,
        ("internalTrafficPolicy",): "Cluster",
        ("ipFamilies",): _ANY,
        ("ipFamilyPolicy",): _ANY,
        ("ports", _EACH, "nodePort"): _ANY,
        ("ports", _EACH, "protocol"): "TCP",
        ("sessionAffinity",): "None",
        ("type",): "ClusterIP",
    },
    "StatefulSet": {
        ("persistentVolumeClaimRetentionPolicy",): {"whenDeleted": "Retain", "whenScaled": "Retain"},
        ("podManagementPolicy",): "OrderedReady",
        ("replicas",): _ANY,
        ("revisionHistoryLimit",): 10,
        ("updateStrategy",): {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
        ("updateStrategy", "rollingUpdate"): {"partition": 0},
        ("updateStrategy", "rollingUpdate", "partition"): 0,
        ("volumeClaimTemplates", _EACH, "apiVersion"): "v1",
        ("volumeClaimTemplates", _EACH, "kind"): "PersistentVolumeClaim",
        ("volumeClaimTemplates", _EACH, "spec", "volumeMode"): "Filesystem",
    },
}
_OF_OBJECT: Mapping[str, Mapping[tuple[str, ...], object]] = {
    "PriorityClass": {("preemptionPolicy",): "PreemptLowerPriority"},
    "Secret": {("type",): "Opaque"},
    "ServiceAccount": {("secrets",): _ANY},
}


def is_server_default(kind: str, path: Path, value: object) -> bool:
    """Whether the API server or a controller sets this value in an object of this kind.

    Args:
        kind: the kind of the object.
        path: the path of a field that the manifest leaves out.
        value: the value of the field in the cluster.
    """
    return any(default is _ANY or canonical(value) == canonical(default) for default in _defaults_of(kind, path))


def is_default(found: Difference, before: Document, after: Document) -> bool:
    """Whether a difference is a default of the API server that one side writes down and the other leaves out.

    Args:
        found: the difference.
        before: the object before the change.
        after: the object after the change.
    """
    if found.before is not None and found.after is not None:
        return False
    value, document = (found.after, after) if found.before is None else (found.before, before)
    kind = documents.text(after, "kind")
    if found.path[-1:] == _IMAGE_PULL_POLICY and list(_defaults_of(kind, found.path)):
        image = _value_at(document, (*found.path[:-1], "image"))
        return isinstance(image, str) and value == _pull_policy_of(image)
    return any(
        default is not _ANY and canonical(value) == canonical(default) for default in _defaults_of(kind, found.path)
    )


def _defaults_of(kind: str, path: Path) -> Iterator[object]:
    steps = tuple(_EACH if isinstance(step, Item) else step for step in path)
    template = POD_TEMPLATES.get(kind)
    places: list[tuple[tuple[str, ...], Mapping[tuple[str, ...], object]]] = [
        (("spec",), _OF_SPEC.get(kind, {})),
        ((), _OF_OBJECT.get(kind, {})),
        *([((*template, "spec"), _OF_POD)] if template is not None else []),
    ]
    for place, defaults in places:
        if steps[: len(place)] == place and steps[len(place) :] in defaults:
            yield defaults[steps[len(place) :]]


def _pull_policy_of(image: str) -> str:
    """Return the default policy for an image: Always for the tag `latest`, which a reference without a tag means."""
    name, _, digest = image.partition("@")
    _, colon, tag = name.rpartition(":")
    has_tag = bool(colon) and "/" not in tag
    return "Always" if tag == "latest" or not (has_tag or digest) else "IfNotPresent"


def _value_at(document: object, path: Path) -> object:
    for step in path:
        if isinstance(step, Item):
            items = document if isinstance(document, list) else []
            document = next((each for each in items if documents.text(each, "name") == step.name), None)
        else:
            document = documents.at(document, step)
    return document
