"""Checks all charts of an app with the rules."""

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


class CheckedChart(Written, Scope):
    """The base of a chart with settings for the rules.

    Attributes:
        provided: objects that exist in the cluster and are not in a chart.
        rules: additional rules for all charts of the app.
    """

    provided: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()


def check_charts(charts: Iterable[cdk8s.Chart]) -> None:
    """Check charts with the rules, and print the warnings.

    Raises:
        ConfigurationError: if there are errors; the message lists all of them.
    """
    charts = list(charts)
    errors, warnings = _check(charts)
    # Only constructs in Node.js can have validations. Constructs that the rules create there have none.
    others = [line for chart in charts for each in real_node(chart).find_all() for line in real_node(each).validate()]
    errors += [line for line in dict.fromkeys(others) if line not in errors]
    for line in warnings:
        sys.stderr.write(f"kubestock: warning: {line}\n")
    if errors:
        lines = "\n".join(f"  - {line}" for line in errors)
        raise ConfigurationError(f"nothing is written, because this would not work in a cluster:\n{lines}")


def findings_of(charts: Iterable[cdk8s.Chart]) -> list[str]:
    """Return the errors in charts, then the warnings, one text for each."""
    errors, warnings = _check(list(charts))
    return [*errors, *warnings]


def errors_of(charts: Iterable[cdk8s.Chart]) -> list[str]:
    """Return the errors in charts, one text for each."""
    return _check(list(charts))[0]


def _check(charts: list[cdk8s.Chart]) -> tuple[list[str], list[str]]:
    """Return the errors, which stop a synth, and the warnings, which do not."""
    with one_rendering():
        made = [(each, made_in(each)) for each in charts]
        own = [each for each in charts if isinstance(each, CheckedChart)]
        found = judge(
            [document for _, each in made for document, _ in each],
            provided=[name for each in own for name in each.provided],
            rules=rules_with([rule for each in own for rule in each.rules]),
            places=Constructs(made),
        ).findings
        constructs = [each for chart in own for each in descendants(chart)]
        problems = [line for each in constructs for line in each.problems()]
    errors = [each for each in found if each.severity == Severity.ERROR]
    return [*problems, *map(_describe, errors)], [_describe(each) for each in found if each not in errors]


def _describe(finding: Finding) -> str:
    return f"{finding}\n    at {finding.place}" if finding.place else str(finding)
