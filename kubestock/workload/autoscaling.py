"""The number of pods of a workload: fixed, or set by a HorizontalPodAutoscaler."""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.scalars import quantity
from kubestock.values.labels import label_map
from kubestock.values.numbers import seconds, whole
from kubestock.values.quantities import Quantity
from kubestock.values.value import Value

_HPA_WINDOW_MAX = 3600
_HPA_PERIOD_MAX = 1800


class Replicas(Value, kw_only=False):
    """A fixed number of pods.

    Args:
        count: the number. Defaults to 2, so that one can stop; 0 keeps the workload but runs no pod.
    """

    count: int = 2

    def check(self) -> None:
        whole("replicas", self.count)

    @property
    def most(self) -> int:
        """The maximum number of pods outside a rollout."""
        return self.count

    @property
    def fewest(self) -> int:
        """The minimum number of pods."""
        return self.count


class PodsMetric(Value):
    """Scales on a metric of the pods (custom.metrics.k8s.io), to keep its average over the pods at a value.

    Args:
        name: the name of the metric.
        average_value: the target for the average over the pods, as a quantity such as 100 or 500m.

    Raises:
        ConfigurationError: if the name cannot be part of a URL's path, or the average is not greater than zero.
    """

    name: str
    average_value: str

    def check(self) -> None:
        _check_metric(self.name, self.average_value)

    def to_kube(self) -> k8s.MetricSpecV2:
        """Return the binding."""
        target = k8s.MetricTargetV2(type="AverageValue", average_value=quantity(Quantity(self.average_value)))
        metric = k8s.MetricIdentifierV2(name=self.name)
        return k8s.MetricSpecV2(type="Pods", pods=k8s.PodsMetricSourceV2(metric=metric, target=target))


class ExternalMetric(Value):
    """Scales on a metric from outside the cluster (external.metrics.k8s.io), such as the length of a queue.

    Args:
        name: the name of the metric.
        average_value: the target for the total divided by the number of pods.
        labels: labels that select the series. Defaults to all series.

    Raises:
        ConfigurationError: if the name cannot be part of a URL's path, the average is not greater than zero, or a label
            is malformed.
    """

    name: str
    average_value: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        _check_metric(self.name, self.average_value)
        label_map("labels", self.labels)

    def to_kube(self) -> k8s.MetricSpecV2:
        """Return the binding."""
        selector = k8s.LabelSelector(match_labels=dict(self.labels)) if self.labels else None
        target = k8s.MetricTargetV2(type="AverageValue", average_value=quantity(Quantity(self.average_value)))
        metric = k8s.MetricIdentifierV2(name=self.name, selector=selector)
        return k8s.MetricSpecV2(type="External", external=k8s.ExternalMetricSourceV2(metric=metric, target=target))


class ScalingRules(Value):
    """Limits how fast an autoscaler adds or removes pods: by `pods`, by `percent`, or by both in each period.

    Args:
        stabilization_window_seconds: the stabilization window: the autoscaler uses the recommendation of this time that
            changes the number of pods least.
        pods: the maximum change in one period, in pods.
        percent: the maximum change in one period, in percent of the current number of pods.
        period_seconds: the length of a period.
        select_policy: if both are given, Max uses the larger change and Min the smaller one. Defaults to Max.
    """

    stabilization_window_seconds: int
    pods: int | None = None
    percent: int | None = None
    period_seconds: int = 60
    select_policy: Literal["Max", "Min"] = "Max"

    def check(self) -> None:
        seconds("stabilization_window_seconds", self.stabilization_window_seconds, maximum=_HPA_WINDOW_MAX)
        seconds("period_seconds", self.period_seconds, minimum=1, maximum=_HPA_PERIOD_MAX)
        for what, value in (("pods", self.pods), ("percent", self.percent)):
            if value is not None:
                whole(what, value, minimum=1)
        if self.pods is None and self.percent is None:
            raise ConfigurationError("scaling rules must set pods, percent or both, got neither")

    def to_kube(self) -> k8s.HpaScalingRulesV2:
        """Return the binding."""
        steps = (("Pods", self.pods), ("Percent", self.percent))
        policies = [
            k8s.HpaScalingPolicyV2(type=kind, value=value, period_seconds=self.period_seconds)
            for kind, value in steps
            if value is not None
        ]
        return k8s.HpaScalingRulesV2(
            stabilization_window_seconds=self.stabilization_window_seconds,
            select_policy=self.select_policy,
            policies=policies,
        )


class Autoscaler(Value):
    """Scales the pods with their load: a HorizontalPodAutoscaler (autoscaling/v2). The Deployment sets no replicas.

    Args:
        min_replicas: the minimum number of pods, at least 1.
        max_replicas: the maximum number of pods, greater than `min_replicas`.
        cpu_percent: target for cpu use, in percent of the pods' cpu requests. Defaults to 70; None does not scale on
            cpu.
        memory_percent: target for memory use, in percent of the pods' memory requests. Defaults to none.
        metrics: additional metrics. Defaults to none.
        scale_up: Defaults to at most 2 pods or 100 % each 30 s, after 30 s; None uses the default of Kubernetes: 4 pods
            or 100 % each 15 s, at once.
        scale_down: Defaults to at most 1 pod or 25 % each 60 s, after 300 s; None uses the default of Kubernetes: 100 %
            each 15 s, after 300 s.

    Raises:
        ConfigurationError: if `max_replicas` is not greater than `min_replicas`, or there is no metric.

    See https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
    """

    min_replicas: int = 2
    max_replicas: int
    cpu_percent: int | None = 70
    memory_percent: int | None = None
    metrics: tuple[PodsMetric | ExternalMetric, ...] = ()
    scale_up: ScalingRules | None = ScalingRules(
        stabilization_window_seconds=30, pods=2, percent=100, period_seconds=30
    )
    scale_down: ScalingRules | None = ScalingRules(
        stabilization_window_seconds=300, pods=1, percent=25, period_seconds=60
    )

    def check(self) -> None:
        whole("min_replicas", self.min_replicas, minimum=1)
        whole("max_replicas", self.max_replicas, minimum=1)
        if self.max_replicas <= self.min_replicas:
            raise ConfigurationError(
                f"max_replicas of an autoscaler must be greater than min_replicas ({self.min_replicas}), got "
                f"{self.max_replicas}; raise it, or use Replicas for a fixed number"
            )
        for what, value in (("cpu_percent", self.cpu_percent), ("memory_percent", self.memory_percent)):
            if value is not None:
                whole(what, value, minimum=1)
        if self.cpu_percent is None and self.memory_percent is None and not self.metrics:
            raise ConfigurationError("an autoscaler must have at least one metric, got none; set cpu_percent")

    @property
    def most(self) -> int:
        """The maximum number of pods outside a rollout."""
        return self.max_replicas

    @property
    def fewest(self) -> int:
        """The minimum number of pods."""
        return self.min_replicas

    def to_kube(self, deployment: str) -> k8s.HorizontalPodAutoscalerSpecV2:
        """Return the binding for that Deployment."""
        target = k8s.CrossVersionObjectReferenceV2(api_version="apps/v1", kind="Deployment", name=deployment)
        resources = (("cpu", self.cpu_percent), ("memory", self.memory_percent))
        return k8s.HorizontalPodAutoscalerSpecV2(
            scale_target_ref=target,
            min_replicas=self.min_replicas,
            max_replicas=self.max_replicas,
            metrics=[
                *(_utilization(name, percent) for name, percent in resources if percent is not None),
                *(metric.to_kube() for metric in self.metrics),
            ],
            behavior=self._behavior(),
        )

    def _behavior(self) -> k8s.HorizontalPodAutoscalerBehaviorV2 | None:
        up, down = self.scale_up, self.scale_down
        if up is None and down is None:
            return None
        return k8s.HorizontalPodAutoscalerBehaviorV2(
            scale_up=None if up is None else up.to_kube(),
            scale_down=None if down is None else down.to_kube(),
        )


Scaling = Replicas | Autoscaler


def _check_metric(name: str, average: str) -> None:
    if name in ("", ".", "..") or "/" in name or "%" in name:
        raise ConfigurationError(
            f"the name of a metric must not be empty, '.' or '..', and must not contain '/' or '%', got {name!r}"
        )
    try:
        amount = Quantity(average).amount
    except ConfigurationError as error:
        raise ConfigurationError(f"average_value of metric {name!r}: {error}") from None
    if not amount:
        raise ConfigurationError(f"average_value of metric {name!r} must be greater than zero, got {average!r}")


def _utilization(resource: str, percent: int) -> k8s.MetricSpecV2:
    target = k8s.MetricTargetV2(type="Utilization", average_utilization=percent)
    return k8s.MetricSpecV2(type="Resource", resource=k8s.ResourceMetricSourceV2(name=resource, target=target))
