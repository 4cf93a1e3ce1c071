"""The default requests and limits that a LimitRange gives to containers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Self

from kubestock.values import documents
from kubestock.values.documents import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerDefaults:
    """The requests and limits that containers of one namespace get if they declare none."""

    requests: dict[str, Fraction] = field(default_factory=dict)
    limits: dict[str, Fraction] = field(default_factory=dict)

    @classmethod
    def by_namespace(cls, objects: Iterable[Document]) -> dict[str, Self]:
        """Return the defaults of the LimitRanges among objects, by namespace; the first default is used.

        The API server completes a LimitRange: its default limit defaults to its maximum, and its default request to its
        default limit or, without one, to its minimum.
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
    """Return the `requests` and the `limits` that a container has after the API server has set the defaults.

    A limit without a request is also the request; then the defaults of the namespace apply.
    See https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
    """
    given = defaults or ContainerDefaults()
    limits = documents.amounts(container, "resources", "limits")
    requests = {**limits, **documents.amounts(container, "resources", "requests")}
    return {"requests": {**given.requests, **requests}, "limits": {**given.limits, **limits}}
