"""Where the scheduler puts the pods."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.values import names
from kubestock.values.labels import label_map, label_value, qualified_name
from kubestock.values.numbers import seconds, whole
from kubestock.values.value import Value
from kubestock.workload.affinity import check_affinity

ZONE = "topology.kubernetes.io/zone"
NODE = "kubernetes.io/hostname"


class Spread(Value):
    """Even numbers of pods over zones or nodes.

    Args:
        over: the node label that tells two places apart.
        max_skew: how many more pods one place may have. Defaults to 1.
        required: leave a pod pending rather than break the rule. Defaults to false: a lost zone then does
            not stop a rollout.
    """

    over: str
    max_skew: int = 1
    required: bool = False

    def check(self) -> None:
        qualified_name("over", self.over)
        whole("max_skew", self.max_skew, minimum=1)

    def to_kube(
        self, selector: Mapping[str, str], *, revision_label: str | None = "pod-template-hash"
    ) -> k8s.TopologySpreadConstraint:
        """Return the binding; each revision is spread by itself, so that a rollout ends evenly too.

        Args:
            selector: labels of the pods.
            revision_label: tells the pods of one revision from those of another. None spreads all together.
        """
        return k8s.TopologySpreadConstraint(
            topology_key=self.over,
            max_skew=self.max_skew,
            when_unsatisfiable="DoNotSchedule" if self.required else "ScheduleAnyway",
            label_selector=k8s.LabelSelector(match_labels=dict(selector)),
            match_label_keys=[revision_label] if revision_label else None,
        )


class Toleration(Value):
    """A taint that the pods put up with.

    Args:
        key: of the taint. An empty one, with no `value`, tolerates every taint.
        value: of the taint. Defaults to any.
        effect: of the taint. Defaults to any.
        toleration_seconds: how long the pods stay on a node that has the taint; the effect is then NoExecute.
            Defaults to forever.

    Raises:
        ConfigurationError: if the key or the value cannot be that of a taint, or there is a time limit for an effect
            that never evicts.

    See https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
    """

    key: str
    value: str | None = None
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    toleration_seconds: int | None = None

    def check(self) -> None:
        if self.key:
            qualified_name("toleration key", self.key)
        elif self.value is not None:
            raise ConfigurationError(f"a toleration of value {self.value!r} must have a key, got {self.key!r}")
        if self.value is not None:
            label_value(f"the value of toleration {self.key!r}", self.value)
        if self.toleration_seconds is not None:
            seconds("toleration_seconds", self.toleration_seconds)
            if self.effect != "NoExecute":
                raise ConfigurationError(f"toleration_seconds needs effect 'NoExecute', got effect {self.effect!r}")

    def to_kube(self) -> k8s.Toleration:
        """Return the binding."""
        return k8s.Toleration(
            key=self.key or None,
            operator="Exists" if self.value is None else "Equal",
            value=self.value,
            effect=self.effect,
            toleration_seconds=self.toleration_seconds,
        )


class Scheduling(Value):
    """Spread over zones and nodes by default, apart from one's own replicas where there is room.

    Args:
        spread: Defaults to zones and nodes, both preferred.
        node_selector: labels that a node must have. Defaults to none.
        tolerations: Defaults to none.
        priority_class: which pods yield when a node is full. Defaults to the cluster's own default.
        node_affinity: rules about nodes, as the binding. Defaults to none.
        pod_affinity: rules about neighbours, as the binding. Defaults to none.
        pod_anti_affinity: takes the place of the preference not to share a node with one's own replicas.
        apart: whether there is that preference. Defaults to true; a single pod has no use for it.
    """

    spread: tuple[Spread, ...] = (Spread(over=ZONE), Spread(over=NODE))
    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: tuple[Toleration, ...] = ()
    priority_class: str | None = None
    node_affinity: k8s.NodeAffinity | None = None
    pod_affinity: k8s.PodAffinity | None = None
    pod_anti_affinity: k8s.PodAntiAffinity | None = None
    apart: bool = True

    def check(self) -> None:
        label_map("node_selector", self.node_selector)
        places = [(spread.over, spread.required) for spread in self.spread]
        if len(set(places)) != len(places):
            raise ConfigurationError(
                "spread must name each place once as required and once as preferred, got "
                f"{', '.join(spread.over for spread in self.spread)}"
            )
        check_affinity(self.node_affinity, self.pod_affinity, self.pod_anti_affinity)
        if self.priority_class is not None:
            names.object_name("priority_class", self.priority_class)

    def alone(self) -> "Scheduling":
        """Return the same without the defaults that only replicas need: for one pod, or one on each node."""
        spread = () if self.spread == Scheduling().spread else self.spread
        return replace(self, spread=spread, apart=False)

    def affinity(self, selector: Mapping[str, str]) -> k8s.Affinity | None:
        """Return the binding for pods with those labels, or None where nothing is asked for."""
        asked = (self.node_affinity, self.pod_affinity, self.pod_anti_affinity)
        if not self.apart and asked == (None, None, None):
            return None
        apart = k8s.PodAntiAffinity(
            preferred_during_scheduling_ignored_during_execution=[
                k8s.WeightedPodAffinityTerm(
                    weight=100,
                    pod_affinity_term=k8s.PodAffinityTerm(
                        label_selector=k8s.LabelSelector(match_labels=dict(selector)), topology_key=NODE
                    ),
                )
            ]
        )
        return k8s.Affinity(
            node_affinity=self.node_affinity,
            pod_affinity=self.pod_affinity,
            pod_anti_affinity=self.pod_anti_affinity or (apart if self.apart else None),
        )
