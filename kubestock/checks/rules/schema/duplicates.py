"""The rule about duplicate items in lists."""

from collections.abc import Iterator, Mapping

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.parts import parts_of_type
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document

_UNIQUE: Mapping[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = {
    "PodSpec": (
        (("containers", "initContainers"), ("name",)),
        (("volumes",), ("name",)),
        (("topologySpreadConstraints",), ("topologyKey", "whenUnsatisfiable")),
    ),
    "Container": ((("volumeMounts",), ("mountPath",)), (("volumeDevices",), ("devicePath",)), (("ports",), ("name",))),
    "ServiceSpec": ((("ports",), ("name",)), (("ports",), ("port", "protocol"))),
    "LimitRangeSpec": ((("limits",), ("type",)),),
    "StatefulSetSpec": ((("volumeClaimTemplates",), ("metadata",)),),
}
"""The fields that must be unique among the items of lists."""

_DEFAULTS = {"protocol": "TCP"}


@rule(
    "duplicate-entry",
    title="A list has duplicate items",
    source="https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers: [{name: orders, image: "shop/orders:1.0"}, {name: orders, image: "shop/proxy:1.0"}]
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers: [{name: orders, image: "shop/orders:1.0"}, {name: proxy, image: "shop/proxy:1.0"}]
    """,
)
def duplicate_entry(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects lists of containers, volumes, mounts and ports with duplicate items."""
    for part, lists in _UNIQUE.items():
        for found in parts_of_type(inventory, part):
            for fields, keys in lists:
                seen = set()
                items = [item for field in fields for item in documents.mappings(found.value, field)]
                for item in items:
                    identity = _identity(item, keys)
                    if identity and identity in seen:
                        shown = " ".join(identity)
                        yield found.problem(
                            f"{' and '.join(fields)} have {' and '.join(keys)} {shown!r} more than once",
                            fix="rename one, or remove it",
                            field=(fields[0],),
                        )
                    seen.add(identity)


def _identity(item: Document, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values that must be unique for an item, or an empty tuple if it does not have all of them."""
    found = []
    for key in keys:
        value = documents.at(item, key)
        if key == "metadata":
            value = documents.name(item)
        value = _DEFAULTS.get(key) if value is None else value
        if not value or (not isinstance(value, str) and documents.whole(value) is None):
            return ()
        found.append(str(value))
    return tuple(found)
