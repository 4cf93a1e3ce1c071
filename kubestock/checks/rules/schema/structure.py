"""Rules that validate objects by their schemas.

The schemas of the API server are in the package kubernetes-validate, those of custom resources in their CRDs.
"""

from collections.abc import Iterator
from difflib import get_close_matches

from kubestock.checks.definition import rule
from kubestock.checks.facts.apis import SERVED
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.patches import is_patch
from kubestock.checks.facts.schemas import schemas, violations
from kubestock.checks.facts.structure import Fault, Violation
from kubestock.checks.fields import path_to, written
from kubestock.checks.finding import Problem, Unjudged
from kubestock.checks.rules.schema.required import missing_fields
from kubestock.values import documents
from kubestock.values.documents import Document

_PASSES = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: orders}
    spec:
      replicas: 2
      selector: {matchLabels: {app: orders}}
      template:
        metadata: {labels: {app: orders}}
        spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
"""


@rule(
    "unknown-field",
    title="An object has an unknown field",
    source="https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation",
    fails=_PASSES.replace("replicas", "replcas"),
    passes=_PASSES,
)
def unknown_field(inventory: Inventory) -> Iterator[Problem | Unjudged]:
    """The API server rejects the object, or removes the field without an error if the client does not validate."""
    yield from _unjudged(inventory)
    for document, each in _of(inventory, Fault.UNKNOWN):
        near = get_close_matches(str(each.path[-1]), each.accepted.split(", "), n=1, cutoff=0.6)
        yield Problem(
            document,
            f"{written(each.path)} is an unknown field",
            fix=f"write {near[0]}" if near else "correct its name or its place, or remove it",
            field=each.path,
        )


@rule(
    "wrong-type",
    title="A field has a value of the wrong type",
    source="https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation",
    fails=_PASSES.replace("replicas: 2", 'replicas: "2"'),
    passes=_PASSES,
)
def wrong_type(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects the object. In YAML, `8080`, `true` and `1.0` are texts only if they are in quotes."""
    for document, each in _of(inventory, Fault.TYPE):
        yield Problem(
            document,
            f"{written(each.path)} must be {each.accepted}, got {_describe_type(document, each)}",
            fix="put it in quotes" if each.accepted == "a text" and _is_plain(document, each) else "change it",
            field=each.path,
        )


@rule(
    "missing-field",
    title="An object does not have a required field",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/#required-fields",
    fails="""
        apiVersion: v1
        kind: Service
        metadata: {name: orders}
        spec: {type: ExternalName, externalName: orders.example.com, ports: [{name: http}]}
    """,
    passes="""
        apiVersion: v1
        kind: Service
        metadata: {name: orders}
        spec: {type: ExternalName, externalName: orders.example.com, ports: [{name: http, port: 80}]}
    """,
)
def missing_field(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects the object."""
    for document, each in _of(inventory, Fault.MISSING):
        path = (*each.path, each.accepted)
        yield Problem(document, f"{written(path)} is missing", fix="add it", field=each.path)
    for part, field in missing_fields(inventory):
        if is_patch(part.document):
            continue
        inside = path_to(part.document, part.value)
        message = f"{written((*(inside or ()), *field))} is missing"
        yield part.problem(message, fix="add it", field=field[:-1])


def _of(inventory: Inventory, fault: Fault) -> Iterator[tuple[Document, Violation]]:
    for document, found in inventory.derived(violations):
        for each in found or ():
            if each.fault == fault:
                yield document, each


def _unjudged(inventory: Inventory) -> Iterator[Unjudged]:
    if not inventory.derived(schemas).has_server:
        for document in inventory.objects[:1]:
            yield Unjudged(
                document,
                "is not validated, and neither is any other object: install kubernetes-validate, which contains "
                "the schemas",
            )
        return
    for document, found in inventory.derived(violations):
        if found is None:
            kind = f"{documents.text(document, 'apiVersion')} {documents.text(document, 'kind')}"
            own = documents.text(document, "kind") in SERVED
            why = "it looks like a patch for another tool" if own else f"there is no CRD of {kind}"
            yield Unjudged(document, f"is not validated by a schema: {why}")


def _describe_type(document: Document, violation: Violation) -> str:
    """Return the type of the value, and not the value itself, which can be confidential."""
    value: object = document
    for step in violation.path:
        value = _child(value, step)
    names = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a map"}
    return names.get(type(value), "something else")


def _is_plain(document: Document, violation: Violation) -> bool:
    return _describe_type(document, violation) in ("true or false", "a number")


def _child(holder: object, step: str | int) -> object:
    if isinstance(step, int):
        found = documents.sequence(holder)
        return found[step] if step < len(found) else None
    return documents.at(holder, step)
