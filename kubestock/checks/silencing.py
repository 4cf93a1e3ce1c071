"""What silences a rule for one object, with a reason."""

from dataclasses import dataclass

from kubestock.checks.finding import Finding
from kubestock.values import documents
from kubestock.values.documents import Document

SKIP = "kubestock/skip."
"""What an annotation begins with that silences a rule: the id of the rule follows, and its text is the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silenced:
    """Something that a rule found, and that is silenced.

    Args:
        finding: what was found.
        reason: why it is fine.
    """

    finding: Finding
    reason: str


def reason_in(document: Document, rule: str) -> str:
    """Return the reason for which an object silences a rule, or nothing if it does not."""
    return documents.annotation(document, f"{SKIP}{rule}").strip()
