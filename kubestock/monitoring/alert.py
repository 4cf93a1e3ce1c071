"""One alert: when it fires, how bad that is, and what to do first."""

import re
from dataclasses import replace
from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.monitoring.durations import seconds_of
from kubestock.monitoring.metrics import refuse_unknown, refuse_what_is_no_vector
from kubestock.monitoring.templates import refuse_broken
from kubestock.values import names
from kubestock.values.value import Value

Severity = Literal["critical", "warning", "info"]
_NAME = re.compile(r"[A-Z][A-Za-z0-9]+")
_PAGE = re.compile(r"([A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*\.md")


class Alert(Value):
    """An alert of Prometheus.

    Args:
        name: in CamelCase, after what is wrong.
        expression: PromQL that gives a series for each thing that is wrong, and none otherwise.
        lasting: how long it must be so. Defaults to firing at once.
        severity: critical wakes somebody, a warning waits for the morning, info is only shown.
        summary: one line; labels of the series stand as {{ $labels.pod }}.
        description: what to do first.
        runbook: the page, below the rules' runbook address, such as PodRestarts.md; it cannot be left out.
        namespace: whose alert it is; it stands on the alert as a label, so that Alertmanager tells two environments
            apart even where the series have lost it. Defaults to none: the alert is the whole cluster's.
        own_metrics: metrics of the expression that the product's programs export themselves.

    Raises:
        ConfigurationError: for an expression that is no PromQL, gives no vector or reads a metric of nobody, a text
            that is empty or that Prometheus cannot fill in, or no runbook.
    """

    name: str
    expression: str
    lasting: str | None = None
    severity: Severity
    summary: str
    description: str
    runbook: str | None = None
    namespace: str | None = None
    own_metrics: frozenset[str] = frozenset()

    def check(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigurationError(f"name of an alert must be in CamelCase, such as PodRestarts, got {self.name!r}")
        if self.lasting is not None:
            seconds_of(f"lasting of {self.name}", self.lasting)
        if self.namespace is not None:
            names.dns_label("namespace", self.namespace)
        for what, text in (("summary", self.summary), ("description", self.description)):
            refuse_broken(f"{what} of {self.name}", text)
        if self.runbook is None or not _PAGE.fullmatch(self.runbook):
            raise ConfigurationError(
                f"runbook of {self.name} must be a page below the runbooks' address, such as {self.name}.md, "
                f"got {self.runbook!r}; an alert without a runbook wakes somebody who does not know what to do"
            )
        refuse_unknown(self.expression, self.own_metrics)
        refuse_what_is_no_vector(self.expression)


class AlertGroup(Value):
    """Alerts that are evaluated together.

    Raises:
        ConfigurationError: without a name or an alert, or if two alerts have one name.
    """

    name: str
    alerts: tuple[Alert, ...]

    def check(self) -> None:
        if not self.name.strip():
            raise ConfigurationError("name of a group of alerts must not be empty")
        named = [each.name for each in self.alerts]
        if not named or len(set(named)) != len(named):
            raise ConfigurationError(f"alerts of group {self.name!r} must be there, each one once, got {named}")

    def of(self, namespace: str) -> "AlertGroup":
        """Return the group with the namespace on each of its alerts."""
        return replace(self, alerts=tuple(replace(each, namespace=namespace) for each in self.alerts))
