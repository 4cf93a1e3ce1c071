"""Findings and problems of rules, and where they are."""

import dataclasses
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum

from kubestock.values import documents
from kubestock.values.documents import Document, Path


class Severity(StrEnum):
    """The severity of a finding."""

    ERROR = "error"
    """The object does not work in a cluster, or is open to an attacker."""

    WARNING = "warning"
    """The object works, but is less reliable or less secure than its author intends."""

    NOTE = "note"
    """A rule could not check the object. Only such findings have this severity, never a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The place where a finding can be fixed.

    Args:
        file: the file with the object: a manifest, or a Python program. Defaults to an empty text, for unknown.
        line: the line in the file. Defaults to None, for unknown.
        construct: the path of the construct that creates the object. Defaults to an empty text, for none.
    """

    file: str = ""
    line: int | None = None
    construct: str = ""

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{self.construct} ({where})" if self.construct and where else self.construct or where


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A finding of a rule in one object.

    Two findings of a rule with the same object, message and fix are equal, even if their places differ.

    Args:
        rule: the id of the rule, for example `service-port`.
        severity: the severity of the rule.
        object: kind, namespace and name, for example `Deployment/shop/orders`.
        message: what is wrong. It never contains the value of a secret.
        fix: how to fix it.
        field: the path of the field, for example `spec.ports[0].targetPort`. Defaults to an empty text: the whole
            object.
        place: where the field is written. Defaults to None, for unknown.
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
    """A problem in one object. The function of a rule yields it.

    Args:
        document: the object with the problem, as the inventory contains it.
        message: what is wrong, without the object's name. It never contains the value of a secret.
        fix: how to fix it, in the imperative: "declare the port".
        part: the map or list in the document from which the path `field` starts, for example one of its containers.
            Defaults to the document itself.
        field: the path of the field with the problem. Defaults to the whole part.
    """

    document: Document
    message: str
    _: KW_ONLY
    fix: str
    part: object = None
    field: Path = ()


@dataclass(frozen=True, slots=True)
class Unjudged:
    """An object that a rule could not check. The function of a rule yields it; `--verbose` of the command shows it.

    Args:
        document: the object, as the inventory contains it.
        message: what could not be checked, and why. It never contains the value of a secret.
        part: as in `Problem`.
        field: as in `Problem`.
    """

    document: Document
    message: str
    _: KW_ONLY
    part: object = None
    field: Path = ()


def reference(document: Document) -> str:
    """Return kind, namespace (if it has one) and name of an object, for findings."""
    parts = (
        documents.text(document, "kind") or "(no kind)",
        documents.namespace(document),
        documents.name(document) or "(no name)",
    )
    return "/".join(part for part in parts if part)
