"""What a LimitRange fills in for containers that leave requests or limits out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Self

from kubestock.values import documents
from kubestock.values.documents import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerDefaults:
    """The requests and limits that containers of one namespace get when they declare none."""

    requests: dict[str, Fraction] = field(default_factory=dict)
    limits: dict[str, Fraction] = field(default_factory=dict)

    @classmethod
    def by_namespace(cls, objects: Iterable[Document]) -> dict[str, Self]:
        """Return the defaults of the LimitRanges among objects, by namespace; the first that has a default wins.

        A LimitRange completes itself: its default limit is its maximum, and its default request is its
        default limit or, failing that, its minimum.
        See https://kubernetes.io/docs/concepts/policy/limit-range/
        """
        found: dict[str, Self] = {}
        for each in objects:
            if documents.kind(each) != "LimitRange":
                continue
            for item in documents.mappings(each, "spec", "limits"):
                if documents.text(item, "type") == "Container":
                    earlier, own = found.get(documents.namespace(each), cls()), cls.of_item(item)
                    found[documents.namespace(each)] = cls(
                        requests={**own.requests, **earlier.requests}, limits={**own.limits, **earlier.limits}
                    )
        return found

    @classmethod
    def of_item(cls, item: Document) -> Self:
        """Return the defaults of one item of a LimitRange."""
        limits = {**documents.amounts(item, "max"), **documents.amounts(item, "default")}
        requests = {**documents.amounts(item, "min"), **limits, **documents.amounts(item, "defaultRequest")}
        return cls(requests=requests, limits=limits)


def container_resources(
    container: Document, defaults: ContainerDefaults | None = None
) -> dict[str, dict[str, Fraction]]:
    """Return the `requests` and the `limits` that a container has once the API server has completed it.

    A limit without a request is a request too; then come the defaults of the namespace.
    See https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
    """
    given = defaults or ContainerDefaults()
    limits = documents.amounts(container, "resources", "limits")
    requests = {**limits, **documents.amounts(container, "resources", "requests")}
    return {"requests": {**given.requests, **requests}, "limits": {**given.limits, **limits}}
