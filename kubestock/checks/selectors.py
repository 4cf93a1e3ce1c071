"""What label selectors select.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
"""

from collections.abc import Mapping

from kubestock.values import documents
from kubestock.values.documents import Document


def matches(selector: object, labels: Document) -> bool:
    """Whether a label selector selects an object with these labels: an empty one selects every object.

    A selector that the API server would refuse selects nothing.
    """
    if not isinstance(selector, Mapping):
        return False
    wanted = documents.mapping(selector, "matchLabels")
    return all(key in labels and labels[key] == value for key, value in wanted.items()) and all(
        _holds(each, labels) for each in documents.sequence(selector, "matchExpressions")
    )


def _holds(expression: object, labels: Document) -> bool:
    key = documents.text(expression, "key")
    values = documents.sequence(expression, "values")
    operator = documents.text(expression, "operator")
    if not key:
        return False
    if operator == "In":
        return key in labels and labels[key] in values
    if operator == "NotIn":
        return key not in labels or labels[key] not in values
    if operator == "Exists":
        return key in labels
    return operator == "DoesNotExist" and key not in labels
