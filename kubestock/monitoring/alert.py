"""One alert: when it fires, how bad that is, and what to do first."""

import re
from dataclasses import dataclass
from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.monitoring.durations import seconds_of
from kubestock.monitoring.metrics import refuse_unknown
from kubestock.values.types import typed

Severity = Literal["critical", "warning", "info"]
_NAME = re.compile(r"[A-Z][A-Za-z0-9]+")
_PAGE = re.compile(r"[A-Za-z0-9._/-]+\.md")


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert of Prometheus.

    Args:
        name: in CamelCase, after what is wrong.
        expression: PromQL that gives a series for each thing that is wrong, and none otherwise.
        lasting: how long it must be so. Defaults to firing at once.
        severity: critical wakes somebody, a warning waits for the morning, info is only shown.
        summary: one line; labels of the series stand as {{ $labels.pod }}.
        description: what to do first.
        runbook: the page, below the rules' runbook address. Defaults to `<name>.md`.
        own_metrics: metrics of the expression that the product's programs export themselves.

    Raises:
        ConfigurationError: for an expression that is no PromQL or reads a metric of nobody, a text that is empty,
            or no runbook.
    """

    name: str
    expression: str
    lasting: str | None = None
    severity: Severity
    summary: str
    description: str
    runbook: str | None = None
    own_metrics: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigurationError(f"name of an alert must be in CamelCase, such as PodRestarts, got {self.name!r}")
        if self.lasting is not None:
            seconds_of(f"lasting of {self.name}", self.lasting)
        for what, text in (("summary", self.summary), ("description", self.description)):
            if not text.strip():
                raise ConfigurationError(f"{what} of {self.name} must tell the engineer on call something")
        if not _PAGE.fullmatch(self.page):
            raise ConfigurationError(
                f"runbook of {self.name} must be a page such as {self.name}.md, got {self.runbook!r}; "
                "an alert without a runbook wakes somebody who does not know what to do"
            )
        refuse_unknown(self.expression, self.own_metrics)

    @property
    def page(self) -> str:
        """The runbook, below the address of all runbooks."""
        return f"{self.name}.md" if self.runbook is None else self.runbook


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class AlertGroup:
    """Alerts that are evaluated together.

    Raises:
        ConfigurationError: without an alert, or if two have one name.
    """

    name: str
    alerts: tuple[Alert, ...]

    def __post_init__(self) -> None:
        named = [each.name for each in self.alerts]
        if not named or len(set(named)) != len(named):
            raise ConfigurationError(f"alerts of group {self.name!r} must be there, each one once, got {named}")
