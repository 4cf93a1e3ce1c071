"""The index finds what a scan of everything finds."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kubestock.checks.label_index import Labelled, Selecting
from kubestock.checks.selectors import matches

KEYS = st.sampled_from(["app", "tier", ""])
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(["a", "b", ""]), st.sampled_from([None, 1, True, 1.5, ["a"], {}])
)
LABELS = st.dictionaries(KEYS, VALUES, max_size=3)
EXPRESSIONS = st.fixed_dictionaries(
    {},
    optional={
        "key": KEYS,
        "operator": st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist", "Gt", None]),
        "values": st.one_of(st.lists(VALUES, max_size=3), st.none()),
    },
)
SELECTORS = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={"matchLabels": LABELS, "matchExpressions": st.lists(st.one_of(EXPRESSIONS, st.none()), max_size=2)},
    ),
    st.sampled_from([None, "app=a", [], {"matchLabels": ["app"]}]),
)


@given(labels=st.lists(LABELS, max_size=8), selector=SELECTORS)
def test_a_selector_finds_what_it_matches_in_order(labels: list[dict[str, Any]], selector: Any) -> None:
    found = list(Labelled((each, position) for position, each in enumerate(labels)).selected(selector))

    assert found == [position for position, each in enumerate(labels) if matches(selector, each)]


@given(
    things=st.lists(st.fixed_dictionaries({"pods": SELECTORS, "peers": SELECTORS}), max_size=8),
    pods=LABELS,
    peers=LABELS,
)
def test_labels_find_every_selector_that_matches_them_once_and_in_order(
    things: list[dict[str, Any]], pods: dict[str, Any], peers: dict[str, Any]
) -> None:
    candidates = Selecting((each, position) for position, each in enumerate(things)).candidates(
        {"pods": pods, "peers": peers}
    )
    matching = [
        position
        for position, each in enumerate(things)
        if matches(each["pods"], pods) and matches(each["peers"], peers)
    ]

    assert [each for each in candidates if each in matching] == matching
    assert candidates == sorted(set(candidates))


def test_labels_find_few_other_selectors() -> None:
    owners = Selecting(
        ({"pods": {"matchLabels": {"environment": "production", "app": str(number)}}}, number) for number in range(100)
    )

    assert owners.candidates({"pods": {"app": "7", "environment": "production"}}) == [7]
