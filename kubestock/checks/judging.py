"""Runs rules on manifests."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as File
from traceback import extract_tb
from typing import Any

from kubestock.checks.definition import Rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.fields import path_to, written
from kubestock.checks.finding import Finding, Place, Problem, Severity, Unjudged, reference
from kubestock.checks.registry import built_in_rules
from kubestock.checks.silencing import Silenced, reason_in
from kubestock.values.documents import Document, Path

_PACKAGE = str(File(__file__).parents[1])


class Places:
    """Finds the files and lines of objects. This base class knows no places, and treats all objects as one file."""

    def place(self, document: Document, path: Path) -> Place | None:  # noqa: ARG002  # subclasses use them
        """Return the place of a field of an object, or None if it is unknown."""
        return None

    def file_of(self, document: Document) -> str:  # noqa: ARG002  # as above
        """Return the file that contains an object. Rules check the order of objects only within one file."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The results of the rules for a set of manifests.

    Args:
        findings: the errors and warnings: rule by rule, and in the order of the manifests within a rule.
        silenced: findings that are silenced with a reason.
        not_checked: what rules could not check, as findings of severity `note`.
        inventory: the objects that were checked.
    """

    findings: tuple[Finding, ...]
    silenced: tuple[Silenced, ...]
    not_checked: tuple[Finding, ...]
    inventory: Inventory


def findings(
    manifests: Iterable[Mapping[str, Any]],
    *,
    provided: Collection[str] = (),
    rules: Iterable[Rule] | None = None,
    release: str = "",
    crds: Iterable[Mapping[str, Any]] = (),
) -> list[Finding]:
    """Return the findings of the rules: rule by rule, and in the order of the manifests within a rule.

    The annotation `kubestock/skip.<rule>` silences a rule for an object. Its text is the reason.

    Args:
        manifests: documents as YAML loads them, of one or several charts. Fields can be missing or malformed: parts
            that cannot be read are not checked.
        provided: objects of the cluster that are not in the manifests, so that references to them are valid:
            `Secret/registry` in any namespace, or `Secret/<namespace>/registry`.
        rules: the rules to run. Defaults to kubestock's own rules; `rules_with` adds others to them.
        release: the Kubernetes release whose schemas apply, such as `1.31`. Defaults to the newest known release.
        crds: CustomResourceDefinitions of the cluster, as YAML loads them. Custom resources are validated by their
            schemas and by those of the CRDs in the manifests.
    """
    return list(judge(manifests, provided=provided, rules=rules, release=release, crds=crds).findings)


def judge(
    manifests: Iterable[Mapping[str, Any]],
    *,
    provided: Collection[str] = (),
    rules: Iterable[Rule] | None = None,
    skipped: Mapping[str, str] | None = None,
    places: Places | None = None,
    release: str = "",
    crds: Iterable[Mapping[str, Any]] = (),
) -> Judgement:
    """Return the results of the rules: findings, silenced findings, and what could not be checked.

    Args:
        manifests: as in `findings`.
        provided: as in `findings`.
        rules: as in `findings`.
        skipped: the ids of rules that are silenced for all objects, each with the reason. Defaults to none.
        places: finds the files and lines of the objects. By default, they are unknown, and all objects are in one file.
        release: as in `findings`.
        crds: as in `findings`.
    """
    places = places or Places()
    inventory = Inventory(manifests, provided=provided, file_of=places.file_of, release=release, crds=crds)
    judging = built_in_rules() if rules is None else rules
    found: dict[Finding, Finding] = {}
    silenced: dict[Finding, Silenced] = {}
    for finding, reason in _results(judging, inventory, skipped or {}, places):
        if reason:
            silenced.setdefault(finding, Silenced(finding=finding, reason=reason))
        else:
            found.setdefault(finding, finding)
    return Judgement(
        findings=tuple(each for each in found.values() if each.severity != Severity.NOTE),
        silenced=tuple(silenced.values()),
        not_checked=tuple(each for each in found.values() if each.severity == Severity.NOTE),
        inventory=inventory,
    )


def _results(
    rules: Iterable[Rule], inventory: Inventory, skipped: Mapping[str, str], places: Places
) -> Iterator[tuple[Finding, str]]:
    """Yield each finding with the reason why it is silenced; the reason is empty if it is not silenced."""
    for rule in rules:
        try:
            for each in _yielded(rule, inventory):
                silent = isinstance(each, Problem) and (skipped.get(rule.id) or reason_in(each.document, rule.id))
                yield _finding(rule, each, places), silent or ""
        except Exception as error:  # noqa: BLE001  # a user's rule can raise any exception; it becomes a finding
            yield _failed_rule(rule, error), ""


def _yielded(rule: Rule, inventory: Inventory) -> Iterator[Problem | Unjudged]:
    found: object = rule(inventory)
    if not isinstance(found, Iterable):
        raise _NotAProblemError(f"returned {type(found).__name__}")
    for each in found:
        if not isinstance(each, Problem | Unjudged):
            raise _NotAProblemError(f"yielded {type(each).__name__}")
        yield each


class _NotAProblemError(TypeError):
    """A rule returns or yields something other than problems."""


def _finding(rule: Rule, found: Problem | Unjudged, places: Places) -> Finding:
    above = () if found.part is None else path_to(found.document, found.part)
    path = () if above is None else (*above, *found.field)
    return Finding(
        rule=rule.id,
        severity=rule.severity if isinstance(found, Problem) else Severity.NOTE,
        object=reference(found.document),
        message=found.message,
        fix=found.fix if isinstance(found, Problem) else "",
        field=written(path),
        place=places.place(found.document, path),
    )


def _failed_rule(rule: Rule, error: Exception) -> Finding:
    # The message of the exception can contain the value of a secret, so it is left out.
    frames = extract_tb(error.__traceback__)
    last = next((each for each in reversed(frames) if not each.filename.startswith(_PACKAGE)), frames[-1])
    if isinstance(error, _NotAProblemError):
        return Finding(
            rule=rule.id,
            severity=Severity.ERROR,
            object="the rule itself",
            message=f"must yield Problem or Unjudged for each fault, but {error}",
            fix="write 'yield Problem(document, message, fix=…)'",
        )
    return Finding(
        rule=rule.id,
        severity=Severity.ERROR,
        object="the rule itself",
        message=f"raised {type(error).__name__} at {File(last.filename).name}:{last.lineno}, so it did not check "
        "all objects",
        fix="correct the rule: it must accept any document",
        place=Place(file=last.filename, line=last.lineno),
    )
