"""The rule about paths in volumes, mounts and Ingresses."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.parts import parts_of_type
from kubestock.checks.finding import Problem
from kubestock.values import documents

_INSIDE = {"KeyToPath": "path", "VolumeMount": "subPath"}
_NOT_IN_A_ROUTE = ("//", "/./", "/../", "%2f", "%2F")


@rule(
    "invalid-path",
    title="A path is invalid, or leads out of its volume",
    source="https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              volumeMounts: [{name: cache, mountPath: /cache, subPath: ../other}]
          volumes: [{name: cache, emptyDir: {}}]
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              volumeMounts: [{name: cache, mountPath: /cache, subPath: other}]
          volumes: [{name: cache, emptyDir: {}}]
    """,
)
def invalid_path(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects the object."""
    for part, field in _INSIDE.items():
        for found in parts_of_type(inventory, part):
            given = documents.text(found.value, field)
            if given.startswith("/") or ".." in given.split("/"):
                message = f"{field} must be inside the volume, without / at the beginning and without .., got {given!r}"
                yield found.problem(message, fix="correct it", field=(field,))
    for found in parts_of_type(inventory, "HTTPIngressPath"):
        given = documents.text(found.value, "path")
        exact = documents.text(found.value, "pathType") in ("Exact", "Prefix")
        if given and not given.startswith("/") and exact:
            yield found.problem(f"path must begin with /, got {given!r}", fix="add it", field=("path",))
        elif exact and (any(each in given for each in _NOT_IN_A_ROUTE) or given.endswith(("/.", "/.."))):
            yield found.problem(
                f"path must not contain //, /./ or /../, got {given!r}", fix="correct it", field=("path",)
            )
