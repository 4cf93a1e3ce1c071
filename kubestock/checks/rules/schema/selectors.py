"""The rule about the syntax of label selectors."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.parts import parts_of_type
from kubestock.checks.finding import Problem
from kubestock.values import documents

_WITH_VALUES = {"In": True, "NotIn": True, "Exists": False, "DoesNotExist": False}


@rule(
    "invalid-selector",
    title="A label selector is invalid",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements",
    fails="""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: orders}
        spec:
          podSelector: {matchExpressions: [{key: app, operator: Exists, values: [orders]}]}
          policyTypes: [Ingress]
    """,
    passes="""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: orders}
        spec:
          podSelector: {matchExpressions: [{key: app, operator: In, values: [orders]}]}
          policyTypes: [Ingress]
    """,
)
def invalid_selector(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects the object."""
    for found in parts_of_type(inventory, "LabelSelector"):
        for position, expression in enumerate(documents.mappings(found.value, "matchExpressions")):
            operator = documents.text(expression, "operator")
            values = bool(documents.sequence(expression, "values"))
            if operator not in _WITH_VALUES:
                message = f"operator must be one of {', '.join(_WITH_VALUES)}, got {operator!r}"
            elif values and not _WITH_VALUES[operator]:
                message = f"operator {operator} must have no values"
            elif not values and _WITH_VALUES[operator]:
                message = f"operator {operator} must have values"
            else:
                continue
            yield found.problem(message, fix="correct it", field=("matchExpressions", position))
