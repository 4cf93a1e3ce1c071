"""Finds the fields in which two manifests differ: list items are matched by name, so an insertion is one difference."""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kubestock.changes.change import Item, Path
from kubestock.changes.concealed import Hidden
from kubestock.values.documents import amount

_NAME = ("name",)
_KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "containers": (_NAME,),
    "initContainers": (_NAME,),
    "env": (_NAME,),
    "volumes": (_NAME,),
    "volumeMounts": (("mountPath",),),
    "volumeDevices": (("devicePath",),),
    "imagePullSecrets": (_NAME,),
    "ports": (_NAME,),
    "topologySpreadConstraints": (("topologyKey", "whenUnsatisfiable"),),
    "volumeClaimTemplates": (("metadata.name",),),
    "subjects": (("kind", "namespace", "name"),),
    "groups": (_NAME,),
    "rules": (("alert",), ("record",)),
    "hostAliases": (("ip",),),
}
"""The fields that identify the items of a list, by the field of the list; the first that identifies all is used.

The keys of pods are the patch merge keys of the API: k8s.io/api, core/v1/types.go, `patchMergeKey`.
"""

_BY_KEY = (("metadata", "labels"), ("metadata", "annotations"))
"""Maps whose keys have effects of their own: the first label is a difference like the second."""

_AMOUNTS = {
    "ResourceQuota": frozenset({"hard"}),
    "LimitRange": frozenset({"default", "defaultRequest", "max", "min", "maxLimitRequestRatio"}),
    "PersistentVolume": frozenset({"capacity"}),
}
_AMOUNT_FIELDS = frozenset({"sizeLimit", "averageValue", "divisor"})


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which two manifests differ; None means that it is absent, as null does in Kubernetes."""

    path: Path
    before: Any
    after: Any


def differences(kind: str, before: object, after: object, path: Path = ()) -> list[Difference]:
    """Return the deepest fields in which two values of an object of this kind differ.

    Quantities of the same amount are equal in any notation. A part that only one side has is one difference, as is a
    list
    of scalar values, such as arguments.
    """
    if path in _BY_KEY:
        before, after = before or {}, after or {}
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        keys = list(dict.fromkeys((*before, *after)))
        return [
            found for key in keys for found in differences(kind, before.get(key), after.get(key), (*path, str(key)))
        ]
    if _are_lists_of_maps(before, after):
        return _of_lists(kind, before, after, path)  # type: ignore[arg-type]  # both are lists of maps
    same = canonical(before) == canonical(after) or _same_amount(kind, path, before, after)
    return [] if same else [Difference(path, before, after)]


def canonical(value: object) -> str:
    """Return a text that is equal only for equal values: 1, true and "1" differ, the order of keys does not matter."""
    return json.dumps(value, sort_keys=True, default=_text_of)


def _text_of(value: object) -> str:
    return canonical(value.value) if isinstance(value, Hidden) else str(value)


def _are_lists_of_maps(before: object, after: object) -> bool:
    if not (isinstance(before, list) and isinstance(after, list) and before and after):
        return False
    return all(isinstance(each, Mapping) for each in (*before, *after))


def _same_amount(kind: str, path: Path, before: object, after: object) -> bool:
    parents = [step for step in path[:-1] if isinstance(step, str)][-2:]
    in_resources = len(parents) == len(path[-3:-1]) and parents[:1] == ["resources"]
    in_amounts = bool(parents) and parents[-1] in _AMOUNTS.get(kind, ())
    if not (in_resources or in_amounts or (path[-1:] and path[-1] in _AMOUNT_FIELDS)):
        return False
    amounts = amount(before), amount(after)
    return None not in amounts and amounts[0] == amounts[1]


def _of_lists(kind: str, before: list[Any], after: list[Any], path: Path) -> list[Difference]:
    for keys in _KEYS.get(str(path[-1]) if path else "", ()):
        old, new = _named(before, keys), _named(after, keys)
        if old is not None and new is not None:
            return _of_named(kind, old, new, path)
    if len(before) == len(after):
        pairs = list(zip(before, after, strict=True))
        by_position = [
            found
            for place, (old, new) in enumerate(pairs)
            for found in differences(kind, old, new, (*path, Item(str(place))))
        ]
        aligned = list(_of_aligned(kind, before, after, path))
        return min(by_position, aligned, key=len)
    return list(_of_aligned(kind, before, after, path))


def _of_named(kind: str, old: dict[str, Any], new: dict[str, Any], path: Path) -> list[Difference]:
    found = []
    for name in dict.fromkeys((*old, *new)):
        found += differences(kind, old.get(name), new.get(name), (*path, Item(name)))
    kept_before = [name for name in old if name in new]
    kept_after = [name for name in new if name in old]
    if kept_before != kept_after:
        found.append(Difference((*path, Item("(order)")), kept_before, kept_after))
    return found


def _of_aligned(kind: str, before: list[Any], after: list[Any], path: Path) -> Iterator[Difference]:
    texts = [[canonical(each) for each in side] for side in (before, after)]
    matcher = difflib.SequenceMatcher(None, texts[0], texts[1], autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        old, new = before[start:end], after[new_start:new_end]
        for place in range(max(len(old), len(new))):
            if place < len(old) and place < len(new):
                yield from differences(kind, old[place], new[place], (*path, Item(str(start + place))))
            elif place < len(old):
                yield Difference((*path, Item(str(start + place))), old[place], None)
            else:
                yield Difference((*path, Item(str(new_start + place))), None, new[place])


def _named(items: list[Any], keys: tuple[str, ...]) -> dict[str, Any] | None:
    """Return the items by name, or None if these keys do not identify each item."""
    named: dict[str, Any] = {}
    for item in items:
        parts = [_at(item, key) for key in keys]
        if parts[0] is None:
            return None
        name = "/".join(str(part) for part in parts if part is not None)
        if name in named:
            return None
        named[name] = item
    return named


def _at(item: Any, dotted: str) -> object:
    for key in dotted.split("."):
        item = item.get(key) if isinstance(item, Mapping) else None
    return item
