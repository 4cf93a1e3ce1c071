"""The effect of applying a difference.

A difference that is not known to be harmless is called in force at once.
"""

from kubestock.changes.change import Effect, Path
from kubestock.changes.defaults import is_default
from kubestock.changes.fields import Difference
from kubestock.changes.identity import Identity
from kubestock.changes.immutable import rules_of
from kubestock.changes.readers import RESTARTABLE, Readers
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.kinds import POD_TEMPLATES

_DATA = {
    "ConfigMap": (("data",), ("binaryData",)),
    "Secret": (("data",), ("stringData",), ("type",)),
    "SealedSecret": (
        *(("spec", "encryptedData"), ("spec", "data"), ("spec", "template", "data"), ("spec", "template", "type")),
    ),
    "ExternalSecret": (
        *(("spec", "data"), ("spec", "dataFrom"), ("spec", "secretStoreRef"), ("spec", "target", "template")),
    ),
}
_SCALED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"})
_AT_START = {
    "CronJob": (("spec", "jobTemplate"),),
    "LimitRange": (("spec",),),
    "PriorityClass": (("globalDefault",),),
    "ReplicaSet": (("spec", "template"),),
    "ServiceAccount": (("automountServiceAccountToken",), ("imagePullSecrets",), ("metadata", "annotations")),
}
_HARMLESS = {
    "PriorityClass": (("description",),),
    "SealedSecret": (("spec", "template", "metadata"),),
}
_HANDED_OVER = (
    "without an owner, the number becomes 1, until an autoscaler raises it: transfer its ownership first, as described "
    "in docs/rollout.md"
)
"""See https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership"""

_HOOK = "argocd.argoproj.io/hook"
_ACTED_ON = ("argocd.argoproj.io/", "sealedsecrets.bitnami.com/", "grafana", "storageclass.kubernetes.io/")
_SELECTED_BY_LABEL = frozenset({"PodMonitor", "ServiceMonitor", "PrometheusRule"})
_ANNOTATED_SETTINGS = frozenset({"Service", "Ingress", "IngressClass", "Application", "AppProject"})


def effect_of(found: Difference, before: Document, after: Document) -> tuple[Effect, str]:
    """Return the effect of one difference of two objects, and additional facts, except for data that pods read."""
    if is_default(found, before, after):
        return Effect.HARMLESS, ""
    rules = rules_of(after)
    if rules is not None and rules.refuse(found, before, after):
        return (Effect.HOOK, "") if is_recreated_hook(before, after) else (Effect.RECREATE, rules.recreating)
    return _of_mutable(found, after)


def _of_mutable(found: Difference, after: Document) -> tuple[Effect, str]:
    kind = documents.text(after, "kind")
    if found.path[:1] == ("metadata",) and not _under(found.path, _AT_START.get(kind, ())):
        return _of_metadata(kind, found.path), ""
    if kind in RESTARTABLE and _overlaps(found.path, POD_TEMPLATES[kind]):
        return _of_template(after)
    if kind in _SCALED and found.path == ("spec", "replicas"):
        return Effect.SCALES, _HANDED_OVER if found.after is None and found.before not in (0, 1) else ""
    if _under(found.path, _AT_START.get(kind, ())):
        return Effect.AT_START, ""
    harmless = found.path == ("apiVersion",) or _under(found.path, _HARMLESS.get(kind, ()))
    return (Effect.HARMLESS if harmless else Effect.IN_FORCE), ""


def effect_of_data(found: Difference, source: Identity, readers: Readers) -> tuple[Effect, str] | None:
    """Return when pods read a change of the data of a ConfigMap or Secret, or None for another difference."""
    if any(_overlaps(found.path, data) for data in _DATA.get(source[1], ())):
        return readers.effect_on(source)
    return None


def _of_template(after: Document) -> tuple[Effect, str]:
    if documents.text(after, "spec", "updateStrategy", "type") == "OnDelete":
        return Effect.AT_START, "its update strategy is OnDelete: a pod is replaced after it is deleted"
    if documents.at(after, "spec", "paused") is True:
        return Effect.AT_START, "it is paused: its pods are replaced when it is resumed"
    return Effect.ROLLS, ""


def _of_metadata(kind: str, path: Path) -> Effect:
    field, key = (str(step) for step in (*path[1:3], "", "")[:2])
    if field not in ("labels", "annotations"):
        return Effect.IN_FORCE
    if key.startswith(_ACTED_ON):
        return Effect.IN_FORCE
    if field == "annotations":
        return Effect.IN_FORCE if kind in _ANNOTATED_SETTINGS else Effect.HARMLESS
    if kind == "Namespace":
        # The namespaceSelectors of network policies match the other labels.
        return Effect.AT_START if key.startswith("pod-security.kubernetes.io/") else Effect.IN_FORCE
    return Effect.IN_FORCE if kind in _SELECTED_BY_LABEL else Effect.HARMLESS


def is_metadata_in_force(kind: str, path: Path) -> bool:
    """Whether a label or an annotation of an object of this kind has an effect."""
    return _under(path, _AT_START.get(kind, ())) or _of_metadata(kind, path) is not Effect.HARMLESS


def is_hook(manifest: Document) -> bool:
    """Whether Argo CD creates an object for each sync only."""
    return bool(documents.annotation(manifest, _HOOK))


def is_recreated_hook(before: Document, after: Document) -> bool:
    """Whether Argo CD deletes an object before it creates it again.

    See https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/#hook-lifecycle-and-cleanup
    """
    policies = documents.annotation(after, f"{_HOOK}-delete-policy")
    return is_hook(before) and is_hook(after) and (not policies or "BeforeHookCreation" in policies)


def _under(path: Path, places: tuple[tuple[str, ...], ...]) -> bool:
    return any(path[: len(place)] == place for place in places)


def _overlaps(path: Path, place: tuple[str, ...]) -> bool:
    shorter = min(len(path), len(place))
    return path[:shorter] == place[:shorter]
