"""The objects that create the ConfigMaps and Secrets of pods, and the keys of these."""

from collections.abc import Iterator
from dataclasses import dataclass

from kubestock.checks.facts.inventory import Inventory
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.makers import MAKERS, PROGRAMS, secret_made_by

_DATA = (("data",), ("binaryData",), ("stringData",))
_KEY_PATHS = {
    "ConfigMap": _DATA,
    "Secret": _DATA,
    "SealedSecret": (("spec", "encryptedData"), ("spec", "template", "data")),
}
"""The paths of the maps whose keys are the keys of the ConfigMap or Secret."""

_CONTROLLERS = ("Certificate", "ExternalSecret")
"""Kinds whose controller creates a Secret and chooses its keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKeys:
    """The known keys of a ConfigMap or Secret; not `complete` if a controller can add others."""

    keys: frozenset[str]
    complete: bool = True


def keys_of(inventory: Inventory, kind: str, namespace: str, name: str) -> KnownKeys | None:
    """Return the keys of a ConfigMap or a Secret, or None if no object in the manifests creates it."""
    maker = maker_of(inventory, kind, namespace, name)
    return None if maker is None else inventory.derived(_known_keys)[id(maker)]


def maker_of(inventory: Inventory, kind: str, namespace: str, name: str) -> Document | None:
    """Return the ConfigMap or Secret itself, or the object from which a controller creates the Secret, or None."""
    found = inventory.find(kind, namespace, name)
    if found is not None or kind != "Secret":
        return found
    sealed = inventory.find("SealedSecret", namespace, name)
    return inventory.derived(_makers).get((namespace, name)) if sealed is None else sealed


def secrets_of_controllers(inventory: Inventory, namespace: str) -> set[str]:
    """Return the names of the Secrets in a namespace that a controller or a program creates."""
    return {name for home, name in inventory.derived(_makers) if home == namespace}


def makers_of_secrets(inventory: Inventory) -> Iterator[tuple[Document, str]]:
    """Yield each object that creates a Secret, with the name of that Secret."""
    for maker in inventory.of_kind(*MAKERS):
        name = secret_made_by(maker)
        if name:
            yield maker, name


def _known_keys(inventory: Inventory) -> dict[int, KnownKeys]:
    return {id(maker): _keys(maker) for maker in inventory.of_kind(*_KEY_PATHS, *_CONTROLLERS, *PROGRAMS)}


def _keys(maker: Document) -> KnownKeys:
    kind = documents.kind(maker)
    if kind in _KEY_PATHS:
        return KnownKeys(keys=frozenset(key for path in _KEY_PATHS[kind] for key in documents.mapping(maker, *path)))
    if kind == "ExternalSecret" and documents.at(maker, "spec", "data") and not documents.at(maker, "spec", "dataFrom"):
        return _keys_of_external(documents.mapping(maker, "spec"))
    return KnownKeys(keys=frozenset(), complete=False)


def _keys_of_external(spec: Document) -> KnownKeys:
    values = frozenset(documents.text(each, "secretKey") for each in documents.mappings(spec, "data"))
    template = documents.mapping(spec, "target", "template")
    templated = frozenset(documents.mapping(template, "data"))
    replaces = bool(templated) and documents.text(template, "mergePolicy") != "Merge"
    return KnownKeys(keys=templated if replaces else values | templated, complete="templateFrom" not in template)


def _makers(inventory: Inventory) -> dict[tuple[str, str], Document]:
    makers: dict[tuple[str, str], Document] = {}
    for maker in inventory.of_kind(*_CONTROLLERS, *PROGRAMS):
        name = secret_made_by(maker)
        if name:
            makers.setdefault((documents.namespace(maker), name), maker)
    return makers
