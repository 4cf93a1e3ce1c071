"""Whether amounts of cpu, memory and storage can be read."""

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
"""Resources of a quota that are no number of objects."""

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "EmptyDirVolumeSource": ("sizeLimit",),
    "MetricTarget": ("value", "averageValue"),
}


@rule(
    "invalid-quantity",
    title="An amount is no quantity",
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
    """The API server refuses the object: `Gb` and `MB` are no suffixes, `G` and `Gi` are. None may be negative."""
    for part, maps in _MAPS.items():
        for found in parts_of_type(inventory, part):
            for field in maps:
                for key, given in documents.mapping(found.value, field).items():
                    if wrong := _wrong(given) or _uncounted(part, key, given):
                        yield found.problem(f"{field}.{key} {wrong}", fix="correct it", field=(field, key))
    for part, fields in _FIELDS.items():
        for found in parts_of_type(inventory, part):
            for field in fields:
                if wrong := _wrong(documents.at(found.value, field)):
                    yield found.problem(f"{field} {wrong}", fix="correct it", field=(field,))
    yield from _of_claims(inventory)


def _of_claims(inventory: Inventory) -> Iterator[Problem]:
    path = ("resources", "requests", "storage")
    for found in parts_of_type(inventory, "PersistentVolumeClaimSpec"):
        if documents.amount(documents.at(found.value, *path)) == 0:
            yield found.problem("resources.requests.storage must be more than 0", fix="raise it", field=path)


def _uncounted(part: str, resource: str, given: object) -> str:
    amount = documents.amount(given)
    if part != "ResourceQuotaSpec" or amount is None or amount.denominator == 1 or _MEASURED.search(resource):
        return ""
    return f"must be a whole number, got {_shown(given)}"


def _wrong(given: object) -> str:
    if not isinstance(given, str | int | float) or isinstance(given, bool):
        return ""
    if documents.amount(given) is None:
        return f"must be a quantity such as 500m, 256Mi or 1Gi, got {_shown(given)}"
    return ""


def _shown(given: object) -> str:
    return repr(given) if isinstance(given, str) or documents.whole(given) is not None else "another number"
