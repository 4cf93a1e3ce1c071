"""Overrides of a finished manifest, which are strict about paths that do not exist."""

import copy
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
        ConfigurationError: if the path is not a JSON pointer, or the value is none that a manifest can hold.
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
    """Return a manifest with an override.

    Raises:
        ConfigurationError: if the path does not exist in it.
    """
    try:
        if isinstance(override, jsonpatch.JsonPatch):
            return cast("Manifest", override.apply(document))
        return cast("Manifest", cdk8s.JsonPatch.apply(document, override))
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, JSIIError, RuntimeError):
        # The libraries' own messages hold the document, so they are left out: it may be confidential.
        attempted = "a patch"
        if isinstance(override, jsonpatch.JsonPatch):
            attempted = f"{override.patch[0]['op']} {override.patch[0]['path']!r}"
        raise ConfigurationError(
            f"{document['kind']} {document['metadata']['name']!r} cannot take the override ({attempted}): "
            "the path does not exist in its manifest; name one as it is in the synthesized YAML"
        ) from None
