"""The rule about quantities."""

import re
from collections.abc import Iterator, Mapping

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.parts import parts_of_type
from kubestock.checks.finding import Problem
from kubestock.values import documents

_MAPS: Mapping[str, tuple[str, ...]] = {
    "ResourceRequirements": ("requests", "limits"),
    "ResourceQuotaSpec": ("hard",),
    "LimitRangeItem": ("min", "max", "default", "defaultRequest", "maxLimitRequestRatio"),
}
_MEASURED = re.compile(r"(^|[./])(cpu|memory|ephemeral-storage|storage)$|^requests\.|^limits\.")
"""Resources of a quota that are quantities and not numbers of objects."""

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "EmptyDirVolumeSource": ("sizeLimit",),
    "MetricTarget": ("value", "averageValue"),
}


@rule(
    "invalid-quantity",
    title="A quantity is invalid",
    source="https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec: {containers: [{name: orders, image: "shop/orders:1.0", resources: {limits: {memory: 1Gb}}}]}
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec: {containers: [{name: orders, image: "shop/orders:1.0", resources: {limits: {memory: 1Gi}}}]}
    """,
)
def invalid_quantity(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects the object.

    `Gb` and `MB` are not valid suffixes, but `G` and `Gi` are. A quantity must not be negative.
    """
    for part, maps in _MAPS.items():
        for found in parts_of_type(inventory, part):
            for field in maps:
                for key, given in documents.mapping(found.value, field).items():
                    if error := _error(given) or _count_error(part, key, given):
                        yield found.problem(f"{field}.{key} {error}", fix="correct it", field=(field, key))
    for part, fields in _FIELDS.items():
        for found in parts_of_type(inventory, part):
            for field in fields:
                if error := _error(documents.at(found.value, field)):
                    yield found.problem(f"{field} {error}", fix="correct it", field=(field,))
    yield from _of_claims(inventory)


def _of_claims(inventory: Inventory) -> Iterator[Problem]:
    path = ("resources", "requests", "storage")
    for found in parts_of_type(inventory, "PersistentVolumeClaimSpec"):
        if documents.amount(documents.at(found.value, *path)) == 0:
            yield found.problem("resources.requests.storage must be more than 0", fix="raise it", field=path)


def _count_error(part: str, resource: str, given: object) -> str:
    amount = documents.amount(given)
    if part != "ResourceQuotaSpec" or amount is None or amount.denominator == 1 or _MEASURED.search(resource):
        return ""
    return f"must be a whole number, got {_describe(given)}"


def _error(given: object) -> str:
    if not isinstance(given, str | int | float) or isinstance(given, bool):
        return ""
    if documents.amount(given) is None:
        return f"must be a quantity such as 500m, 256Mi or 1Gi, got {_describe(given)}"
    return ""


def _describe(given: object) -> str:
    return repr(given) if isinstance(given, str) or documents.whole(given) is not None else "another number"
