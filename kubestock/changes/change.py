"""What was found: changes of objects and of their fields, each with its effect."""

import json
from dataclasses import dataclass, field
from enum import StrEnum

from kubestock.changes.consequences import Consequences
from kubestock.changes.identity import Identity, reference


class Effect(StrEnum):
    """What applying a change does. The order is that of urgency, the worst first."""

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
        """One sentence for readers."""
        return _MEANINGS[self]

    @property
    def urgency(self) -> int:
        """The smaller, the sooner it must be looked at."""
        return list(Effect).index(self)


_MEANINGS = {
    Effect.RECREATE: "The API server or a controller refuses the change: delete the object, and create it anew.",
    Effect.DELETED: "The object is no longer in the manifests; whoever prunes (Argo CD, for example) deletes it.",
    Effect.HOOK: "Immutable, but Argo CD deletes the hook of the last sync first; kubectl apply is refused.",
    Effect.UNDECLARED: "Added in the cluster alone: applying leaves it, Argo CD says Synced. Remove or declare it.",
    Effect.ROLLS: "The pod template changes, so all its pods are replaced, by the strategy of their workload.",
    Effect.SCALES: "Pods are started or stopped.",
    Effect.IN_FORCE: "Works on what runs already, without a restart: traffic, permissions, quotas, scaling, alerts.",
    Effect.AT_START: "Pods that start from then on get what is new; running ones keep what they read.",
    Effect.CREATED: "The object is new.",
    Effect.HARMLESS: "Changes nothing that runs: labels and annotations that nothing acts on, descriptions.",
}


@dataclass(frozen=True, slots=True)
class Item:
    """A step of a path into a list: the item of this name, or at this position."""

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
        path: where it is.
        what: whether it was added, removed, changed, or sealed anew; or is in the cluster alone, and stays.
        before: its value, or None if it was not there or is confidential.
        after: its value, or None if it is not there or is confidential.
        effect: what applying this change does.
        hidden: whether the values are confidential, and left out.
        note: what else is to be known about it.
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
        group: the API group, empty for the core group.
        kind: for example `Deployment`.
        namespace: empty for what is in none.
        name: of the object.
        effect: the most urgent of all its effects.
        fields: what differs in it; nothing if it was created or deleted.
        notes: what else is to be known, such as what goes with a deleted object.
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
        """Which object it is."""
        return self.group, self.kind, self.namespace, self.name

    @property
    def reference(self) -> str:
        """Kind, namespace (if it has one) and name."""
        return reference(self.identity)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCompared:
    """An object of which nothing is known.

    Args:
        identity: which one.
        why: what stood in the way.
    """

    identity: Identity
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All that was found.

    Args:
        changes: of objects.
        not_compared: what could not be looked at: what applying it changes is not known.
        notes: what else is to be known of all objects.
        consequences: of all changes together.
    """

    changes: tuple[ObjectChange, ...]
    not_compared: tuple[NotCompared, ...] = ()
    notes: tuple[str, ...] = ()
    consequences: Consequences = field(default_factory=Consequences)


def shown(path: Path) -> str:
    """Return a path as people write it; a key with dots or slashes in it stands in brackets."""
    text = ""
    for step in path:
        if isinstance(step, Item):
            text += f"[{step.name}]"
        elif step and all(letter.isalnum() or letter in "-_" for letter in step):
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step, ensure_ascii=False)}]"
    return text
