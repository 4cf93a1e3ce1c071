"""One Kubernetes object of a chart, whose overrides act on the final manifest."""

import copy
from collections.abc import Mapping
from typing import Any, cast
from weakref import WeakKeyDictionary

import cdk8s
import jsonpatch
import jsonpointer
from cdk8s_plus_27 import k8s
from constructs import Construct, IConstruct
from jsii.errors import JSIIError

from kubestock.errors import ConfigurationError
from kubestock.kube.scope import CLUSTER_SCOPED, chart_namespace, unused_id
from kubestock.values.types import typed

Manifest = dict[str, Any]

_identities: WeakKeyDictionary[IConstruct, dict[tuple[str, str, str], str]] = WeakKeyDictionary()


class KubeObject(cdk8s.ApiObject):
    """One object, given as the manifest that a typed binding renders: `k8s.KubeService.manifest(…)`.

    The typed bindings drop, without a word, every patched field that they do not know. This object holds
    the rendered manifest instead, so an override can set fields of any Kubernetes version.

    A namespaced object takes the namespace of its chart; a cluster-scoped one never has a namespace.

    Raises:
        ConfigurationError: if the app already has an object of this kind, name and namespace.
    """

    @typed
    def __init__(self, scope: Construct, id: str, *, manifest: Mapping[str, Any]) -> None:
        self._manifest = copy.deepcopy(dict(manifest))
        self._overrides: list[jsonpatch.JsonPatch | cdk8s.JsonPatch] = []
        metadata = self._manifest.get("metadata", {})
        if not metadata.get("name"):
            raise ConfigurationError(f"{self._manifest.get('kind')} {id!r} must have metadata.name")
        namespace = self._namespace(scope, metadata)
        self._root = _claim(scope, self._manifest["kind"], metadata["name"], namespace)
        super().__init__(
            scope,
            unused_id(scope, id),
            api_version=self._manifest["apiVersion"],
            kind=self._manifest["kind"],
            metadata=cdk8s.ApiObjectMetadata(
                name=metadata["name"],
                namespace=namespace or None,
                labels=metadata.get("labels"),
                annotations=metadata.get("annotations"),
            ),
        )

    def to_json(self) -> Manifest:
        """Return the finished manifest: metadata, body, then every override in the order it was made."""
        document: Manifest = super().to_json()
        if self._manifest["kind"] in CLUSTER_SCOPED:
            document["metadata"].pop("namespace", None)
        body = {field: value for field, value in self._manifest.items() if field not in document}
        document.update(copy.deepcopy(body))
        for override in self._overrides:
            document = _applied(override, document)
        return cast("Manifest", _name_first(document))

    @typed
    def override(self, path: str, value: object) -> None:
        """Set one field of the final manifest, whether it exists or not; the field above it must exist.

        Args:
            path: an RFC 6901 pointer such as `/spec/template/spec/hostAliases`; `/-` appends to a list.
            value: anything that YAML can hold: plain numbers and quantities stay as they are given.

        Raises:
            ConfigurationError: if the field above the path does not exist.
        """
        self._override("add", path, value)

    @typed
    def replace(self, path: str, value: object) -> None:
        """Set one field of the final manifest, which must exist.

        Raises:
            ConfigurationError: if the path does not exist.
        """
        self._override("replace", path, value)

    @typed
    def remove(self, path: str) -> None:
        """Take one field out of the final manifest.

        Raises:
            ConfigurationError: if the path does not exist.
        """
        self._override("remove", path)

    def add_json_patch(self, *ops: cdk8s.JsonPatch) -> None:
        """Apply cdk8s's own patches, the usual way out of every cdk8s construct, to the final manifest."""
        document = self.to_json()
        for op in ops:
            document = _applied(op, document)
        self._overrides.extend(ops)

    def redefine(self, manifest: Mapping[str, Any]) -> None:
        """Replace the body, for a construct that learns more about itself; overrides still come last."""
        before = self._manifest
        self._manifest = copy.deepcopy(dict(manifest))
        try:
            self.to_json()
        except ConfigurationError:
            self._manifest = before
            raise

    def _override(self, operation: str, path: str, value: object = None) -> None:
        try:
            patch = jsonpatch.JsonPatch([{"op": operation, "path": path, "value": copy.deepcopy(value)}])
        except jsonpointer.JsonPointerException as error:
            raise ConfigurationError(
                f"path must be a JSON pointer such as '/spec/replicas', got {path!r}: {error}"
            ) from None
        _applied(patch, self.to_json())
        self._overrides.append(patch)

    @staticmethod
    def _namespace(scope: Construct, metadata: Mapping[str, Any]) -> str:
        return str(metadata.get("namespace") or chart_namespace(scope) or "")


def _applied(override: jsonpatch.JsonPatch | cdk8s.JsonPatch, document: Manifest) -> Manifest:
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


def _name_first(value: Any) -> Any:
    """Put `name` at the head of each map, where people look for it."""
    if isinstance(value, list):
        return [_name_first(item) for item in value]
    if not isinstance(value, dict):
        return value
    ordered = sorted(value, key=lambda field: field != "name")
    return {field: _name_first(value[field]) for field in ordered}


def _claim(scope: Construct, kind: str, name: str, namespace: str) -> IConstruct:
    root = scope.node.root
    taken = _identities.setdefault(root, {})
    identity = (kind, name, "" if kind in CLUSTER_SCOPED else namespace)
    if identity in taken:
        where = f" in namespace {namespace!r}" if identity[2] else ""
        raise ConfigurationError(f"{kind} {name!r} exists already{where}: {taken[identity]!r} made it; rename one")
    taken[identity] = scope.node.path
    return root


def manifests(scope: IConstruct) -> list[Manifest]:
    """Return the finished manifest of every object below `scope`, whoever added it, in the order of the file.

    Unlike `Chart.to_json`, this asks no validations, so a validation can call it.
    """
    return [cast("Manifest", each.to_json()) for each in written(scope)]


def written(scope: IConstruct) -> list[cdk8s.ApiObject]:
    """Return every object below `scope`, each after those that it depends on, as cdk8s writes them."""
    return [each for each in cdk8s.DependencyGraph(scope.node).topology() if isinstance(each, cdk8s.ApiObject)]


def meta(
    name: str, labels: Mapping[str, str] | None = None, annotations: Mapping[str, str] | None = None
) -> k8s.ObjectMeta:
    """Return object metadata; empty maps are left out of the manifest."""
    return k8s.ObjectMeta(name=name, labels=dict(labels or {}) or None, annotations=dict(annotations or {}) or None)
