"""The indexes find the same items as a scan of all items."""

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from kubestock.checks.facts.label_index import LabelIndex, SelectorIndex
from kubestock.checks.facts.selectors import matches

KEYS = st.sampled_from(["app", "tier"])
ODD: list[Any] = [None, 1, True, 1.5, ["a"], {}]
VALUES = st.one_of(st.sampled_from(["a", "b", "c"]), st.sampled_from(["a", "b", 1]), st.sampled_from(ODD))
LABELS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=2)
OPERATORS = st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist"])
EXPRESSIONS = st.one_of(
    st.fixed_dictionaries({"key": KEYS, "operator": OPERATORS, "values": st.lists(VALUES, max_size=3)}),
    st.fixed_dictionaries({"key": KEYS, "operator": st.just("In"), "values": st.just(["a", "b"])}),
    st.sampled_from([None, {}, {"operator": "In"}, {"key": "app", "operator": "Gt"}, {"key": "app", "operator": "In"}]),
)
SELECTORS: st.SearchStrategy[Any] = st.one_of(
    st.fixed_dictionaries({"matchLabels": LABELS}),
    st.fixed_dictionaries({"matchExpressions": st.lists(EXPRESSIONS, min_size=1, max_size=2)}),
    st.fixed_dictionaries({"matchLabels": LABELS, "matchExpressions": st.lists(EXPRESSIONS, max_size=2)}),
    st.sampled_from([{}, None, "app=a", [], {"matchLabels": ["app"]}]),
)


EXISTS = {"matchExpressions": [{"key": "app", "operator": "Exists"}]}
EITHER = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["b", "a"]}]}
NUMBER = {"matchLabels": {"app": 1}}


@given(labels=st.lists(LABELS, max_size=8), selector=SELECTORS)
@example(labels=[{"tier": "a"}, {"app": "a"}], selector=EXISTS)
@example(labels=[{"app": "a"}, {"app": "b"}, {"app": "a"}], selector=EITHER)
@example(labels=[{"app": "1"}, {"app": 1}], selector=NUMBER)
def test_a_selector_finds_all_matching_items_in_order(labels: list[dict[str, Any]], selector: Any) -> None:
    found = list(LabelIndex((each, position) for position, each in enumerate(labels)).selected(selector))

    assert found == [position for position, each in enumerate(labels) if matches(selector, each)]


@given(items=st.lists(st.fixed_dictionaries({"pods": SELECTORS, "peers": SELECTORS}), max_size=8), labels=LABELS)
@example(items=[{"pods": EXISTS}, {"pods": EITHER}, {"pods": {}}, {"pods": EXISTS}], labels={"app": "a"})
@example(items=[{"pods": NUMBER, "peers": {}}, {"peers": NUMBER}], labels={"app": 1})
def test_labels_find_each_matching_selector_once_and_in_order(
    items: list[dict[str, Any]], labels: dict[str, Any]
) -> None:
    labels_by_role = {"pods": labels, "peers": labels}
    found = SelectorIndex((each, position) for position, each in enumerate(items)).candidates(labels_by_role)
    matching = [
        position
        for position, each in enumerate(items)
        if all(matches(each[role], labels_by_role[role]) for role in each)
    ]

    assert [each for each in found if each in matching] == matching
    assert found == sorted(set(found))


def test_labels_find_few_other_selectors() -> None:
    owners = SelectorIndex(
        ({"pods": {"matchLabels": {"environment": "production", "app": str(number)}}}, number) for number in range(100)
    )

    assert owners.candidates({"pods": {"app": "7", "environment": "production"}}) == [7]
