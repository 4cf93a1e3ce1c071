"""What makes the ConfigMaps and Secrets that pods name, and which keys they have."""

from collections.abc import Iterator
from dataclasses import dataclass

from kubestock.checks.facts.inventory import Inventory
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.makers import MAKERS, PROGRAMS, secret_made_by

_DATA = (("data",), ("binaryData",), ("stringData",))
_KEYS = {
    "ConfigMap": _DATA,
    "Secret": _DATA,
    "SealedSecret": (("spec", "encryptedData"), ("spec", "template", "data")),
}
"""Where the keys stand of what an object is or makes."""

_CONTROLLERS = ("Certificate", "ExternalSecret")
"""Kinds whose controller makes a Secret, and decides on its keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys of a ConfigMap or Secret; not `complete` where a controller decides on them."""

    keys: frozenset[str]
    complete: bool = True


def keys_of(inventory: Inventory, kind: str, namespace: str, name: str) -> Keys | None:
    """Return the keys of a ConfigMap or a Secret, or None if nothing in the chart makes it."""
    maker = maker_of(inventory, kind, namespace, name)
    return None if maker is None else inventory.derived(_known_keys)[id(maker)]


def maker_of(inventory: Inventory, kind: str, namespace: str, name: str) -> Document | None:
    """Return the object that makes another one: itself, or for a Secret what a controller makes it from."""
    found = inventory.find(kind, namespace, name)
    if found is not None or kind != "Secret":
        return found
    sealed = inventory.find("SealedSecret", namespace, name)
    return inventory.derived(_makers).get((namespace, name)) if sealed is None else sealed


def made_by_others(inventory: Inventory, namespace: str) -> set[str]:
    """Return the names of the Secrets in a namespace that a controller or a program makes under a name of its own."""
    return {name for home, name in inventory.derived(_makers) if home == namespace}


def makers_of_secrets(inventory: Inventory) -> Iterator[tuple[Document, str]]:
    """Yield each object that makes a Secret, with the name of that Secret."""
    for maker in inventory.of_kind(*MAKERS):
        name = secret_made_by(maker)
        if name:
            yield maker, name


def _known_keys(inventory: Inventory) -> dict[int, Keys]:
    return {id(maker): _keys(maker) for maker in inventory.of_kind(*_KEYS, *_CONTROLLERS, *PROGRAMS)}


def _keys(maker: Document) -> Keys:
    kind = documents.kind(maker)
    if kind in _KEYS:
        return Keys(keys=frozenset(key for path in _KEYS[kind] for key in documents.mapping(maker, *path)))
    if kind == "ExternalSecret" and documents.at(maker, "spec", "data") and not documents.at(maker, "spec", "dataFrom"):
        return _keys_of_external(documents.mapping(maker, "spec"))
    return Keys(keys=frozenset(), complete=False)


def _keys_of_external(spec: Document) -> Keys:
    values = frozenset(documents.text(each, "secretKey") for each in documents.mappings(spec, "data"))
    template = documents.mapping(spec, "target", "template")
    templated = frozenset(documents.mapping(template, "data"))
    replaces = bool(templated) and documents.text(template, "mergePolicy") != "Merge"
    return Keys(keys=templated if replaces else values | templated, complete="templateFrom" not in template)


def _makers(inventory: Inventory) -> dict[tuple[str, str], Document]:
    makers: dict[tuple[str, str], Document] = {}
    for maker in inventory.of_kind(*_CONTROLLERS, *PROGRAMS):
        name = secret_made_by(maker)
        if name:
            makers.setdefault((documents.namespace(maker), name), maker)
    return makers
