"""Affinity is given as bindings, whose types do not check the values; these tests are about those checks."""

from typing import Any

import pytest
from cdk8s_plus_27 import k8s

from kubestock.errors import ConfigurationError
from kubestock.workload.scheduling import NODE, Scheduling

SELECTOR = k8s.LabelSelector(match_labels={"app": "orders"})


def nodes(*expressions: k8s.NodeSelectorRequirement, fields: Any = None) -> k8s.NodeAffinity:
    term = k8s.NodeSelectorTerm(match_expressions=list(expressions), match_fields=fields)
    return k8s.NodeAffinity(
        required_during_scheduling_ignored_during_execution=k8s.NodeSelector(node_selector_terms=[term])
    )


def apart(weight: int = 1, **changes: Any) -> k8s.PodAntiAffinity:
    term = k8s.PodAffinityTerm(**{"topology_key": NODE, "label_selector": SELECTOR, **changes})
    weighted = k8s.WeightedPodAffinityTerm(weight=weight, pod_affinity_term=term)
    return k8s.PodAntiAffinity(preferred_during_scheduling_ignored_during_execution=[weighted])


@pytest.mark.parametrize(
    ("operator", "values"),
    [("In", ["a"]), ("NotIn", ["a", ""]), ("Exists", None), ("DoesNotExist", []), ("Gt", ["1"]), ("Lt", ["1"])],
)
def test_accepts_every_comparison_of_a_node(operator: str, values: list[str] | None) -> None:
    rule = nodes(k8s.NodeSelectorRequirement(key="disk", operator=operator, values=values))

    assert Scheduling(node_affinity=rule).node_affinity is rule


@pytest.mark.parametrize(
    ("key", "operator", "values", "message"),
    [
        ("disk", "Is", ["a"], "the operator on 'disk' in node_affinity must be one of In, NotIn, .*, got 'Is'"),
        ("disk", "In", [], "In on 'disk' in node_affinity must have one or more values, got 0"),
        ("disk", "Exists", ["a"], "Exists on 'disk' in node_affinity must have no values, got 1"),
        ("disk", "Gt", ["1", "2"], "Gt on 'disk' in node_affinity must have one value, got 2"),
        ("disk", "In", ["a b"], "a value of 'disk' in node_affinity must be a label value"),
        ("a b", "Exists", None, "a key in node_affinity"),
    ],
)
def test_refuses_a_comparison_that_no_node_can_match(
    key: str, operator: str, values: list[str] | None, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Scheduling(node_affinity=nodes(k8s.NodeSelectorRequirement(key=key, operator=operator, values=values)))


def test_refuses_a_field_of_a_node_other_than_its_name() -> None:
    by_name = [k8s.NodeSelectorRequirement(key="metadata.name", operator="In", values=["node-1"])]
    by_zone = [k8s.NodeSelectorRequirement(key="metadata.zone", operator="In", values=["a"])]

    assert Scheduling(node_affinity=nodes(fields=by_name)).node_affinity is not None
    with pytest.raises(ConfigurationError, match=r"match_fields in node_affinity must compare metadata\.name"):
        Scheduling(node_affinity=nodes(fields=by_zone))


def test_refuses_a_requirement_without_terms() -> None:
    nothing = k8s.NodeAffinity(
        required_during_scheduling_ignored_during_execution=k8s.NodeSelector(node_selector_terms=[])
    )

    with pytest.raises(ConfigurationError, match="must have at least one of node_selector_terms"):
        Scheduling(node_affinity=nothing)


@pytest.mark.parametrize("weight", [0, 101])
def test_refuses_a_weight_out_of_range(weight: int) -> None:
    term = k8s.NodeSelectorTerm(match_expressions=[k8s.NodeSelectorRequirement(key="disk", operator="Exists")])
    preferred = k8s.PreferredSchedulingTerm(weight=weight, preference=term)

    with pytest.raises(ConfigurationError, match="weight in node_affinity must be at"):
        Scheduling(node_affinity=k8s.NodeAffinity(preferred_during_scheduling_ignored_during_execution=[preferred]))
    with pytest.raises(ConfigurationError, match="weight in pod_anti_affinity must be at"):
        Scheduling(pod_anti_affinity=apart(weight))

    assert Scheduling(pod_anti_affinity=apart(100)).pod_anti_affinity is not None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"topology_key": ""}, "topology_key in pod_anti_affinity"),
        ({"label_selector": None}, "a term in pod_anti_affinity must have a label_selector"),
        ({"namespaces": ["A"]}, "a namespace in pod_anti_affinity"),
        (
            {"label_selector": k8s.LabelSelector(match_labels={"a b": "c"})},
            "a key of match_labels in pod_anti_affinity",
        ),
        (
            {
                "namespace_selector": k8s.LabelSelector(
                    match_expressions=[k8s.LabelSelectorRequirement(key="a", operator="Gt", values=["1"])]
                )
            },
            "the operator on 'a' in pod_anti_affinity must be one of In, NotIn, Exists, DoesNotExist, got 'Gt'",
        ),
    ],
)
def test_refuses_terms_that_no_pod_can_match(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Scheduling(pod_anti_affinity=apart(**changes))
