"""Overrides of a finished manifest; a path that does not exist is an error."""

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
        attempted = "a patch"
        if isinstance(override, jsonpatch.JsonPatch):
            attempted = f"{override.patch[0]['op']} {override.patch[0]['path']!r}"
        raise ConfigurationError(
            f"the path of an override ({attempted}) must exist in the manifest of {document['kind']} "
            f"{document['metadata']['name']!r}; give a path that is in the synthesized YAML"
        ) from None
