"""The fields of an object that other managers than the applier own, from its managedFields.

See https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from kubestock.changes.change import Item, Path
from kubestock.values import documents
from kubestock.values.documents import Document

ABSENT = object()
"""A value that a manifest does not declare."""

_OMITTED = {"protocol": "TCP"}
"""Defaults of the keys of a list item, for a manifest that leaves them out."""

_BY_KEY = (("annotations",), ("labels",))
"""Maps whose keys are reported one by one, also if the manifest has none of them."""

Fields = Mapping[str, Any]


def foreign_fields(live: Document, manager: str) -> Iterator[Fields]:
    """Yield the fields that each other manager owns, except what controllers write to subresources.

    Args:
        live: the object in the cluster, with its managedFields.
        manager: the field manager that applies the manifests.
    """
    for entry in documents.mappings(live, "metadata", "managedFields"):
        ours = (documents.text(entry, "manager"), documents.text(entry, "operation")) == (manager, "Apply")
        if not ours and not documents.text(entry, "subresource"):
            yield documents.mapping(entry, "fieldsV1")


def missing(fields: Fields, declared: object, live: object, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the outermost paths, with their values, that are owned and live but not declared in the manifest.

    Args:
        fields: the fields that a manager owns, in the format fieldsV1.
        declared: the manifest, or its part at the path.
        live: the object, or its part at the path.
        path: the path of both parts.
    """
    if live is ABSENT or live in (None, {}, []):
        return
    if declared is ABSENT and path[-1:] in _BY_KEY:
        declared = {}
    if declared is ABSENT:
        yield path, live
        return
    for key, below in fields.items():
        kind, _, name = key.partition(":")
        if kind == "f":
            step: str | Item = name
            inside, outside = _field(live, name), _field(declared, name)
        elif kind == "k":
            keys = json.loads(name)
            inside, outside = _item(live, keys), _item(declared, keys)
            step = Item(_name_of(inside, keys))
        elif kind == "v":
            value = json.loads(name)
            step, inside, outside = Item(str(value)), _member(live, value), _member(declared, value)
        else:
            continue  # the item itself, or an item by its position in a list without keys
        yield from missing(below, outside, inside, (*path, step))


def _field(value: object, name: str) -> Any:
    found = value.get(name) if isinstance(value, Mapping) else None
    return ABSENT if found is None else found


def _item(value: object, keys: Mapping[str, Any]) -> Any:
    for each in value if isinstance(value, list) else ():
        if isinstance(each, Mapping) and all(each.get(key, _OMITTED.get(key)) == keys[key] for key in keys):
            return each
    return ABSENT


def _member(value: object, member: object) -> Any:
    return member if isinstance(value, list) and member in value else ABSENT


def _name_of(item: object, keys: Mapping[str, Any]) -> str:
    name = documents.text(item, "name")
    return name or "/".join(str(each) for each in keys.values())
