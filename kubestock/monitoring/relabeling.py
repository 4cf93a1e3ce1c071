"""What is dropped of a scrape before it is counted and stored."""

import re

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import monitoring
from kubestock.values.value import Value

_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OF_TARGETS = frozenset({"container", "endpoint", "instance", "job", "namespace", "pod"})
_SPECIAL = re.compile(r"[][\\.+*?(){}^$|]")


class KeepValues(Value):
    """Drops the series whose label has another value than these; series without the label stay.

    What is kept is as the program counted it, and all buckets of a histogram stay together. Never remove or rewrite
    such a label instead: series that differ in nothing else would become one series, of which Prometheus stores the
    first value and drops the others, although the scrape succeeds.

    Args:
        label: of the series, such as `route`.
        values: those that stay, letter by letter.

    Raises:
        ConfigurationError: for what cannot be a label, or one that the operator gives each target; for no values or a
            value twice.

    See https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
    """

    label: str
    values: tuple[str, ...]

    def check(self) -> None:
        if not _LABEL.fullmatch(self.label):
            raise ConfigurationError(f"label must be the name of a label, such as route, got {self.label!r}")
        if self.label in _OF_TARGETS:
            raise ConfigurationError(
                f"label must not be one of the target's own ({', '.join(sorted(_OF_TARGETS))}), got {self.label!r}: "
                f"Prometheus renames the program's, so name it exported_{self.label}"
            )
        if not self.values or "" in self.values or len(set(self.values)) != len(self.values):
            raise ConfigurationError(
                f"values of {self.label!r} must be those that stay, none empty and each one once, got {self.values!r}"
            )

    @property
    def regex(self) -> str:
        """What Prometheus matches the whole value with; a missing label is an empty value."""
        return "|".join(("", *(_SPECIAL.sub(r"\\\g<0>", each) for each in self.values)))

    def to_kube(self) -> monitoring.PodMonitorSpecPodMetricsEndpointsMetricRelabelings:
        """Return the step of the monitor."""
        return monitoring.PodMonitorSpecPodMetricsEndpointsMetricRelabelings(
            action=monitoring.PodMonitorSpecPodMetricsEndpointsMetricRelabelingsAction.KEEP,
            source_labels=[self.label],
            regex=self.regex,
        )
