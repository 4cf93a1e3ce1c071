"""Fields that were added to an object in the cluster and are not in the manifests: applying leaves them there."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from kubestock.changes.change import Effect, FieldChange, ObjectChange, Path, What, shown
from kubestock.changes.concealed import masked
from kubestock.changes.defaults import is_server_default
from kubestock.changes.effects import is_metadata_in_force
from kubestock.changes.hidden import is_confidential, manifests_in
from kubestock.changes.identity import Identity, identity_of
from kubestock.changes.ownership import foreign_fields, missing
from kubestock.values.documents import Document

_NOT_AUTHORED = (("status",), ("operation",), ("metadata", "finalizers"), ("metadata", "ownerReferences"))
_OF_CONTROLLERS = frozenset(
    {
        *("argocd.argoproj.io/refresh", "kubectl.kubernetes.io/restartedAt", "kubernetes.io/metadata.name"),
    }
)
"""Annotations and labels that a controller, or a restart, writes."""


def with_undeclared(
    changes: Iterable[ObjectChange], manifests: Iterable[Document], applied: Iterable[Document], *, manager: str
) -> list[ObjectChange]:
    """Return the changes, extended by fields that the manifests do not declare.

    Args:
        changes: the changes of applying the manifests.
        manifests: the manifests, as they are applied.
        applied: the objects as they would be after applying, with their managedFields.
        manager: the field manager that applies them.
    """
    found = {(each.group, each.kind, each.namespace, each.name): each for each in changes}
    declared = {identity_of(each): each for each in manifests_in(manifests)}
    for raw in applied:
        identity = identity_of(raw)
        fields = _undeclared(declared.get(identity), raw, manager)
        if fields:
            found[identity] = _joined(identity, found.get(identity), fields)
    return list(found.values())


def _undeclared(declared: Document | None, raw: Document, manager: str) -> tuple[FieldChange, ...]:
    live = next(manifests_in([raw]), None)
    if declared is None or live is None:
        return ()
    kind = identity_of(raw)[1]
    places: dict[str, tuple[Path, Any]] = {}
    for fields in foreign_fields(raw, manager):
        for path, value in missing(fields, declared, live):
            if _counts(kind, path, value):
                places.setdefault(shown(path), (path, value))
    return tuple(_field(kind, path, value) for path, value in places.values())


def _counts(kind: str, path: Path, value: object) -> bool:
    if any(path[: len(each)] == each for each in _NOT_AUTHORED) or path[-1] in _OF_CONTROLLERS:
        return False
    if path[:1] == ("metadata",):
        return is_metadata_in_force(kind, path)
    return not is_server_default(kind, path, value)


def _field(kind: str, path: Path, value: object) -> FieldChange:
    plain = masked(value)
    hidden = is_confidential(kind, path) or plain != value
    return FieldChange(
        path=path,
        what=What.UNDECLARED,
        before=None if hidden else plain,
        after=None if hidden else plain,
        effect=Effect.UNDECLARED,
        hidden=hidden,
    )


def _joined(identity: Identity, change: ObjectChange | None, fields: tuple[FieldChange, ...]) -> ObjectChange:
    if change is None:
        group, kind, namespace, name = identity
        effect = Effect.UNDECLARED
        return ObjectChange(group=group, kind=kind, namespace=namespace, name=name, effect=effect, fields=fields)
    effect = min(change.effect, Effect.UNDECLARED, key=lambda each: each.urgency)
    return replace(change, effect=effect, fields=(*change.fields, *fields))
