"""The rule about annotations that silence rules."""

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
    title="An annotation for silencing a rule has no effect",
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
    """The rule still has its finding, because the annotation has no reason, or the id of the rule is misspelled."""
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
    """Return the fix of an annotation, or an empty text if it is valid.

    An id that is not similar to a known one can be that of a user's rule, so it is accepted.
    """
    similar = [] if id in known else get_close_matches(id, known, n=1)
    if similar:
        return f"write {SKIP}{similar[0]}"
    return "" if isinstance(reason, str) and reason.strip() else "write the reason for silencing the rule as its text"
