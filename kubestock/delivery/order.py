"""The order in which a chart is applied: sync waves for Argo CD, and the same order in the file for kubectl."""

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
    **dict.fromkeys(("Issuer", "ClusterIssuer"), _ACCESS),  # a certificate is ready only after its issuer
    **dict.fromkeys(("SecretStore", "ClusterSecretStore"), _ACCESS),  # as is an external secret after its store
    **dict.fromkeys(("ConfigMap", "Secret", "SealedSecret", "ExternalSecret", "Certificate"), _INPUT),
    # A volume with late binding is bound only when a pod uses it: claims have the wave of the workloads.
    "PersistentVolumeClaim": _WORKLOADS,
    # No object needs an autoscaler, and an autoscaler may be degraded until there are metrics.
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
"""Kinds that come first in their wave."""


def arrange(chart: cdk8s.Chart) -> None:
    """Give every object of a chart a sync wave, and write the file in the same order.

    Argo CD applies a wave when the previous wave is healthy: first the namespace with its quota and policies, then
    access rights, then secrets and configuration with the StatefulSets that use them, then migrations, then the other
    workloads, then the gateway in front of them, and last the monitoring. An object with a wave keeps its wave. Call
    this function when the chart is complete; `kubestock.checks` reports an object that is applied before what it needs.

    Args:
        chart: the chart; objects that are added later have no annotation, which means wave 0.

    Raises:
        ConfigurationError: if the wave of an object is not a number.

    See https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
    """
    if not isinstance(chart, Written):
        raise ConfigurationError(
            f"arrange requires a Chart of kubestock, which renders its objects itself, got {type(chart).__name__}"
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
    # Wave 0 needs no annotation; a SealedSecret must not have one, because the controller copies it to its Secret.
    if wave != 0 and not documents.annotation(document, WAVE) and documents.annotation(document, HOOK) in ("", "Sync"):
        metadata = document["metadata"]
        metadata["annotations"] = dict(sorted({**metadata.get("annotations", {}), WAVE: str(wave)}.items()))


def wave_of(document: Manifest, stateful: Collection[str] = ()) -> int:
    """Return the wave of an object: its own, or the default of its kind.

    Args:
        document: the manifest of the object.
        stateful: names of the StatefulSets in the same chart: migrations and workloads need them, and they need the
            Services with their names.
    """
    own = documents.annotation(document, WAVE)
    if own:
        if not _NUMBER.fullmatch(own):
            raise ConfigurationError(
                f"{WAVE} of {document['kind']} {document['metadata']['name']!r} must be a whole number, got {own!r}"
            )
        return int(own)
    if documents.annotation(document, HOOK):
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
    return (_PHASES.get(documents.annotation(document, HOOK), 0) + wave_of(document, stateful), rank)
