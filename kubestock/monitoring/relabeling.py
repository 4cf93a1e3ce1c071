"""Metric relabeling: which series Prometheus drops from a scrape before it counts and stores them."""

import re

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import monitoring
from kubestock.values.value import Value

_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OF_TARGETS = frozenset({"container", "endpoint", "instance", "job", "namespace", "pod"})
_SPECIAL = re.compile(r"[][\\.+*?(){}^$|]")


class KeepValues(Value):
    """Drops series whose label has another value than the given ones; series without the label are kept.

    A kept series does not change, and all buckets of a histogram are kept together. Never remove or rewrite such a
    label
    instead: series that differ only in this label would become one series, of which Prometheus stores the first value
        and
    drops the others, although the scrape succeeds.

    Args:
        label: the label of the series, such as `route`.
        values: the values to keep, as literal strings.

    Raises:
        ConfigurationError: if the label is invalid, or is one that the operator sets on each target; or there are no
            values, or duplicates.

    See https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
    """

    label: str
    values: tuple[str, ...]

    def check(self) -> None:
        if not _LABEL.fullmatch(self.label):
            raise ConfigurationError(f"label must be a valid label name, such as route, got {self.label!r}")
        if self.label in _OF_TARGETS:
            raise ConfigurationError(
                f"label must not be a label of the target ({', '.join(sorted(_OF_TARGETS))}), got {self.label!r}: "
                f"Prometheus renames the program's label, so use exported_{self.label}"
            )
        if not self.values or "" in self.values or len(set(self.values)) != len(self.values):
            raise ConfigurationError(
                f"values of {self.label!r} must be the values to keep, not empty and unique, got {self.values!r}"
            )

    @property
    def regex(self) -> str:
        """The regular expression that Prometheus matches with the whole value; a missing label is an empty value."""
        return "|".join(("", *(_SPECIAL.sub(r"\\\g<0>", each) for each in self.values)))

    def to_kube(self) -> monitoring.PodMonitorSpecPodMetricsEndpointsMetricRelabelings:
        """Return the relabeling step of the monitor."""
        return monitoring.PodMonitorSpecPodMetricsEndpointsMetricRelabelings(
            action=monitoring.PodMonitorSpecPodMetricsEndpointsMetricRelabelingsAction.KEEP,
            source_labels=[self.label],
            regex=self.regex,
        )
