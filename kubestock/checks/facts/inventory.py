"""The objects of a set of manifests, indexed for the rules."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TypeVar, cast

from kubestock.checks.facts.label_index import LabelIndex
from kubestock.checks.finding import Problem, reference
from kubestock.values import documents
from kubestock.values.documents import Document, Path
from kubestock.values.footprint import pod_spec
from kubestock.values.kinds import CLUSTER_SCOPED, POD_TEMPLATES
from kubestock.values.limit_ranges import ContainerDefaults, container_resources

T = TypeVar("T")

NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that the API server adds to every namespace."""


class Workload:
    """An object that creates pods, and the properties of its pods.

    Args:
        document: the object.
        spec: the specification of its pods.
        defaults: the default resources that the LimitRanges of its namespace set.
    """

    def __init__(self, document: Document, spec: Document, defaults: ContainerDefaults) -> None:
        self.document = document
        self.spec = spec
        self.defaults = defaults
        self.kind = documents.kind(document)
        self.namespace = documents.namespace(document)
        self.name = documents.name(document)
        self.pod_metadata = documents.mapping(document, *POD_TEMPLATES[self.kind], "metadata")
        self.labels = documents.mapping(self.pod_metadata, "labels")

    @property
    def reference(self) -> str:
        """Kind, namespace and name of the object."""
        return reference(self.document)

    @cached_property
    def containers(self) -> list[Document]:
        """All containers, the init containers first."""
        return documents.mappings(self.spec, "initContainers") + documents.mappings(self.spec, "containers")

    @cached_property
    def ports(self) -> list[Document]:
        """The ports of the containers that run while the pod is ready, including native sidecars."""
        sidecars = [
            each
            for each in documents.mappings(self.spec, "initContainers")
            if documents.text(each, "restartPolicy") == "Always"
        ]
        serving = documents.mappings(self.spec, "containers") + sidecars
        return [port for container in serving for port in documents.mappings(container, "ports")]

    @cached_property
    def resources(self) -> list[tuple[Document, Mapping[str, Mapping[str, Fraction]]]]:
        """Each container with its `requests` and `limits`, with the defaults that the API server adds."""
        return [(each, container_resources(each, self.defaults)) for each in self.containers]

    @property
    def on_host_network(self) -> bool:
        """Whether the pods use the network of the node, to which no NetworkPolicy applies."""
        return documents.at(self.spec, "hostNetwork") is True

    @property
    def pod_path(self) -> tuple[str, ...]:
        """The path of the pod specification in the object."""
        return (*POD_TEMPLATES[self.kind], "spec")

    def problem(self, message: str, *, fix: str, part: object = None, field: Path = ()) -> Problem:
        """Return a problem of this workload: see `Problem`."""
        return Problem(self.document, message, fix=fix, part=part, field=field)


class Inventory:
    """The objects of a set of manifests, indexed by kind, namespace and name, and workloads also by their pods' labels.

    Args:
        manifests: documents as YAML loads them; documents that are not objects are ignored.
        provided: objects of the cluster that are not in the manifests, as `Secret/registry` or
            `Secret/<namespace>/registry`.
        file_of: returns the file of an object. Defaults to one file for all objects.
        release: the Kubernetes release whose schemas apply, such as `1.31`. Defaults to the newest known release.
        crds: CustomResourceDefinitions of the cluster, in addition to those in the manifests.
    """

    def __init__(
        self,
        manifests: Iterable[object],
        *,
        provided: Collection[str] = (),
        release: str = "",
        crds: Iterable[Document] = (),
        file_of: Callable[[Document], str] | None = None,
    ) -> None:
        self.release = release
        self.crds = tuple(crds)
        self.objects = tuple(documents.objects(manifests))
        self._provided = frozenset(provided)
        self._file_of = file_of
        self._by_kind: dict[str, list[Document]] = {}
        self._by_name: dict[tuple[str, str, str], Document] = {}
        self._by_namespace: dict[str, dict[str, list[Document]]] = {}
        for document in self.objects:
            kind, namespace = documents.kind(document), documents.namespace(document)
            self._by_kind.setdefault(kind, []).append(document)
            self._by_namespace.setdefault(namespace, {}).setdefault(kind, []).append(document)
            self._by_name.setdefault(_key(kind, namespace, documents.name(document)), document)
        self.workloads = tuple(self._workloads())
        self._workloads_of: dict[str, list[Workload]] = {}
        for workload in self.workloads:
            self._workloads_of.setdefault(workload.namespace, []).append(workload)
        self._pods = {
            namespace: LabelIndex((each.labels, each) for each in inside)
            for namespace, inside in self._workloads_of.items()
        }
        self._derived: dict[Callable[[Inventory], object], object] = {}

    def of_kind(self, *kinds: str) -> Iterator[Document]:
        """Yield the objects of these kinds: kind by kind, and in the order of the manifests within a kind."""
        for kind in kinds:
            yield from self._by_kind.get(kind, ())

    def of_namespace(self, namespace: str, *kinds: str) -> Iterator[Document]:
        """Yield the objects of a namespace kind by kind: of these kinds, or of all kinds if none is given."""
        by_kind = self._by_namespace.get(namespace, {})
        for kind in kinds or by_kind:
            yield from by_kind.get(kind, ())

    def workloads_of(self, namespace: str) -> list[Workload]:
        """Return the workloads of a namespace."""
        return self._workloads_of.get(namespace, [])

    def find(self, kind: str, namespace: str, name: str) -> Document | None:
        """Return the object with this name, or None; the namespace is ignored for a cluster-scoped kind."""
        return self._by_name.get(_key(kind, namespace, name))

    def provides(self, kind: str, namespace: str, name: str) -> bool:
        """Whether an object that is not in the manifests is provided by the cluster."""
        return not self._provided.isdisjoint({f"{kind}/{name}", f"{kind}/{namespace}/{name}"})

    def provides_some(self, kind: str) -> bool:
        """Whether any object of a kind is listed as provided: all others of that kind must be in the manifests."""
        return any(each.startswith(f"{kind}/") for each in self._provided)

    def in_one_file(self, one: Document, other: Document) -> bool:
        """Whether two objects are in one file; the objects of a file are applied in its order."""
        return self._file_of is None or self._file_of(one) == self._file_of(other)

    def selected(self, namespace: str, selector: object) -> Iterator[Workload]:
        """Yield the workloads of a namespace whose pods a label selector selects."""
        if namespace in self._pods:
            yield from self._pods[namespace].selected(selector)

    def workloads_behind(self, service: Document) -> Sequence[Workload]:
        """Return the workloads whose pods a Service selects."""
        return self.derived(_behind).get(id(service), ())

    def namespace_labels(self, namespace: str) -> Document:
        """Return the labels that the manifests and the API server set on a namespace."""
        declared = self.find("Namespace", "", namespace)
        return {**documents.mapping(declared, "metadata", "labels"), NAMESPACE_NAME: namespace}

    def derived(self, compute: "Callable[[Inventory], T]") -> T:
        """Return the result of a function of this inventory; it is computed once and shared by all rules."""
        if compute not in self._derived:
            self._derived[compute] = compute(self)
        return cast("T", self._derived[compute])

    def _workloads(self) -> Iterator[Workload]:
        defaults = ContainerDefaults.by_namespace(self.of_kind("LimitRange"))
        for document in self.objects:
            spec = pod_spec(document)
            if spec is not None:
                namespace_defaults = defaults.get(documents.namespace(document), ContainerDefaults())
                yield Workload(document, spec, namespace_defaults)


def describe_container(container: Document) -> str:
    """Return the description of a container for findings."""
    return f"container {documents.text(container, 'name')!r}"


def _key(kind: str, namespace: str, name: str) -> tuple[str, str, str]:
    return kind, "" if kind in CLUSTER_SCOPED else namespace, name


def _behind(inventory: Inventory) -> dict[int, tuple[Workload, ...]]:
    found = {}
    for service in inventory.of_kind("Service"):
        chosen = documents.mapping(service, "spec", "selector")
        if chosen:
            selected = inventory.selected(documents.namespace(service), {"matchLabels": chosen})
            found[id(service)] = tuple(selected)
    return found
