"""In which order a chart is applied: waves for Argo CD, and the same order in the file for kubectl."""

import re
from collections.abc import Collection

import cdk8s

from kubestock.errors import ConfigurationError
from kubestock.kube.objects import KubeObject
from kubestock.kube.rendering import rendered
from kubestock.kube.tree import Scope, descendants
from kubestock.kube.written import Manifest, Written
from kubestock.values import documents
from kubestock.values.sync import HOOK, WAVE

_NUMBER = re.compile(r"-?[0-9]+")
_SURROUNDINGS, _ACCESS, _INPUT, _MIGRATIONS, _WORKLOADS, _GATEWAY, _WATCHERS = -2, -1, 0, 1, 2, 3, 4
_PHASES = {"PreSync": 0, "": 0, "Sync": 0, "PostSync": 1000, "SyncFail": 2000}
_WAVES = {
    **dict.fromkeys(("Namespace", "PriorityClass", "ResourceQuota", "LimitRange", "NetworkPolicy"), _SURROUNDINGS),
    **dict.fromkeys(("ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"), _ACCESS),
    **dict.fromkeys(("Issuer", "ClusterIssuer"), _ACCESS),  # a certificate is not ready before its issuer
    **dict.fromkeys(("SecretStore", "ClusterSecretStore"), _ACCESS),  # nor an external secret before its store
    **dict.fromkeys(("ConfigMap", "Secret", "SealedSecret", "ExternalSecret", "Certificate"), _INPUT),
    # A volume that is made where its first pod runs is not bound before there is one: claims come with the workloads.
    "PersistentVolumeClaim": _WORKLOADS,
    # Nothing waits for an autoscaler, which may call itself ill until there are metrics.
    **dict.fromkeys(("HorizontalPodAutoscaler", "PodMonitor", "ServiceMonitor", "PrometheusRule"), _WATCHERS),
}
_FIRST = (
    "Namespace",
    "PriorityClass",
    "ResourceQuota",
    "LimitRange",
    "Role",
    "ClusterRole",
    "PersistentVolumeClaim",
)
"""Kinds that stand at the head of their wave."""


def arrange(chart: cdk8s.Chart) -> None:
    """Give every object of a chart its wave, and put the file into that order.

    Argo CD applies a wave when the one before it is healthy: the namespace with its quota and policies, who may
    do what, secrets and configuration with the StatefulSets that use them, migrations, the other workloads, the
    gateway in front of them, and last what
    watches them. A wave that an object has already stays. Call it when the chart is complete; `kubestock.checks`
    reads whether anything is applied before what it needs.

    Args:
        chart: whose objects there are; those that are added later have no wave, which is wave 0.

    Raises:
        ConfigurationError: if an object has a wave of its own that is no number.

    See https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
    """
    if not isinstance(chart, Written):
        raise ConfigurationError(
            f"arrange takes a Chart of kubestock, which writes its objects itself, got {type(chart).__name__}"
        )
    chart.finish = lambda document: _add_wave(document, _names_of_stateful_sets(chart))
    chart.place = lambda document: _position(document, _names_of_stateful_sets(chart))


def _names_of_stateful_sets(chart: cdk8s.Chart) -> frozenset[str]:
    def found() -> frozenset[str]:
        below = descendants(chart) if isinstance(chart, Scope) else ()
        return frozenset(each.name for each in below if isinstance(each, KubeObject) and each.kind == "StatefulSet")

    return rendered((chart, "stateful sets"), found)


def _add_wave(document: Manifest, stateful: Collection[str]) -> None:
    wave = wave_of(document, stateful)
    # Wave 0 needs no annotation; and none may be added to a SealedSecret, which hands its own on to its Secret.
    if wave != 0 and not _annotation(document, WAVE) and _annotation(document, HOOK) in ("", "Sync"):
        metadata = document["metadata"]
        metadata["annotations"] = dict(sorted({**metadata.get("annotations", {}), WAVE: str(wave)}.items()))


def wave_of(document: Manifest, stateful: Collection[str] = ()) -> int:
    """Return the wave of an object: its own, or that of its kind.

    Args:
        document: the object.
        stateful: names of the StatefulSets beside it: migrations and workloads need them, and they need the Services
            that name their pods.
    """
    own = _annotation(document, WAVE)
    if own:
        if not _NUMBER.fullmatch(own):
            raise ConfigurationError(
                f"{WAVE} of {document['kind']} {document['metadata']['name']!r} must be a whole number, got {own!r}"
            )
        return int(own)
    if _annotation(document, HOOK):
        return _MIGRATIONS
    component = documents.text(document, "metadata", "labels", "app.kubernetes.io/component")
    if component == "monitoring":
        return _WATCHERS
    if component != "gateway" and _is_state(document, stateful):
        return _INPUT
    wave = _WAVES.get(document["kind"], _WORKLOADS)
    return _GATEWAY if wave == _WORKLOADS and component == "gateway" else wave


def _is_state(document: Manifest, stateful: Collection[str]) -> bool:
    name = documents.text(document, "metadata", "labels", "app.kubernetes.io/name")
    return document["kind"] == "StatefulSet" or (document["kind"] == "Service" and name in stateful)


def _position(document: Manifest, stateful: Collection[str]) -> tuple[int, int]:
    kind = document["kind"]
    rank = _FIRST.index(kind) if kind in _FIRST else len(_FIRST) + (kind == "StatefulSet")
    return (_PHASES.get(_annotation(document, HOOK), 0) + wave_of(document, stateful), rank)


def _annotation(document: Manifest, name: str) -> str:
    return documents.text(document, "metadata", "annotations", name)
