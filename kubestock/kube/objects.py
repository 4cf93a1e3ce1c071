"""Kubernetes objects of a chart, which are rendered when they are read, and their overrides."""

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
    """Adds one Kubernetes object to a chart; its manifest is rendered when the chart is written.

    The typed bindings silently drop each patched field that they do not know. This object contains a manifest instead,
    so an override can set fields of any Kubernetes version.

    A namespaced object gets the namespace of its chart; a cluster-scoped object has no namespace.

    Args:
        scope: the chart, or a construct in it.
        id: the id of the construct; it does not affect the name of the object.
        manifest: the fields that are known now, at least apiVersion, kind and metadata.
        body: a function that returns the fields that are known later, such as `spec`; each rendering calls it. Defaults
            to none.

    Raises:
        ConfigurationError: if the manifest has no apiVersion, kind or name.
    """

    api_version: str = ""
    api_group: str = ""
    kind: str = ""
    name: str = ""
    made_at: CodeLine = CodeLine("", 0)
    """The line of the user's program that created the object."""

    metadata: Metadata = Metadata({})  # type: ignore[assignment]  # has the methods of the cdk8s class, in Python

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
        """The chart of the object."""
        return chart_of(self)

    def to_json(self) -> Manifest:
        """Return the finished manifest: metadata and body, then all overrides in their order.

        Within one synth, all callers get the same manifest, and must not change it.
        """
        return rendered(self, self._render)

    @checked
    def override(self, path: str, value: object) -> None:
        """Set one field of the final manifest; the field may be missing, but its parent must exist.

        Args:
            path: an RFC 6901 pointer such as `/spec/template/spec/hostAliases`; `/-` appends to a list.
            value: any value that YAML can represent; numbers and quantities are written as given.

        Raises:
            ConfigurationError: if the parent of the field does not exist.
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
        """Remove one field from the final manifest.

        Raises:
            ConfigurationError: if the path does not exist.
        """
        self._override("remove", path)

    def add_json_patch(self, *ops: cdk8s.JsonPatch) -> None:
        """Apply patches of cdk8s, the escape hatch of every cdk8s construct, to the final manifest."""
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
        """Return the metadata with the fields that Node.js adds, for example the labels of a plain cdk8s chart."""
        there: Manifest = jsii.kernel.invoke(jsii.kernel.get(self, "metadata"), "toJson", [])
        here = self.metadata.to_json()
        maps = {field: {**there.get(field, {}), **here.get(field, {})} for field in ("labels", "annotations")}
        return {**there, **here, **maps}


def _written_metadata(metadata: Manifest, kind: str) -> Manifest:
    """Return the metadata in the order of the file, without empty fields."""
    dropped = ("namespace",) if kind in CLUSTER_SCOPED else ()
    kept = {key: metadata[key] for key in sorted(metadata) if metadata[key] not in (None, {}) and key not in dropped}
    return {key: dict(sorted(each.items())) if isinstance(each, dict) else each for key, each in kept.items()}


def _name_first(value: Any) -> Any:
    """Move `name` to the start of each map, where it is easy to find."""
    if isinstance(value, list):
        return [_name_first(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "name" in value:
        value = {"name": value["name"], **value}
    return {field: _name_first(each) for field, each in value.items()}


def manifests(scope: IConstruct) -> list[Manifest]:
    """Return the finished manifests of all objects below `scope`, in the order of the file.

    Unlike `Chart.to_json`, it does not check them with the rules.
    """
    return [document for document, _ in made_in(scope)]


def made_in(scope: IConstruct) -> list[tuple[Manifest, cdk8s.ApiObject]]:
    """Return the finished manifests of all objects below `scope`, each with its object, in the order of the file."""
    if isinstance(scope, Written):
        return scope.made()
    return [(cast("Manifest", each.to_json()), each) for each in objects_of(scope)]


def objects_of(scope: IConstruct) -> list[cdk8s.ApiObject]:
    """Return all objects below `scope`, each after its dependencies."""
    return scope.objects() if isinstance(scope, Written) else ordered_by_dependency(scope)


def ordered_by_dependency(scope: IConstruct) -> list[cdk8s.ApiObject]:
    """Return all objects below `scope`, each after its dependencies, in the order of cdk8s."""
    return [each for each in cdk8s.DependencyGraph(scope.node).topology() if isinstance(each, cdk8s.ApiObject)]


def head(api_version: str, kind: str, metadata: k8s.ObjectMeta) -> Manifest:
    """Return the first fields of an object whose other fields are rendered later."""
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def meta(
    name: str,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    namespace: str | None = None,
) -> k8s.ObjectMeta:
    """Return the metadata of an object; the manifest leaves out empty maps."""
    return k8s.ObjectMeta(
        name=name, namespace=namespace, labels=dict(labels or {}) or None, annotations=dict(annotations or {}) or None
    )
