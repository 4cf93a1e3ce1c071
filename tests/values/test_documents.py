from fractions import Fraction
from typing import Any

import pytest

from kubestock.values import documents


@pytest.mark.parametrize("document", [None, 7, "text", [], {}, {"a": None}, {"a": 7}, {"a": "text"}])
def test_a_missing_field_reads_as_empty(document: object) -> None:
    assert documents.at(document, "a", "b") is None
    assert documents.mapping(document, "a", "b") == {}
    assert documents.mappings(document, "a", "b") == []
    assert documents.text(document, "a", "b") == ""
    assert documents.texts(document, "a", "b") == []
    assert documents.text_map(document, "a", "b") == {}
    assert documents.whole(document, "a", "b") is None
    assert documents.amounts(document, "a", "b") == {}


def test_a_field_is_read_without_items_of_another_type() -> None:
    document: Any = {"a": [{"b": 1}, None, "text"], "m": {"k": "v", 1: "w", "n": 2}, "n": 3, "t": True}

    assert documents.mappings(document, "a") == [{"b": 1}]
    assert documents.texts(document, "a") == ["text"]
    assert documents.mapping(document, "m") == {"k": "v", "n": 2}
    assert documents.text_map(document, "m") == {"k": "v"}
    assert documents.whole(document, "n") == 3
    assert documents.whole(document, "t") is None
    assert [documents.whole(each) for each in (2**63 - 1, 2**63, -(2**63), -(2**63) - 1)] == [
        2**63 - 1,
        None,
        -(2**63),
        None,
    ]


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("250m", Fraction(1, 4)),
        ("9" * 30, 10**30 - 1),
        ("1e99", 10**99),
        (2, 2),
        (0.5, Fraction(1, 2)),
        ("1e3", 1000),
        ("1Ki", 1024),
    ],
)
def test_quantities_are_read_as_yaml_loads_them(value: object, amount: Fraction) -> None:
    assert documents.amount(value) == amount


@pytest.mark.parametrize("value", ["", "much", "-1", -1, True, None, [], float("inf"), "1e100", "9" * 31, 10**30])
def test_a_value_that_is_not_a_quantity_has_no_amount(value: object) -> None:
    assert documents.amount(value) is None


def test_a_number_with_too_many_digits_has_no_amount() -> None:
    assert documents.amount(10**5000) is None


def test_lists_yield_their_items_and_empty_documents_nothing() -> None:
    inner = {"kind": "List", "items": [{"kind": "Pod"}, 3]}

    assert list(documents.objects([None, {"kind": "List", "items": [inner]}, {"kind": "Job"}])) == [
        {"kind": "Pod"},
        {"kind": "Job"},
    ]


def test_the_items_of_a_list_of_one_kind_may_omit_the_kind() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}}
    named = {"apiVersion": "v1", "kind": "ConfigMapList", "items": [{"metadata": {"name": "b"}}, secret]}

    assert list(documents.objects([named])) == [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}},
        secret,
    ]


def test_a_kind_whose_name_only_ends_like_a_list_is_an_object() -> None:
    allowed = {"apiVersion": "acme.io/v1", "kind": "AllowList", "spec": {"items": []}}

    assert list(documents.objects([allowed])) == [allowed]


def test_each_object_of_a_list_has_a_path() -> None:
    inner = {"kind": "List", "items": [3, {"kind": "Job"}]}
    found = documents.unfolded({"kind": "List", "items": [{"kind": "Pod"}, inner, {"kind": "Service"}]})

    assert [path for path, _ in found] == [("items", 0), ("items", 1, "items", 1), ("items", 2)]


def test_a_kind_of_another_group_is_not_the_built_in_kind_of_the_same_name() -> None:
    assert documents.kind({"apiVersion": "v1", "kind": "Service"}) == "Service"
    assert documents.kind({"kind": "Service"}) == "Service"
    assert documents.kind({"apiVersion": "serving.knative.dev/v1", "kind": "Service"}) == ""
    assert documents.kind({"apiVersion": "example.com/v1", "kind": "Widget"}) == "Widget"


def test_a_list_that_contains_itself_yields_its_other_items_once() -> None:
    loop: dict[str, Any] = {"kind": "List", "items": [{"kind": "Pod"}]}
    loop["items"] += [loop, {"kind": "Job"}]

    assert list(documents.objects([loop, loop])) == [{"kind": "Pod"}, {"kind": "Job"}] * 2


def test_lists_may_be_nested_deeply() -> None:
    nested: dict[str, Any] = {"kind": "Pod"}
    for _ in range(5000):
        nested = {"kind": "List", "items": [nested]}

    assert list(documents.objects([nested])) == [{"kind": "Pod"}]
