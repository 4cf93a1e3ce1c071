"""How rules judge manifests."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as File
from traceback import extract_tb
from typing import Any

from kubestock.checks.definition import Rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.fields import path_to, written
from kubestock.checks.finding import Finding, Path, Place, Problem, Severity, Unjudged, reference
from kubestock.checks.registry import built_in_rules
from kubestock.values.documents import Document

Places = Callable[[Document, Path], Place | None]
"""Says where a field of an object is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What rules say about manifests.

    Args:
        findings: what would not work in a cluster, rule by rule, each in the order of the manifests.
        unjudged: what rules could not judge, as findings of severity `note`.
    """

    findings: tuple[Finding, ...]
    unjudged: tuple[Finding, ...]


def findings(
    manifests: Iterable[Mapping[str, Any]],
    *,
    provided: Collection[str] = (),
    rules: Iterable[Rule] | None = None,
    release: str = "",
    crds: Iterable[Mapping[str, Any]] = (),
) -> list[Finding]:
    """Return what would not work in a cluster, rule by rule, each in the order of the manifests.

    Args:
        manifests: documents as YAML loads them, of one chart or several. Anything may be missing or
            malformed in them: what cannot be read is not judged.
        provided: objects that the cluster has outside the manifests, so that a reference to them is fine:
            `Secret/ecr-cred` in any namespace, or `Secret/<namespace>/ecr-cred`.
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
    places: Places | None = None,
    release: str = "",
    crds: Iterable[Mapping[str, Any]] = (),
) -> Judgement:
    """Return what rules say about manifests, and what they could not judge.

    Args:
        manifests: as of `findings`.
        provided: as of `findings`.
        rules: as of `findings`.
        places: says where a field of an object is written. Defaults to unknown.
        release: as of `findings`.
        crds: as of `findings`.
    """
    inventory = Inventory(manifests, provided=provided, release=release, crds=crds)
    told: dict[Finding, Finding] = {}
    for rule in built_in_rules() if rules is None else rules:
        for each in _judged(rule, inventory, places):
            told.setdefault(each, each)
    return Judgement(
        findings=tuple(each for each in told.values() if each.severity != Severity.NOTE),
        unjudged=tuple(each for each in told.values() if each.severity == Severity.NOTE),
    )


def _judged(rule: Rule, inventory: Inventory, places: Places | None) -> Iterator[Finding]:
    try:
        for each in rule(inventory):
            yield _finding(rule, each, places)
    except Exception as error:  # noqa: BLE001  # a user's rule may raise anything; it is told as an error
        yield _broken(rule, error)


def _finding(rule: Rule, found: Problem | Unjudged, places: Places | None) -> Finding:
    above = () if found.within is None else path_to(found.document, found.within)
    path = () if above is None else (*above, *found.field)
    return Finding(
        rule=rule.id,
        severity=rule.severity if isinstance(found, Problem) else Severity.NOTE,
        object=reference(found.document),
        message=found.message,
        fix=found.fix if isinstance(found, Problem) else "",
        field=written(path),
        place=None if places is None else places(found.document, path),
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
