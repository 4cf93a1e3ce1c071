"""Single changes of manifests, read from the tables in this folder."""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kubestock.values.kinds import POD_TEMPLATES

Manifest = dict[str, Any]
FOLDER = Path(__file__).parent
_STEP = re.compile(r"'([^']+)'|([^.']+)")


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """One change of one object, and the rule that must find it (`legitimate` if no rule may find it)."""

    table: str
    base: str
    object: str
    rule: str
    edit: Manifest

    @property
    def title(self) -> str:
        verb, what = next(iter(self.edit.items()))
        return f"{self.object}: {verb} {yaml.dump(what, default_flow_style=True, width=10**6).split(chr(10))[0]}"

    def apply(self, manifests: list[Manifest]) -> list[Manifest]:
        """Return the manifests with this change; only the changed object is copied."""
        kind, name = self.object.split()
        (position,) = [
            at for at, each in enumerate(manifests) if (each["kind"], each["metadata"]["name"]) == (kind, name)
        ]
        document = copy.deepcopy(manifests[position])
        ((verb, what),) = self.edit.items()
        if verb == "beside":
            return [*manifests, what]
        if verb == "drop":
            return manifests[:position] + manifests[position + 1 :]
        _EDITS[verb](document, what)
        return [*manifests[:position], document, *manifests[position + 1 :]]


def table(name: str) -> Iterator[Mutation]:
    """Yield the mutations of one file: for each base and object, the rules with the changes that they must find."""
    for group in yaml.safe_load_all((FOLDER / f"{name}.yaml").read_text("utf-8")):
        base, target = group.pop("in"), group.pop("object")
        for rule, edits in group.items():
            for edit in edits:
                yield Mutation(table=name, base=base, object=target, rule=rule, edit=edit)


def _set(document: Manifest, changes: Manifest) -> None:
    for path, value in changes.items():
        holder, key = _holder(document, path, make=True)
        holder[key] = value


def _remove(document: Manifest, path: str) -> None:
    holder, key = _holder(document, path)
    del holder[key]


def _rename(document: Manifest, names: dict[str, str]) -> None:
    for path, name in names.items():
        holder, key = _holder(document, path)
        holder[name] = holder.pop(key)


def _append(document: Manifest, changes: Manifest) -> None:
    for path, value in changes.items():
        holder, key = _holder(document, path, make=True)
        holder.setdefault(key, []).append(value)


def _repeat(document: Manifest, path: str) -> None:
    holder, key = _holder(document, path)
    holder.append(copy.deepcopy(holder[key]))


_EDITS: dict[str, Callable[[Manifest, Any], None]] = {
    "set": _set,
    "remove": _remove,
    "rename": _rename,
    "append": _append,
    "repeat": _repeat,
}


def _holder(document: Manifest, path: str, *, make: bool = False) -> tuple[Any, Any]:
    """Return the map or list that contains the last step of a path, and this step; `make` adds missing maps."""
    *steps, last = _steps(document["kind"], path)
    holder: Any = document
    for step in steps:
        holder = holder.setdefault(step, {}) if make and isinstance(holder, dict) else holder[step]
    return holder, last


def _steps(kind: str, path: str) -> list[str | int]:
    found: list[str | int] = []
    for quoted, plain in _STEP.findall(path):
        found.append(quoted or (int(plain) if plain.isdigit() else plain))
    first, rest = found[0], found[1:]
    if first in ("template", "pod", "container"):
        inside = {"template": (), "pod": ("spec",), "container": ("spec", "containers", 0)}[str(first)]
        return [*POD_TEMPLATES[kind], *inside, *rest]
    return found
