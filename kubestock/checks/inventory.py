"""The objects of a set of manifests, as the rules look them up."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from kubestock.checks import selectors
from kubestock.checks.finding import Finding
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.footprint import autoscaled, pod_spec
from kubestock.values.kinds import CLUSTER_SCOPED, POD_TEMPLATES

NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that the API server itself puts on every namespace."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Workload:
    """An object that makes pods, and what its pods are like."""

    document: Document
    kind: str
    namespace: str
    name: str
    labels: Document
    spec: Document

    @classmethod
    def of(cls, document: Document) -> "Workload | None":
        """Return the workload that an object is, or None if it makes no pods."""
        spec = pod_spec(document)
        if spec is None:
            return None
        kind = documents.kind(document)
        return cls(
            document=document,
            kind=kind,
            namespace=documents.namespace(document),
            name=documents.name(document),
            labels=documents.mapping(document, *POD_TEMPLATES[kind], "metadata", "labels"),
            spec=spec,
        )

    @property
    def reference(self) -> str:
        """Kind, namespace and name."""
        return reference(self.document)

    @property
    def containers(self) -> list[Document]:
        """All containers: those that start the pod first, then those that run."""
        return documents.mappings(self.spec, "initContainers") + documents.mappings(self.spec, "containers")

    @property
    def serving(self) -> list[Document]:
        """The containers that run while the pod is ready: native sidecars are among them."""
        sidecars = [
            each
            for each in documents.mappings(self.spec, "initContainers")
            if documents.text(each, "restartPolicy") == "Always"
        ]
        return documents.mappings(self.spec, "containers") + sidecars

    @property
    def ports(self) -> list[Document]:
        """The ports that the running containers declare."""
        return [port for container in self.serving for port in documents.mappings(container, "ports")]

    @property
    def on_host_network(self) -> bool:
        """Whether the pods have the node's addresses, to which no NetworkPolicy applies."""
        return documents.at(self.spec, "hostNetwork") is True

    def finding(self, rule: str, message: str) -> Finding:
        """Return a finding about this workload."""
        return Finding(rule=rule, object=self.reference, message=message)


class Inventory:
    """The objects of a chart, by kind, namespace and name.

    Args:
        manifests: documents as YAML loads them; whatever is not an object is passed over.
        provided: what the cluster has besides, as `Secret/ecr-cred` or `Secret/<namespace>/ecr-cred`.
    """

    def __init__(self, manifests: Iterable[object], *, provided: Collection[str] = ()) -> None:
        self.objects = tuple(documents.objects(manifests))
        self.workloads = tuple(each for each in map(Workload.of, self.objects) if each)
        self.ceilings = autoscaled(self.objects)
        self._provided = frozenset(provided)
        self._by_kind: dict[str, list[Document]] = {}
        for document in self.objects:
            self._by_kind.setdefault(documents.kind(document), []).append(document)

    def of_kind(self, *kinds: str) -> Iterator[Document]:
        """Yield the objects of these kinds, kind by kind, each in the order of the manifests."""
        for kind in kinds:
            yield from self._by_kind.get(kind, ())

    def find(self, kind: str, namespace: str, name: str) -> Document | None:
        """Return one object, or None; the namespace of a cluster-scoped kind is ignored."""
        for document in self.of_kind(kind):
            here = kind in CLUSTER_SCOPED or documents.namespace(document) == namespace
            if here and documents.name(document) == name:
                return document
        return None

    def provides(self, kind: str, namespace: str, name: str) -> bool:
        """Whether the cluster is said to have an object that the chart lacks."""
        return not self._provided.isdisjoint({f"{kind}/{name}", f"{kind}/{namespace}/{name}"})

    def selected(self, namespace: str, selector: object) -> list[Workload]:
        """Return the workloads of a namespace whose pods a label selector selects."""
        return [
            each for each in self.workloads if each.namespace == namespace and selectors.matches(selector, each.labels)
        ]

    def behind(self, service: Document) -> list[Workload]:
        """Return the workloads to whose pods a Service leads."""
        chosen = documents.mapping(service, "spec", "selector")
        return self.selected(documents.namespace(service), {"matchLabels": chosen}) if chosen else []

    def namespace_labels(self, namespace: str) -> Document:
        """Return the labels of a namespace, so far as the manifests and the API server set them."""
        declared = self.find("Namespace", "", namespace)
        return {**documents.mapping(declared, "metadata", "labels"), NAMESPACE_NAME: namespace}


def reference(document: Document) -> str:
    """Return kind, namespace (if it has one) and name of an object, as findings show them."""
    parts = (
        documents.text(document, "kind") or "(no kind)",
        documents.namespace(document),
        documents.name(document) or "(no name)",
    )
    return "/".join(part for part in parts if part)


def finding(rule: str, document: Document, message: str) -> Finding:
    """Return a finding about an object."""
    return Finding(rule=rule, object=reference(document), message=message)


def shown(container: Document) -> str:
    """Return how findings name a container."""
    return f"container {documents.text(container, 'name')!r}"
