"""How rules judge manifests."""

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


class Places:
    """Says where objects are written: unknown here, which means one file."""

    def place(self, document: Document, path: Path) -> Place | None:  # noqa: ARG002  # what is derived from it reads them
        """Return where a field of an object is written."""
        return None

    def file_of(self, document: Document) -> str:  # noqa: ARG002  # as above
        """Return the file that is applied with an object in it; only the order within one file is judged."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What rules say about manifests.

    Args:
        findings: what would not work in a cluster, rule by rule, each in the order of the manifests.
        silenced: what was found, and is silenced with a reason.
        unjudged: what rules could not judge, as findings of severity `note`.
        inventory: the objects that were judged.
    """

    findings: tuple[Finding, ...]
    silenced: tuple[Silenced, ...]
    unjudged: tuple[Finding, ...]
    inventory: Inventory


def findings(
    manifests: Iterable[Mapping[str, Any]],
    *,
    provided: Collection[str] = (),
    rules: Iterable[Rule] | None = None,
    release: str = "",
    crds: Iterable[Mapping[str, Any]] = (),
) -> list[Finding]:
    """Return what would not work in a cluster, rule by rule, each in the order of the manifests.

    An annotation `kubestock/skip.<rule>` of an object, whose text is the reason, silences a rule for that object.

    Args:
        manifests: documents as YAML loads them, of one chart or several. Anything may be missing or
            malformed in them: what cannot be read is not judged.
        provided: objects that the cluster has outside the manifests, so that a reference to them is fine:
            `Secret/registry` in any namespace, or `Secret/<namespace>/registry`.
        rules: that judge. Defaults to kubestock's own; `rules_with` adds others to them.
        release: of Kubernetes whose schemas hold, such as `1.31`. Defaults to the newest one that is known.
        crds: CustomResourceDefinitions of the cluster, as YAML loads them: objects of their kinds are held against
            their schemas. Those among the manifests count as well.
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
    """Return what rules say about manifests, what is silenced, and what they could not judge.

    Args:
        manifests: as of `findings`.
        provided: as of `findings`.
        rules: as of `findings`.
        skipped: the ids of rules that are silenced for all objects, each with the reason. Defaults to none.
        places: says where the objects are written. Defaults to unknown, and one file.
        release: as of `findings`.
        crds: as of `findings`.
    """
    places = places or Places()
    inventory = Inventory(manifests, provided=provided, file_of=places.file_of, release=release, crds=crds)
    judging = built_in_rules() if rules is None else rules
    told: dict[Finding, Finding] = {}
    silenced: dict[Finding, Silenced] = {}
    for finding, reason in _told(judging, inventory, skipped or {}, places):
        if reason:
            silenced.setdefault(finding, Silenced(finding=finding, reason=reason))
        else:
            told.setdefault(finding, finding)
    return Judgement(
        findings=tuple(each for each in told.values() if each.severity != Severity.NOTE),
        silenced=tuple(silenced.values()),
        unjudged=tuple(each for each in told.values() if each.severity == Severity.NOTE),
        inventory=inventory,
    )


def _told(
    rules: Iterable[Rule], inventory: Inventory, skipped: Mapping[str, str], places: Places
) -> Iterator[tuple[Finding, str]]:
    """Yield each finding, and the reason for which it is silenced, which is empty where it is not."""
    for rule in rules:
        try:
            for each in rule(inventory):
                silent = isinstance(each, Problem) and (skipped.get(rule.id) or reason_in(each.document, rule.id))
                yield _finding(rule, each, places), silent or ""
        except Exception as error:  # noqa: BLE001  # a user's rule may raise anything; it is told as an error
            yield _broken(rule, error), ""


def _finding(rule: Rule, found: Problem | Unjudged, places: Places) -> Finding:
    above = () if found.within is None else path_to(found.document, found.within)
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


def _broken(rule: Rule, error: Exception) -> Finding:
    # The message of the exception may hold the value of a secret.
    last = extract_tb(error.__traceback__)[-1]
    return Finding(
        rule=rule.id,
        severity=Severity.ERROR,
        object="the rule itself",
        message=f"stopped with {type(error).__name__} at {File(last.filename).name}:{last.lineno}, so it did not judge "
        "all objects",
        fix="correct the rule: it must take any document",
        place=Place(file=last.filename, line=last.lineno),
    )
