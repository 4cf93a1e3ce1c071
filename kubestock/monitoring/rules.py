"""The alerts of a product as one PrometheusRule."""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import monitoring
from kubestock.kube.objects import KubeObject, head, meta
from kubestock.kube.tree import Group
from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.values.labels import Labels, label_map
from kubestock.values.value import checked

_WHERE = ("namespace", "environment")

RUNBOOKS = "https://github.com/kubestock/kubestock/blob/main/docs/runbooks"
"""The runbooks of this library, which use KubeStock's names as examples."""


class PrometheusRules(Group):
    """A PrometheusRule, which the operator adds to the rules of Prometheus.

    Args:
        scope: the chart.
        id: the id of the construct.
        name: the name of the object.
        groups: the alerts, or a function that returns them when the chart is written.
        runbooks: the URL of the folder with the runbooks, such as https://github.com/acme/shop/blob/main/docs/runbooks.
        labels: labels of the owner.
        selected_by: additional labels, by which Prometheus selects its rules. Defaults to none.
        alert_labels: labels of every alert, for the routes of Alertmanager, in addition to its severity and, if the
            alert has a namespace, `namespace` and `environment`. Defaults to none.

    Raises:
        ConfigurationError: if there is no group, a group or an alert is duplicated, the URL is invalid, or a label is
            one that the rules set.

    See https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        groups: Sequence[AlertGroup] | Callable[[], Sequence[AlertGroup]],
        runbooks: str,
        labels: Labels,
        selected_by: Mapping[str, str] | None = None,
        alert_labels: Mapping[str, str] | None = None,
    ) -> None:
        address = urlsplit(runbooks)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ConfigurationError(f"runbooks must be a URL that an engineer can open, got {runbooks!r}")
        if taken := sorted({"alertname", "severity", *_WHERE} & (alert_labels or {}).keys()):
            raise ConfigurationError(f"alert_labels must not have {', '.join(taken)}, which the rules set; remove it")
        self._groups = groups if callable(groups) else _checked(groups)
        super().__init__(scope, id)
        self._runbooks, self._environment = runbooks.rstrip("/"), labels.environment
        self._on_alerts = label_map("alert_labels", alert_labels or {})
        own = {**labels.metadata, **label_map("selected_by", selected_by or {})}
        manifest = head("monitoring.coreos.com/v1", "PrometheusRule", meta(name, own))
        self.object = KubeObject(self, "PrometheusRule", manifest=manifest, body=lambda: {"spec": self._spec()})

    @property
    def groups(self) -> tuple[AlertGroup, ...]:
        """The alert groups, as they are known at this time."""
        return self._groups if isinstance(self._groups, tuple) else _checked(self._groups())

    def _spec(self) -> monitoring.PrometheusRuleSpec:
        return monitoring.PrometheusRuleSpec(
            groups=[
                monitoring.PrometheusRuleSpecGroups(
                    name=group.name,
                    rules=[_rule(each, self._runbooks, self._on_alerts, self._environment) for each in group.alerts],
                )
                for group in self.groups
            ]
        )


def _checked(groups: Sequence[AlertGroup]) -> tuple[AlertGroup, ...]:
    grouped = [each.name for each in groups]
    if not grouped or len(set(grouped)) != len(grouped):
        raise ConfigurationError(f"groups must not be empty and their names must be unique, got {grouped}; rename one")
    named = [alert.name for group in groups for alert in group.alerts]
    if repeated := sorted({each for each in named if named.count(each) > 1}):
        raise ConfigurationError(f"names of alerts must be unique, got {', '.join(repeated)} again; rename one")
    return tuple(groups)


def _rule(
    alert: Alert, runbooks: str, labels: Mapping[str, str], environment: str
) -> monitoring.PrometheusRuleSpecGroupsRules:
    where = {} if alert.namespace is None else dict(zip(_WHERE, (alert.namespace, environment), strict=True))
    return monitoring.PrometheusRuleSpecGroupsRules(
        alert=alert.name,
        expr=monitoring.PrometheusRuleSpecGroupsRulesExpr.from_string(alert.expression),
        for_=alert.for_,
        labels={"severity": alert.severity, **where, **labels},
        annotations={
            "summary": alert.summary,
            "description": alert.description,
            "runbook_url": f"{runbooks}/{alert.runbook}",
        },
    )
