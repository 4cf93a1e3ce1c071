"""Checks of node and pod affinity, which are given as typed bindings; the API server makes the same checks."""

from collections.abc import Mapping
from typing import Any

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.values import names
from kubestock.values.labels import label_map, label_value, qualified_name
from kubestock.values.numbers import whole

_WEIGHT_MAX = 100
_NODE_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
_POD_OPERATORS = _NODE_OPERATORS[:4]
_REQUIRED = "required_during_scheduling_ignored_during_execution"
_PREFERRED = "preferred_during_scheduling_ignored_during_execution"


def check_affinity(
    nodes: k8s.NodeAffinity | None, pods: k8s.PodAffinity | None, not_with: k8s.PodAntiAffinity | None
) -> None:
    """Check affinity rules as the API server does.

    Raises:
        ConfigurationError: if a weight is not from 1 to 100, a required term is empty, or a key, a value or an operator
            is invalid.

    See https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#affinity-and-anti-affinity
    """
    if nodes is not None:
        _check_nodes(nodes)
    for what, affinity in (("pod_affinity", pods), ("pod_anti_affinity", not_with)):
        for term in _items(affinity, _REQUIRED):
            _check_pods(what, term)
        for weighted in _items(affinity, _PREFERRED):
            whole(f"weight in {what}", _get(weighted, "weight"), minimum=1, maximum=_WEIGHT_MAX)
            _check_pods(what, _get(weighted, "pod_affinity_term"))


def _check_nodes(affinity: k8s.NodeAffinity) -> None:
    required = _get(affinity, _REQUIRED)
    if required is not None and not _items(required, "node_selector_terms"):
        raise ConfigurationError("required node_affinity must have at least one of node_selector_terms, got none")
    for term in _items(required, "node_selector_terms"):
        _check_nodes_of(term)
    for preference in _items(affinity, _PREFERRED):
        whole("weight in node_affinity", _get(preference, "weight"), minimum=1, maximum=_WEIGHT_MAX)
        _check_nodes_of(_get(preference, "preference"))


def _check_nodes_of(term: object) -> None:
    for each in _items(term, "match_expressions"):
        _check_expression("node_affinity", each, _NODE_OPERATORS)
    for each in _items(term, "match_fields"):
        values, operator = _items(each, "values"), _get(each, "operator")
        if _get(each, "key") != "metadata.name" or operator not in ("In", "NotIn") or len(values) != 1:
            raise ConfigurationError(
                "match_fields in node_affinity must compare metadata.name with one name, with In or NotIn, got "
                f"{_get(each, 'key')!r} {operator} {list(values)}"
            )
        names.object_name("the name of a node in node_affinity", values[0])


def _check_pods(what: str, term: object) -> None:
    qualified_name(f"topology_key in {what}", _get(term, "topology_key"))
    if _get(term, "label_selector") is None:
        raise ConfigurationError(
            f"a term in {what} must have a label_selector, got none; without one it matches no pod"
        )
    for namespace in _items(term, "namespaces"):
        names.dns_label(f"a namespace in {what}", namespace)
    for selector in (_get(term, "label_selector"), _get(term, "namespace_selector")):
        label_map(f"match_labels in {what}", _get(selector, "match_labels") or {})
        for each in _items(selector, "match_expressions"):
            _check_expression(what, each, _POD_OPERATORS)


def _check_expression(what: str, expression: object, operators: tuple[str, ...]) -> None:
    key, operator, values = _get(expression, "key"), _get(expression, "operator"), _items(expression, "values")
    qualified_name(f"a key in {what}", key)
    if operator not in operators:
        raise ConfigurationError(
            f"the operator on {key!r} in {what} must be one of {', '.join(operators)}, got {operator!r}"
        )
    accepted = {"Exists": "no values", "DoesNotExist": "no values", "Gt": "one value", "Lt": "one value"}
    wanted = accepted.get(operator, "one or more values")
    if {"no values": bool(values), "one value": len(values) != 1, "one or more values": not values}[wanted]:
        raise ConfigurationError(f"{operator} on {key!r} in {what} must have {wanted}, got {len(values)}")
    for value in values:
        label_value(f"a value of {key!r} in {what}", value)


def _items(binding: object, name: str) -> Any:
    """Return a list field of a binding; empty if it is not given."""
    return _get(binding, name) or ()


def _get(binding: object, name: str) -> Any:
    """Return a field of a binding, or of a mapping with the same names."""
    return binding.get(name) if isinstance(binding, Mapping) else getattr(binding, name, None)
