"""Compares two sets of manifests."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kubestock.changes.change import Effect, FieldChange, ObjectChange, What, shown
from kubestock.changes.concealed import Hidden, masked
from kubestock.changes.effects import effect_of, effect_of_data
from kubestock.changes.fields import Difference, canonical, differences
from kubestock.changes.hidden import is_confidential, is_sealed, manifests_in
from kubestock.changes.identity import Identity, identity_of
from kubestock.changes.immutable import rules_of
from kubestock.changes.readers import Readers
from kubestock.changes.traffic import traffic_after

Manifest = dict[str, Any]

_GOES_WITH_IT = {
    "Namespace": "everything in it is deleted",
    "PersistentVolumeClaim": "its data is deleted, unless the volume is retained",
    "SealedSecret": "its Secret is deleted, and pods that need it do not start again",
    "ExternalSecret": "its Secret is deleted if it owns it, and pods that need it do not start again",
    "Secret": "pods that need it do not start again",
    "ConfigMap": "pods that need it do not start again",
    "ServiceAccount": "pods that use it do not start again",
    "PriorityClass": "pods that name it do not start again",
    "Deployment": "its pods are deleted",
    "StatefulSet": "its pods are deleted, the claims of their volumes are kept",
    "DaemonSet": "its pods are deleted",
    "Job": "its pods are deleted",
    "CronJob": "its Jobs and their pods are deleted",
    "Service": "its name and its address have no target",
    "NetworkPolicy": "traffic that only it allowed is blocked, and pods without another policy allow all traffic",
    "ResourceQuota": "resources are no longer limited",
    "PodDisruptionBudget": "the drain of a node may evict all pods at once",
    "HorizontalPodAutoscaler": "the number of pods stays as it is, until it is set",
    "Application": "with its finalizer, everything that it deployed is deleted",
    "Certificate": "it is no longer renewed; its Secret is kept",
    "CustomResourceDefinition": "every object of its kind is deleted",
}
_IN_FORCE_WHEN_CREATED = {
    "NetworkPolicy": "in force at once: it isolates the pods that it selects, also those that already run",
    "ResourceQuota": "in force at once: new pods must fit into it, also those of rollouts and autoscalers",
    "LimitRange": "in force at once: it gives new pods its defaults, and rejects pods outside its bounds",
}
_UNKNOWN_KIND = "the immutable fields of this kind are unknown"


def compare(before: Iterable[object], after: Iterable[object]) -> list[ObjectChange]:
    """Return what applying `after` changes in a cluster with `before`, the most urgent change first.

    Two manifests describe the same object if their API group, kind, namespace and name are equal. Fields that the
    server
    sets (status, generation and others) are not compared. The result has no values of Secrets.

    Args:
        before: manifests as YAML loads them.
        after: manifests as YAML loads them.
    """
    old, new = _by_identity(before), _by_identity(after)
    found = {identity: differences(identity[1], old[identity], new[identity]) for identity in new if identity in old}
    restarted = {
        identity
        for identity, manifest in new.items()
        if identity not in old or _rolls(found[identity], old[identity], manifest)
    }
    readers = Readers(new, restarted)
    changes = [_created(identity, manifest) for identity, manifest in new.items() if identity not in old]
    changes += [_deleted(identity) for identity in old if identity not in new]
    changes += [_changed(identity, each, old[identity], new, readers) for identity, each in found.items() if each]
    return most_urgent_first(changes)


def most_urgent_first(changes: Iterable[ObjectChange]) -> list[ObjectChange]:
    """Return changes in the order in which they are printed."""
    return sorted(changes, key=lambda change: (change.effect.urgency, change.kind, change.namespace, change.name))


def _by_identity(stream: Iterable[object]) -> dict[Identity, Manifest]:
    return {identity_of(manifest): manifest for manifest in manifests_in(stream)}


def _rolls(found: list[Difference], before: Manifest, after: Manifest) -> bool:
    return any(effect_of(each, before, after)[0] in (Effect.ROLLS, Effect.RECREATE) for each in found)


def _created(identity: Identity, manifest: Manifest) -> ObjectChange:
    group, kind, namespace, name = identity
    notes = tuple(filter(None, ["" if rules_of(manifest) else _UNKNOWN_KIND, _IN_FORCE_WHEN_CREATED.get(kind, "")]))
    return ObjectChange(group=group, kind=kind, namespace=namespace, name=name, effect=Effect.CREATED, notes=notes)


def _deleted(identity: Identity) -> ObjectChange:
    group, kind, namespace, name = identity
    notes = tuple(filter(None, [_GOES_WITH_IT.get(kind, "")]))
    return ObjectChange(group=group, kind=kind, namespace=namespace, name=name, effect=Effect.DELETED, notes=notes)


def _changed(
    identity: Identity,
    found: list[Difference],
    before: Manifest,
    manifests: Mapping[Identity, Manifest],
    readers: Readers,
) -> ObjectChange:
    group, kind, namespace, name = identity
    after = manifests[identity]
    fields = tuple(_field(identity, part, before, after, readers) for each in found for part in _by_key(kind, each))
    effect = min((field.effect for field in fields), key=lambda each: each.urgency)
    notes = () if rules_of(after) else (_UNKNOWN_KIND,)
    traffic = traffic_after(identity, found, manifests)
    others = tuple(filter(None, dict.fromkeys((*(field.note for field in fields), traffic))))
    refused = [shown(field.path) for field in fields if field.effect in (Effect.RECREATE, Effect.HOOK)]
    immutable = (f"immutable: {', '.join(refused)}",) if refused else ()
    return ObjectChange(
        group=group,
        kind=kind,
        namespace=namespace,
        name=name,
        effect=effect,
        fields=fields,
        notes=(*notes, *immutable, *others),
    )


def _field(identity: Identity, found: Difference, before: Manifest, after: Manifest, readers: Readers) -> FieldChange:
    kind = identity[1]
    effect, note = effect_of(found, before, after)
    if effect not in (Effect.RECREATE, Effect.HOOK):
        effect, note = effect_of_data(found, identity, readers) or (effect, note)
    old, new = masked(found.before), masked(found.after)
    is_hidden = isinstance(found.before, Hidden) or isinstance(found.after, Hidden) or canonical(old) == canonical(new)
    hidden = is_hidden or is_confidential(kind, found.path)
    return FieldChange(
        path=found.path,
        what=_what(kind, found),
        before=None if hidden else old,
        after=None if hidden else new,
        effect=effect,
        hidden=hidden,
        note=note,
    )


def _by_key(kind: str, found: Difference) -> Iterator[Difference]:
    """Split a map with confidential values that was added or removed as a whole: each key is a difference."""
    sides = [side for side in (found.before, found.after) if side is not None]
    holds_secrets = kind.lower() == "secret" or kind == "SealedSecret"
    if not (holds_secrets and len(sides) == 1 and isinstance(sides[0], Mapping) and sides[0]):
        yield found
        return
    for key, value in sides[0].items():
        old, new = (None, value) if found.before is None else (value, None)
        yield from _by_key(kind, Difference((*found.path, key), old, new))


def _what(kind: str, found: Difference) -> What:
    if found.before is None:
        return What.ADDED
    if found.after is None:
        return What.REMOVED
    return What.SEALED_ANEW if is_sealed(kind, found.path) else What.CHANGED
