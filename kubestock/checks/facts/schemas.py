"""Validates objects by their schemas: those of a Kubernetes release, and those of CRDs."""

import functools
import importlib.util
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.patches import is_patch
from kubestock.checks.facts.structure import Check, Compiler, Violation
from kubestock.values import documents
from kubestock.values.documents import Document

_PACKAGE = "kubernetes_validate"
_METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


class Schemas:
    """The schemas of a Kubernetes release and of CRDs.

    Args:
        release: the Kubernetes release, such as `1.31`. Defaults to the newest known release.
        crds: CustomResourceDefinitions as YAML loads them.
    """

    def __init__(self, release: str = "", crds: Iterable[Document] = ()) -> None:
        self._server = _of_release(release)
        self._custom = dict(_of_crds(crds))
        self._made: dict[tuple[str, str], Check] = {}

    @property
    def has_server(self) -> bool:
        """Whether the schemas of the API server are available: the package kubernetes-validate contains them."""
        return self._server is not None

    def violations(self, document: Document) -> list[Violation] | None:
        """Return the violations of the schema in an object, or None if there is no schema for its kind."""
        found: list[Violation] = []
        key = documents.text(document, "apiVersion"), documents.text(document, "kind")
        own = None if self._server is None else self._server.check(*key)
        if own is not None:
            own(document, (), found)
            return found
        if self._server is not None and documents.mapping(document, "metadata"):
            self._server.metadata(document["metadata"], ("metadata",), found)
        if key not in self._custom:
            return found or None
        if key not in self._made:
            self._made[key] = _of_object(self._custom[key])
        self._made[key](document, (), found)
        return found


def schemas(inventory: Inventory) -> Schemas:
    """Return the schemas for the objects of an inventory, including those of CRDs in the manifests."""
    return Schemas(inventory.release, (*inventory.crds, *inventory.of_kind("CustomResourceDefinition")))


def violations(inventory: Inventory) -> list[tuple[Document, list[Violation] | None]]:
    """Return each object with the violations of its schema."""
    known = inventory.derived(schemas)
    return [(each, _unless_patch(each, known.violations(each))) for each in inventory.objects]


def _unless_patch(document: Document, found: list[Violation] | None) -> list[Violation] | None:
    """Return the violations, or None if the object is a patch."""
    patched = is_patch(document) or any("$patch" in each.path for each in found or ())
    return None if patched else found


class _Server:
    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._compiler = Compiler(definitions)
        self._names = {}
        for name, schema in definitions.items():
            identities = documents.mappings(schema, "x-kubernetes-group-version-kind")
            if len(identities) == 1:
                group, version, kind = (documents.text(identities[0], each) for each in ("group", "version", "kind"))
                self._names[f"{group}/{version}" if group else version, kind] = name
        self.metadata = self._compiler.definition(_METADATA)

    def check(self, api_version: str, kind: str) -> Check | None:
        name = self._names.get((api_version, kind))
        return None if name is None else self._compiler.definition(name)


@functools.cache
def _of_release(release: str) -> _Server | None:
    # Only the files of the package are used. Importing it would also import another implementation of JSON schemas.
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        return None
    folder = Path(found.submodule_search_locations[0]) / "kubernetes-json-schema"
    known = {
        tuple(int(part) for part in each.name[1:].split(".0-")[0].split(".")): each
        for each in folder.iterdir()
        if each.name.startswith("v") and each.name.endswith("-local-strict")
    }
    wanted = tuple(int(part) for part in release.split(".")[:2]) if release else max(known)
    chosen = max((each for each in known if each <= wanted), default=min(known))
    definitions = json.loads((known[chosen] / "_definitions.json").read_text("utf-8"))
    return _Server(definitions["$defs"])


def _of_crds(crds: Iterable[Document]) -> Iterable[tuple[tuple[str, str], Document]]:
    for crd in crds:
        group, kind = documents.text(crd, "spec", "group"), documents.text(crd, "spec", "names", "kind")
        for version in documents.mappings(crd, "spec", "versions"):
            schema = documents.mapping(version, "schema", "openAPIV3Schema")
            if schema:
                yield (f"{group}/{documents.text(version, 'name')}", kind), schema


def _of_object(schema: Document) -> Check:
    # The API server defines these fields for every custom resource.
    own = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {}}
    whole = {**schema, "type": "object", "properties": {**documents.mapping(schema, "properties"), **own}}
    return Compiler().check(whole)
