"""What the rules find in the charts of an app, all of them together."""

import sys
from collections.abc import Iterable

import cdk8s

from kubestock.app.places import Constructs
from kubestock.checks import Finding, Rule, Severity, judge, rules_with
from kubestock.errors import ConfigurationError
from kubestock.kube.objects import made_in
from kubestock.kube.rendering import one_rendering
from kubestock.kube.tree import Scope, descendants, real_node
from kubestock.kube.written import Written


class Judged(Written, Scope):
    """A chart that says how it is judged.

    Attributes:
        provided: objects that the cluster has and the chart does not make.
        rules: further ones, for all charts of its app.
    """

    provided: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()


def refuse_unworkable(charts: Iterable[cdk8s.Chart]) -> None:
    """Refuse charts in which the rules find what would not work, and print what is weaker than it should be.

    Raises:
        ConfigurationError: with a text for each error.
    """
    charts = list(charts)
    errors, warnings = _judged(charts)
    # Only what is real can have validations; what the findings make real has none.
    others = [line for chart in charts for each in real_node(chart).find_all() for line in real_node(each).validate()]
    errors += [line for line in dict.fromkeys(others) if line not in errors]
    for line in warnings:
        sys.stderr.write(f"kubestock: warning: {line}\n")
    if errors:
        lines = "\n".join(f"  - {line}" for line in errors)
        raise ConfigurationError(f"nothing was written, because in a cluster this would not work:\n{lines}")


def findings_of(charts: Iterable[cdk8s.Chart]) -> list[str]:
    """Return a text for each thing in charts that could not work in a cluster, and then for each that is weak."""
    errors, warnings = _judged(list(charts))
    return [*errors, *warnings]


def errors_of(charts: Iterable[cdk8s.Chart]) -> list[str]:
    """Return a text for each thing in charts that could not work in a cluster."""
    return _judged(list(charts))[0]


def _judged(charts: list[cdk8s.Chart]) -> tuple[list[str], list[str]]:
    """Return the errors, which stop a synth, and the warnings, which do not."""
    with one_rendering():
        made = [(each, made_in(each)) for each in charts]
        own = [each for each in charts if isinstance(each, Judged)]
        found = judge(
            [document for _, each in made for document, _ in each],
            provided=[name for each in own for name in each.provided],
            rules=rules_with([rule for each in own for rule in each.rules]),
            places=Constructs(made),
        ).findings
        constructs = [each for chart in own for each in descendants(chart)]
        problems = [line for each in constructs for line in each.problems()]
    errors = [each for each in found if each.severity == Severity.ERROR]
    return [*problems, *map(_told, errors)], [_told(each) for each in found if each not in errors]


def _told(finding: Finding) -> str:
    return f"{finding}\n    at {finding.place}" if finding.place else str(finding)
