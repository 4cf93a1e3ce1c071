"""What the rules find in the charts of an app, all of them together."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cdk8s

from kubestock.app.places import Constructs
from kubestock.checks import Finding, Rule, Severity, judge, rules_with
from kubestock.checks.finding import reference
from kubestock.errors import ConfigurationError
from kubestock.kube.objects import made_in
from kubestock.kube.rendering import one_rendering
from kubestock.kube.tree import Scope, descendants, real_node
from kubestock.kube.written import Manifest, Written


class Judged(Written, Scope):
    """A chart that says how it is judged.

    Attributes:
        provided: objects that the cluster has and the chart does not make.
        rules: further ones, for all charts of its app.
    """

    provided: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()


def refuse_unworkable(charts: Iterable[cdk8s.Chart]) -> None:
    """Refuse charts in which the rules find what would not work; print the warnings about plain charts of cdk8s.

    Raises:
        ConfigurationError: with a text for each finding.
    """
    charts = list(charts)
    found, warnings = _judged(charts)
    # Only what is real can have validations; what the findings make real has none.
    others = [line for chart in charts for each in real_node(chart).find_all() for line in real_node(each).validate()]
    found += [line for line in dict.fromkeys(others) if line not in found]
    for line in warnings:
        sys.stderr.write(f"kubestock: warning: {line}\n")
    if found:
        lines = "\n".join(f"  - {line}" for line in found)
        raise ConfigurationError(f"nothing was written, because in a cluster this would not work:\n{lines}")


def findings_of(charts: Iterable[cdk8s.Chart]) -> list[str]:
    """Return a text for each thing in charts that could not work in a cluster."""
    return _judged(list(charts))[0]


@dataclass(frozen=True, slots=True)
class _Read:
    """The documents of a chart, each with its construct."""

    chart: cdk8s.Chart
    made: Sequence[tuple[Manifest, cdk8s.ApiObject]]

    @property
    def documents(self) -> list[Manifest]:
        """The documents."""
        return [document for document, _ in self.made]

    @property
    def is_plain(self) -> bool:
        """Whether it is a chart of cdk8s itself."""
        return not isinstance(self.chart, Judged)


def _judged(charts: list[cdk8s.Chart]) -> tuple[list[str], list[str]]:
    """Return what stops a synth, and the warnings that do not: those about objects of plain charts."""
    with one_rendering():
        read = [_Read(each, made_in(each)) for each in charts]
        own = [each for each in charts if isinstance(each, Judged)]
        found = judge(
            [document for each in read for document in each.documents],
            provided=[name for each in own for name in each.provided],
            rules=rules_with([rule for each in own for rule in each.rules]),
            places=Constructs((each.chart, each.made) for each in read),
        ).findings
        constructs = [each for chart in own for each in descendants(chart)]
        problems = [line for each in constructs for line in each.problems()]
    plain = {reference(document) for each in read if each.is_plain for document in each.documents}
    mild = [each for each in found if each.severity != Severity.ERROR and each.object in plain]
    stops = [*problems, *(_told(each) for each in found if each not in mild)]
    return stops, list(map(_told, mild))


def _told(finding: Finding) -> str:
    return f"{finding}\n    at {finding.place}" if finding.place else str(finding)
