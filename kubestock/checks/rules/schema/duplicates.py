"""Whether lists whose items have names hold each name once."""

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
"""By which fields the items of lists are told apart."""

_DEFAULTS = {"protocol": "TCP"}


@rule(
    "duplicate-entry",
    title="A list has an item twice",
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
    """The API server refuses containers, volumes, mounts and ports that it cannot tell apart."""
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
                            fix="rename one, or leave it out",
                            field=(fields[0],),
                        )
                    seen.add(identity)


def _identity(item: Document, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return what tells an item of a list from the others, or nothing if it does not say it."""
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
