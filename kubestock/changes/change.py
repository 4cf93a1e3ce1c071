"""The result of a comparison: changes of objects and of their fields, each with its effect."""

import json
from dataclasses import dataclass, field
from enum import StrEnum

from kubestock.changes.consequences import Consequences
from kubestock.changes.identity import Identity, reference


class Effect(StrEnum):
    """The effect of applying a change, in order of urgency, the most urgent first."""

    RECREATE = "immutable: must be recreated"
    DELETED = "deleted"
    HOOK = "immutable: recreated as a hook"
    UNDECLARED = "undeclared"
    ROLLS = "rolls pods"
    SCALES = "scales pods"
    IN_FORCE = "in force at once"
    AT_START = "at the next start of pods"
    CREATED = "created"
    HARMLESS = "harmless"

    @property
    def meaning(self) -> str:
        """One sentence that explains the effect."""
        return _MEANINGS[self]

    @property
    def urgency(self) -> int:
        """The position in the order of urgency; lower is more urgent."""
        return list(Effect).index(self)


_MEANINGS = {
    Effect.RECREATE: "The API server or a controller refuses the change: delete the object, and create it again.",
    Effect.DELETED: "The object is no longer in the manifests; a tool that prunes, such as Argo CD, deletes it.",
    Effect.HOOK: "Immutable, but Argo CD deletes the hook of the last sync first; kubectl apply is refused.",
    Effect.UNDECLARED: "Only in the cluster: applying leaves it, and Argo CD reports Synced. Remove or declare it.",
    Effect.ROLLS: "The pod template changes, so all its pods are replaced, by the strategy of their workload.",
    Effect.SCALES: "Pods are started or stopped.",
    Effect.IN_FORCE: "Affects what runs already, without a restart: traffic, permissions, quotas, scaling, alerts.",
    Effect.AT_START: "Pods that start later get the new value; running pods keep what they read.",
    Effect.CREATED: "The object is new.",
    Effect.HARMLESS: "Changes nothing that runs: labels and annotations without an effect, descriptions.",
}


@dataclass(frozen=True, slots=True)
class Item:
    """A step of a path into a list: the item with a name, or at a position."""

    name: str


Path = tuple[str | Item, ...]


class What(StrEnum):
    """What happened to a field."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SEALED_ANEW = "sealed anew"
    UNDECLARED = "undeclared"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field that differs.

    Args:
        path: the path of the field.
        what: whether it was added, removed, changed or sealed anew, or is only in the cluster and stays there.
        before: its value, or None if it did not exist or is confidential.
        after: its value, or None if it does not exist or is confidential.
        effect: the effect of applying this change.
        hidden: whether the values are confidential, and left out.
        note: additional facts about the change.
    """

    path: Path
    what: What
    before: object
    after: object
    effect: Effect
    hidden: bool = False
    note: str = ""

    @property
    def where(self) -> str:
        """The path, as `spec.template.spec.containers[web].image`."""
        return shown(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectChange:
    """An object that differs, was created or was deleted.

    Args:
        group: the API group, an empty string for the core group.
        kind: the kind, for example `Deployment`.
        namespace: the namespace, an empty string for a cluster-scoped object.
        name: the name of the object.
        effect: the most urgent of the effects of its fields.
        fields: the fields that differ; none if the object was created or deleted.
        notes: additional facts, such as what is deleted with the object.
    """

    group: str
    kind: str
    namespace: str
    name: str
    effect: Effect
    fields: tuple[FieldChange, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def identity(self) -> Identity:
        """The identity of the object."""
        return self.group, self.kind, self.namespace, self.name

    @property
    def reference(self) -> str:
        """The kind, the namespace (if it has one) and the name."""
        return reference(self.identity)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCompared:
    """An object that could not be compared.

    Args:
        identity: the identity of the object.
        why: why it could not be compared.
    """

    identity: Identity
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The result of a comparison.

    Args:
        changes: the changes of objects.
        not_compared: objects that could not be compared: the effect of applying them is unknown.
        notes: additional facts about all objects.
        consequences: the consequences of all changes together.
    """

    changes: tuple[ObjectChange, ...]
    not_compared: tuple[NotCompared, ...] = ()
    notes: tuple[str, ...] = ()
    consequences: Consequences = field(default_factory=Consequences)


def shown(path: Path) -> str:
    """Return a path as it is printed; a key with dots or slashes is in brackets."""
    text = ""
    for step in path:
        if isinstance(step, Item):
            text += f"[{step.name}]"
        elif step and all(letter.isalnum() or letter in "-_" for letter in step):
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step, ensure_ascii=False)}]"
    return text
