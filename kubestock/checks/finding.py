"""What a rule finds, and where."""

import dataclasses
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum

from kubestock.values import documents
from kubestock.values.documents import Document, Path


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """Something does not work in a cluster, or is open to an attacker."""

    WARNING = "warning"
    """Something works, and is weaker than its author means it to be."""

    NOTE = "note"
    """Something that a rule could not judge. A rule itself never has this severity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a finding can be corrected.

    Args:
        file: that says it: a manifest, or a Python program. Defaults to unknown.
        line: in the file. Defaults to none.
        construct: the path of the construct that made the object. Defaults to none.
    """

    file: str = ""
    line: int | None = None
    construct: str = ""

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{self.construct} ({where})" if self.construct and where else self.construct or where


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule found in one object.

    Two findings of one rule that say the same about an object are equal, wherever they were found.

    Args:
        rule: the id of the rule, for example `service-port`.
        severity: of the rule.
        object: kind, namespace and name, for example `Deployment/shop/orders`.
        message: what is wrong. It never contains the value of a secret.
        fix: what to do about it.
        field: the field of the object, for example `spec.ports[0].targetPort`. Defaults to none.
        place: where that is written. Defaults to unknown.
    """

    rule: str
    severity: Severity
    object: str
    message: str
    fix: str = ""
    field: str = dataclasses.field(default="", compare=False)
    place: Place | None = dataclasses.field(default=None, compare=False)

    def __str__(self) -> str:
        said = f"{self.message}; {self.fix}" if self.fix else self.message
        return " ".join(f"{self.object}: {said} [{self.rule}]".split())


@dataclass(frozen=True, slots=True)
class Problem:
    """What the function of a rule yields for each thing that is wrong.

    Args:
        document: the object that is wrong, as the inventory holds it.
        message: what is wrong, without the object's name. It never contains the value of a secret.
        fix: what to do about it, as an imperative: "declare the port".
        within: a map or a list of the document to which `field` is relative, for example one of its containers.
            Defaults to the document itself.
        field: the path of the field that is wrong. Defaults to none.
    """

    document: Document
    message: str
    _: KW_ONLY
    fix: str
    within: object = None
    field: Path = ()


@dataclass(frozen=True, slots=True)
class Unjudged:
    """What the function of a rule yields for what it could not read; the command shows it with `--verbose`.

    Args:
        document: the object that is not judged, as the inventory holds it.
        message: what could not be judged, and why. It never contains the value of a secret.
        within: as of a problem.
        field: as of a problem.
    """

    document: Document
    message: str
    _: KW_ONLY
    within: object = None
    field: Path = ()


def reference(document: Document) -> str:
    """Return kind, namespace (if it has one) and name of an object, as findings show them."""
    parts = (
        documents.text(document, "kind") or "(no kind)",
        documents.namespace(document),
        documents.name(document) or "(no name)",
    )
    return "/".join(part for part in parts if part)
