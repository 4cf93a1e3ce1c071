"""Whether the annotations that silence rules do so."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem
from kubestock.checks.registry import built_in_rules, installed_rules
from kubestock.checks.silencing import SKIP
from kubestock.values import documents


@rule(
    "skip-annotation",
    title="An annotation that is to silence a rule silences none",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/",
    severity="warning",
    fails="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders, annotations: {kubestock/skip.plain-secret: ""}}
        data: {level: info}
    """,
    passes="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders, annotations: {kubestock/skip.plain-secret: "these are made-up samples"}}
        data: {level: info}
    """,
)
def skip_annotation(inventory: Inventory) -> Iterator[Problem]:
    """What is meant to be silenced is not: the annotation gives no reason, or the id of the rule is misspelt."""
    known: set[str] = set()
    for document in inventory.objects:
        annotations = documents.at(document, "metadata", "annotations")
        for name, reason in documents.mapping(annotations).items() if annotations else ():
            if not name.startswith(SKIP):
                continue
            known = known or {each.id for each in (*built_in_rules(), *installed_rules())}
            fix = _fix(name.removeprefix(SKIP), reason, known)
            if fix:
                field = ("metadata", "annotations", name)
                yield Problem(document, f"has an annotation {name!r} that silences no rule", fix=fix, field=field)


def _fix(id: str, reason: object, known: Collection[str]) -> str:
    """Return how an annotation is corrected; an id like none of these is taken for that of a user's rule."""
    meant = [] if id in known else get_close_matches(id, known, n=1)
    if meant:
        return f"write {SKIP}{meant[0]}"
    return "" if isinstance(reason, str) and reason.strip() else "say as a text why the rule is wrong there"
