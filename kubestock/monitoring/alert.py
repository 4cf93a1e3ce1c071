"""One alert: when it fires, how severe it is, and what to do first."""

import re
from dataclasses import replace
from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.monitoring.durations import seconds_of
from kubestock.monitoring.metrics import check_known_metrics, check_vector
from kubestock.monitoring.templates import check_template
from kubestock.values import names
from kubestock.values.value import Value

Severity = Literal["critical", "warning", "info"]
_NAME = re.compile(r"[A-Z][A-Za-z0-9]+")
_PAGE = re.compile(r"([A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*\.md")


class Alert(Value):
    """An alerting rule of Prometheus.

    Args:
        name: the name in CamelCase, after the problem.
        expression: PromQL that returns a series for each problem, and no series otherwise.
        for_: for how long the expression must return a series (`for`). Defaults to none: the alert fires at once.
        severity: critical pages the engineer on call, a warning can wait until the morning, info is only displayed.
        summary: one line; labels of the series are written as {{ $labels.pod }}.
        description: what to do first.
        runbook: the page of the runbook, relative to the rules' runbook address, such as PodRestarts.md. It is
            required.
        namespace: the namespace of the alert, which becomes a label, so that Alertmanager can tell two environments
            apart even if the series have no such label. Defaults to none: the alert is about the whole cluster.
        program_metrics: metrics in the expression that the programs of the product export.

    Raises:
        ConfigurationError: if the expression is not valid PromQL, does not return a vector or reads an unknown metric,
            a text is empty or not a valid template, or there is no runbook.
    """

    name: str
    expression: str
    for_: str | None = None
    severity: Severity
    summary: str
    description: str
    runbook: str | None = None
    namespace: str | None = None
    program_metrics: frozenset[str] = frozenset()

    def check(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigurationError(f"name of an alert must be in CamelCase, such as PodRestarts, got {self.name!r}")
        if self.for_ is not None:
            seconds_of(f"for_ of {self.name}", self.for_)
        if self.namespace is not None:
            names.dns_label("namespace", self.namespace)
        for what, text in (("summary", self.summary), ("description", self.description)):
            check_template(f"{what} of {self.name}", text)
        if self.runbook is None or not _PAGE.fullmatch(self.runbook):
            raise ConfigurationError(
                f"runbook of {self.name} must be a page below the runbooks' address, such as {self.name}.md, "
                f"got {self.runbook!r}; an engineer who is paged needs a runbook that says what to do"
            )
        check_known_metrics(self.expression, self.program_metrics)
        check_vector(self.expression)


class AlertGroup(Value):
    """Alerts that Prometheus evaluates together.

    Args:
        name: the name of the group.
        alerts: the alerts, at least one, each with a name of its own.

    Raises:
        ConfigurationError: if there is no name or no alert, or two alerts have the same name.
    """

    name: str
    alerts: tuple[Alert, ...]

    def check(self) -> None:
        if not self.name.strip():
            raise ConfigurationError("name of a group of alerts must not be empty")
        named = [each.name for each in self.alerts]
        if not named or len(set(named)) != len(named):
            raise ConfigurationError(f"alerts of group {self.name!r} must not be empty and must be unique, got {named}")

    def of(self, namespace: str) -> "AlertGroup":
        """Return the group with the namespace in each of its alerts."""
        return replace(self, alerts=tuple(replace(each, namespace=namespace) for each in self.alerts))
