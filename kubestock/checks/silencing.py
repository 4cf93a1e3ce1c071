"""Annotations that silence a rule for one object, with a reason."""

from dataclasses import dataclass

from kubestock.checks.finding import Finding
from kubestock.values import documents
from kubestock.values.documents import Document

SKIP = "kubestock/skip."
"""The prefix of an annotation that silences a rule. The id of the rule follows; the value is the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silenced:
    """A finding that is silenced.

    Args:
        finding: the finding.
        reason: why the object is acceptable.
    """

    finding: Finding
    reason: str


def reason_in(document: Document, rule: str) -> str:
    """Return the reason for which an object silences a rule, or an empty text if it does not silence it."""
    return documents.annotation(document, f"{SKIP}{rule}").strip()
