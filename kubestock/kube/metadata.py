"""The metadata of one object, with the methods of cdk8s."""

from collections.abc import Mapping
from typing import Any

import cdk8s

from kubestock.kube.bindings import to_manifest

Manifest = dict[str, Any]


class Metadata:
    """The metadata of a `KubeObject`: the methods of `cdk8s.ApiObjectMetadataDefinition`, without calls to Node.js.

    Args:
        known: the name, the namespace, the labels and the annotations from the construct.
    """

    def __init__(self, known: Mapping[str, Any]) -> None:
        self._fields: Manifest = {
            key: dict(value) if isinstance(value, Mapping) else value for key, value in known.items()
        }

    @property
    def name(self) -> str:
        """The name of the object."""
        return str(self._fields["name"])

    @property
    def namespace(self) -> str | None:
        """The namespace of the object, or None if it has none."""
        found: str | None = self._fields.get("namespace")
        return found

    def add_label(self, key: str, value: str) -> None:
        """Add a label to the object, or change it."""
        self._map("labels")[key] = value

    def get_label(self, key: str) -> str | None:
        """Return a label of the object, or None."""
        return self._map("labels").get(key)

    def add_annotation(self, key: str, value: str) -> None:
        """Add an annotation to the object, or change it."""
        self._map("annotations")[key] = value

    def add_finalizers(self, *finalizers: str) -> None:
        """Add finalizers to the object."""
        self._fields["finalizers"] = [*self._fields.get("finalizers", ()), *finalizers]

    def add_owner_reference(self, owner: cdk8s.OwnerReference) -> None:
        """Add an owner to the object; Kubernetes deletes the object with its owner."""
        self._fields["ownerReferences"] = [*self._fields.get("ownerReferences", ()), to_manifest(owner)]

    def add(self, key: str, value: Any) -> None:
        """Set a field of the metadata."""
        self._fields[key] = value

    def to_json(self) -> Manifest:
        """Return the metadata as it is now."""
        found: Manifest = to_manifest(self._fields)
        return found

    def _map(self, field: str) -> dict[str, str]:
        found: dict[str, str] = self._fields.setdefault(field, {})
        return found
