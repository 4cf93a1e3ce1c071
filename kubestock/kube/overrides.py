"""Overrides of a finished manifest; a path that does not exist is an error."""

import copy
from collections.abc import Sequence
from typing import Any, cast

import cdk8s
import jsonpatch
import jsonpointer
from jsii.errors import JSIIError

from kubestock.errors import ConfigurationError
from kubestock.yaml.plain import check_plain

Manifest = dict[str, Any]
Override = jsonpatch.JsonPatch | cdk8s.JsonPatch


def made(operation: str, path: str, value: object, manifest: Manifest) -> Override:
    """Return an override of one field.

    Raises:
        ConfigurationError: if the path is not a JSON pointer, or a manifest cannot contain the value.
    """
    try:
        pointer = jsonpointer.JsonPointer(path)
        check_plain(value, manifest=manifest, path=pointer.parts)
        return jsonpatch.JsonPatch([{"op": operation, "path": path, "value": copy.deepcopy(value)}])
    except jsonpointer.JsonPointerException as error:
        raise ConfigurationError(
            f"path must be a JSON pointer such as '/spec/replicas', got {path!r}: {error}"
        ) from None


def applied(override: Override, document: Manifest) -> Manifest:
    """Return a manifest with an override applied.

    Raises:
        ConfigurationError: if the path does not exist in it.
    """
    try:
        if isinstance(override, jsonpatch.JsonPatch):
            return cast("Manifest", override.apply(document))
        return cast("Manifest", cdk8s.JsonPatch.apply(document, override))
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, JSIIError, RuntimeError):
        # The messages of the libraries contain the document, which may be confidential, so they are left out.
        what = f"{document['kind']} {document['metadata']['name']!r}"
        if isinstance(override, jsonpatch.JsonPatch):
            raise ConfigurationError(_without_path(override.patch[0], document, what)) from None
        raise ConfigurationError(
            f"the paths of a patch must exist in the manifest of {what}; give paths that are in the synthesized YAML"
        ) from None


def _without_path(patch: Manifest, document: Manifest, what: str) -> str:
    """Return the error for a path that does not exist: it names the first part that is missing."""
    parts = jsonpointer.JsonPointer(patch["path"]).parts
    parent = _first_missing(document, parts[:-1])
    where, last, whole = parent or patch["path"], "", ""
    if patch["op"] == "add" and parent is not None:
        last, whole = ", except for its last part", f"override {where!r} with a whole value, or "
    return (
        f"the path of an override ({patch['op']} {patch['path']!r}) must exist in the manifest of {what}{last}: "
        f"{where!r} does not; {whole}correct the path: an item of a list is its number, and '/' in a key is ~1"
    )


def _first_missing(document: Manifest, parts: Sequence[str]) -> str | None:
    found: object = document
    known = ""
    for part in parts:
        known += f"/{jsonpointer.escape(part)}"
        found = found.get(part) if isinstance(found, dict) else _item(found, part)
        if found is None:
            return known
    return None


def _item(found: object, part: str) -> object:
    return found[int(part)] if isinstance(found, list) and part.isdecimal() and int(part) < len(found) else None
