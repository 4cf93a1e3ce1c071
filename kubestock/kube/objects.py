"""One Kubernetes object of a chart, rendered when it is read, whose overrides act on the final manifest."""

from collections.abc import Callable, Mapping
from typing import Any, cast

import cdk8s
import jsii
from constructs import Construct, IConstruct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s, to_manifest
from kubestock.kube.callers import CodeLine, caller
from kubestock.kube.metadata import Metadata
from kubestock.kube.overrides import Override, applied, made
from kubestock.kube.rendering import rendered
from kubestock.kube.tree import Deferred, chart_namespace, chart_of
from kubestock.kube.written import Manifest, Written
from kubestock.values.kinds import CLUSTER_SCOPED
from kubestock.values.value import checked

Body = Callable[[], Mapping[str, Any]]


class KubeObject(Deferred, cdk8s.ApiObject):
    """One object of a chart, whose manifest is rendered when the chart is written.

    The typed bindings drop, without a word, every patched field that they do not know. This object holds
    a manifest instead, so an override can set fields of any Kubernetes version.

    A namespaced object takes the namespace of its chart; a cluster-scoped one never has a namespace.

    Args:
        scope: the chart, or something in it.
        id: of the construct; the object's name does not depend on it.
        manifest: what is known of the object now, its apiVersion, kind and metadata at least.
        body: returns the fields that are known later, such as `spec`; it is asked at each rendering. Defaults to
            none.

    Raises:
        ConfigurationError: if the manifest has no apiVersion, kind or name.
    """

    api_version: str = ""
    api_group: str = ""
    kind: str = ""
    name: str = ""
    made_at: CodeLine = CodeLine("", 0)
    """The line of the program, outside this library, that made the object."""

    metadata: Metadata = Metadata({})  # type: ignore[assignment]  # offers what cdk8s's own does, in Python

    @checked
    def __init__(self, scope: Construct, id: str, *, manifest: Mapping[str, Any], body: Body | None = None) -> None:
        head = {"apiVersion": None, "kind": None, "metadata": None}  # in this order, before all other fields
        self._static: Manifest = {**head, **to_manifest(manifest)}
        self._body = body
        self._overrides: list[Override] = []
        self.made_at = caller()
        metadata = self._static.get("metadata") or {}
        for what, given in (("apiVersion", self._static), ("kind", self._static), ("name", metadata)):
            if not given.get(what):
                where = "metadata." if given is metadata else ""
                raise ConfigurationError(f"{self._static.get('kind') or 'object'} {id!r} must have {where}{what}")
        self.api_version, self.kind, self.name = self._static["apiVersion"], self._static["kind"], metadata["name"]
        group, slash, _ = self.api_version.partition("/")
        self.api_group = group if slash else "core"
        self._join(scope, id)
        own = None if self.kind in CLUSTER_SCOPED else metadata.get("namespace") or chart_namespace(scope)
        self._static["metadata"] = {**metadata, "namespace": own}
        self.metadata = Metadata(self._static["metadata"])

    @property
    def chart(self) -> cdk8s.Chart:
        """The chart that the object is in."""
        return chart_of(self)

    def to_json(self) -> Manifest:
        """Return the finished manifest: metadata, body, then every override in the order it was made.

        Within one synth every reader gets the same manifest, and must not change it.
        """
        return rendered(self, self._render)

    @checked
    def override(self, path: str, value: object) -> None:
        """Set one field of the final manifest, whether it exists or not; the field above it must exist.

        Args:
            path: an RFC 6901 pointer such as `/spec/template/spec/hostAliases`; `/-` appends to a list.
            value: anything that YAML can hold: plain numbers and quantities stay as they are given.

        Raises:
            ConfigurationError: if the field above the path does not exist.
        """
        self._override("add", path, value)

    @checked
    def replace(self, path: str, value: object) -> None:
        """Set one field of the final manifest, which must exist.

        Raises:
            ConfigurationError: if the path does not exist.
        """
        self._override("replace", path, value)

    @checked
    def remove(self, path: str) -> None:
        """Take one field out of the final manifest.

        Raises:
            ConfigurationError: if the path does not exist.
        """
        self._override("remove", path)

    def add_json_patch(self, *ops: cdk8s.JsonPatch) -> None:
        """Apply cdk8s's own patches, the usual escape hatch of every cdk8s construct, to the final manifest."""
        document = self.to_json()
        for op in ops:
            document = applied(op, document)
        self._overrides.extend(ops)

    def _override(self, operation: str, path: str, value: object = None) -> None:
        patch = made(operation, path, value, self._static)
        applied(patch, self.to_json())
        self._overrides.append(patch)

    def _create(self, scope: Construct, id: str) -> None:
        metadata = self.metadata.to_json()
        props = cdk8s.ApiObjectProps(
            api_version=self.api_version,
            kind=self.kind,
            metadata=cdk8s.ApiObjectMetadata(
                name=self.name,
                namespace=metadata.get("namespace"),
                labels=metadata.get("labels"),
                annotations=metadata.get("annotations"),
            ),
        )
        jsii.create(type(self), self, [scope, id, props])

    def _render(self) -> Manifest:
        document: Manifest = to_manifest(self._static)
        if self._body is not None:
            document.update(to_manifest(self._body()))
        document["metadata"] = self._known_to_node() if self.is_real else self.metadata.to_json()
        chart: object = self._chart
        if isinstance(chart, Written):
            if chart.object_labels:
                labels = {**chart.object_labels, **(document["metadata"].get("labels") or {})}
                document["metadata"] = {**document["metadata"], "labels": labels}
            if chart.finish is not None:
                chart.finish(document)
        document["metadata"] = _written_metadata(document["metadata"], self.kind)
        for override in self._overrides:
            document = applied(override, document)
        return cast("Manifest", _name_first(document))

    def _known_to_node(self) -> Manifest:
        """Return the metadata with what Node adds to it: labels of a chart of others, for one."""
        there: Manifest = jsii.kernel.invoke(jsii.kernel.get(self, "metadata"), "toJson", [])
        here = self.metadata.to_json()
        maps = {field: {**there.get(field, {}), **here.get(field, {})} for field in ("labels", "annotations")}
        return {**there, **here, **maps}


def _written_metadata(metadata: Manifest, kind: str) -> Manifest:
    """Return the metadata in the order of the file, without what is empty."""
    dropped = ("namespace",) if kind in CLUSTER_SCOPED else ()
    kept = {key: metadata[key] for key in sorted(metadata) if metadata[key] not in (None, {}) and key not in dropped}
    return {key: dict(sorted(each.items())) if isinstance(each, dict) else each for key, each in kept.items()}


def _name_first(value: Any) -> Any:
    """Put `name` at the head of each map, where people look for it."""
    if isinstance(value, list):
        return [_name_first(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "name" in value:
        value = {"name": value["name"], **value}
    return {field: _name_first(each) for field, each in value.items()}


def manifests(scope: IConstruct) -> list[Manifest]:
    """Return the finished manifest of every object below `scope`, whoever added it, in the order of the file.

    Unlike `Chart.to_json`, this judges nothing.
    """
    return [document for document, _ in made_in(scope)]


def made_in(scope: IConstruct) -> list[tuple[Manifest, cdk8s.ApiObject]]:
    """Return the finished manifest of every object below `scope`, each with the object, in the order of the file."""
    if isinstance(scope, Written):
        return scope.made()
    return [(cast("Manifest", each.to_json()), each) for each in objects_of(scope)]


def objects_of(scope: IConstruct) -> list[cdk8s.ApiObject]:
    """Return every object below `scope`, whoever added it, each after those that it depends on."""
    return scope.objects() if isinstance(scope, Written) else ordered_by_dependency(scope)


def ordered_by_dependency(scope: IConstruct) -> list[cdk8s.ApiObject]:
    """Return every object below `scope`, each after those that it depends on, as cdk8s writes them."""
    return [each for each in cdk8s.DependencyGraph(scope.node).topology() if isinstance(each, cdk8s.ApiObject)]


def head(api_version: str, kind: str, metadata: k8s.ObjectMeta) -> Manifest:
    """Return what is known of an object whose other fields are rendered later."""
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def meta(
    name: str,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    namespace: str | None = None,
) -> k8s.ObjectMeta:
    """Return object metadata; empty maps are left out of the manifest."""
    return k8s.ObjectMeta(
        name=name, namespace=namespace, labels=dict(labels or {}) or None, annotations=dict(annotations or {}) or None
    )
