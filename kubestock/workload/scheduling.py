"""Scheduling of pods: on which nodes they may run."""

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


class TopologySpread(Value):
    """Spreads pods evenly over zones or nodes: a topology spread constraint.

    Args:
        topology_key: a node label whose values are the zones, nodes or other domains.
        max_skew: the maximum difference in the number of pods between two domains. Defaults to 1.
        required: keep a pod pending if it would break the rule. Defaults to false, so that a failed zone does not stop
            a rollout.
    """

    topology_key: str
    max_skew: int = 1
    required: bool = False

    def check(self) -> None:
        qualified_name("topology_key", self.topology_key)
        whole("max_skew", self.max_skew, minimum=1)

    def to_kube(
        self, selector: Mapping[str, str], *, revision_label: str | None = "pod-template-hash"
    ) -> k8s.TopologySpreadConstraint:
        """Return the binding; each revision is spread separately, so that the pods are also even after a rollout.

        Args:
            selector: the labels that select the pods.
            revision_label: the label whose value differs between revisions. None spreads all revisions together.
        """
        return k8s.TopologySpreadConstraint(
            topology_key=self.topology_key,
            max_skew=self.max_skew,
            when_unsatisfiable="DoNotSchedule" if self.required else "ScheduleAnyway",
            label_selector=k8s.LabelSelector(match_labels=dict(selector)),
            match_label_keys=[revision_label] if revision_label else None,
        )


class Toleration(Value):
    """Allows pods on nodes with a taint.

    Args:
        key: the key of the taint. An empty key without `value` tolerates every taint.
        value: the value of the taint. Defaults to any.
        effect: the effect of the taint. Defaults to any.
        toleration_seconds: how long the pods stay on a node that has the taint; requires the effect NoExecute. Defaults
            to forever.

    Raises:
        ConfigurationError: if the key or the value is invalid, or `toleration_seconds` is given for an effect that does
            not evict pods.

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
            raise ConfigurationError(f"a toleration with value {self.value!r} must have a key, got {self.key!r}")
        if self.value is not None:
            label_value(f"the value of toleration {self.key!r}", self.value)
        if self.toleration_seconds is not None:
            seconds("toleration_seconds", self.toleration_seconds)
            if self.effect != "NoExecute":
                raise ConfigurationError(f"toleration_seconds requires effect 'NoExecute', got {self.effect!r}")

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
    """Chooses the nodes of pods. By default, replicas prefer different zones and different nodes.

    Args:
        spread: topology spread constraints. Defaults to zones and nodes, both preferred and not required.
        node_selector: labels that a node must have. Defaults to none.
        tolerations: Defaults to none.
        priority_class_name: the name of the PriorityClass. Defaults to the cluster's default.
        node_affinity: node affinity, as the binding. Defaults to none.
        pod_affinity: pod affinity, as the binding. Defaults to none.
        pod_anti_affinity: pod anti-affinity, as the binding. Defaults to the preference to run each replica on a
            different node.
        prefer_different_nodes: whether this preference is the default. Defaults to true; a single pod does not need it.
    """

    spread: tuple[TopologySpread, ...] = (TopologySpread(topology_key=ZONE), TopologySpread(topology_key=NODE))
    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: tuple[Toleration, ...] = ()
    priority_class_name: str | None = None
    node_affinity: k8s.NodeAffinity | None = None
    pod_affinity: k8s.PodAffinity | None = None
    pod_anti_affinity: k8s.PodAntiAffinity | None = None
    prefer_different_nodes: bool = True

    def check(self) -> None:
        label_map("node_selector", self.node_selector)
        places = [(spread.topology_key, spread.required) for spread in self.spread]
        if len(set(places)) != len(places):
            raise ConfigurationError(
                "spread must have each topology_key at most once as required and once as preferred, got "
                f"{', '.join(spread.topology_key for spread in self.spread)}; remove the duplicates"
            )
        check_affinity(self.node_affinity, self.pod_affinity, self.pod_anti_affinity)
        if self.priority_class_name is not None:
            names.object_name("priority_class_name", self.priority_class_name)

    def alone(self) -> "Scheduling":
        """Return the same without the defaults that only replicas need, for a single pod or one pod on each node."""
        spread = () if self.spread == Scheduling().spread else self.spread
        return replace(self, spread=spread, prefer_different_nodes=False)

    def affinity(self, selector: Mapping[str, str]) -> k8s.Affinity | None:
        """Return the binding for pods with those labels, or None if there is no affinity."""
        given = (self.node_affinity, self.pod_affinity, self.pod_anti_affinity)
        if not self.prefer_different_nodes and given == (None, None, None):
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
            pod_anti_affinity=self.pod_anti_affinity or (apart if self.prefer_different_nodes else None),
        )
