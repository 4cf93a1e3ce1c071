"""Label selectors: which objects they select.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
"""

from collections.abc import Mapping
from typing import Any

from kubestock.values import documents
from kubestock.values.documents import Document

Requirement = tuple[str, tuple[str | None, ...]]
"""The key of a label, and the values of which a selected object must have one; None means any value."""

_PLAIN = (str, int, float)


def matches(selector: object, labels: Document) -> bool:
    """Whether a label selector selects an object with these labels.

    An empty selector selects every object. A selector that the API server rejects selects no object.
    """
    if not isinstance(selector, Mapping):
        return False
    match_labels = documents.mapping(selector, "matchLabels")
    return all(_is(labels.get(key), value) for key, value in match_labels.items()) and all(
        _holds(each, labels) for each in documents.sequence(selector, "matchExpressions")
    )


def requirements(selector: object) -> list[Requirement]:
    """Return labels that every selected object has, for use by an index.

    An object that lacks one of them is not selected. For an object that has all of them, `matches` decides.
    """
    found = [_one_of(key, [value]) for key, value in documents.mapping(selector, "matchLabels").items()]
    for expression in documents.mappings(selector, "matchExpressions"):
        key, operator = documents.text(expression, "key"), documents.text(expression, "operator")
        if operator == "In":
            found.append(_one_of(key, documents.sequence(expression, "values")))
        elif operator == "Exists":
            found.append((key, (None,)))
    return found


def _one_of(key: str, values: list[Any]) -> Requirement:
    # Labels are indexed by their value only if it is a text.
    return key, tuple(dict.fromkeys(values)) if all(isinstance(value, str) for value in values) else (None,)


def _is(label: object, value: object) -> bool:
    return isinstance(value, _PLAIN) and label == value


def _holds(expression: object, labels: Document) -> bool:
    key = documents.text(expression, "key")
    values = documents.sequence(expression, "values")
    operator = documents.text(expression, "operator")
    if not key:
        return False
    if operator == "In":
        return any(_is(labels.get(key), value) for value in values)
    if operator == "NotIn":
        return not any(_is(labels.get(key), value) for value in values)
    if operator == "Exists":
        return key in labels
    return operator == "DoesNotExist" and key not in labels


def describe_selector(selector: object) -> str:
    """Return the description of a selector's labels for findings."""
    labels = documents.mapping(selector, "matchLabels") or documents.mapping(selector)
    simple = {key: value for key, value in labels.items() if isinstance(value, str)}
    return "{" + ", ".join(f"{key}: {value}" for key, value in sorted(simple.items())) + "}"
