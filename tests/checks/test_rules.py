import ast
import contextlib
import copy
import datetime
import pickle
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import PROVIDED, shop

import kubestock.checks
from kubestock.checks import findings, judge

JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-1, 70000),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from(["$(A)", "http://[", "http://a:99999999", "100%", "1e999999999", "*", "250m", "Always"]),
        st.sampled_from(["²", "-²", "٣", "9" * 4000, f"{'9' * 4000}%", "9" * 29 + "Ei", "\ud800", "0.0.0.0/0", "List"]),
        st.sampled_from([datetime.date(2020, 1, 1), b"x", ("a", 1), {"a"}]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.text(max_size=3), st.integers(), st.none()), inner, max_size=3),
    ),
    max_leaves=4,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inside: list[tuple[str | int, ...]] = [path]
    if isinstance(value, dict):
        for key, each in value.items():
            inside += places(each, (*path, key))
    if isinstance(value, list):
        for position, each in enumerate(value):
            inside += places(each, (*path, position))
    return inside


def at(value: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        value = value[step]
    return value


PLACES = places(shop())[1:]
SHOP = pickle.dumps(shop())
HUGE = 10**5000


def inside_itself(kind: type) -> Any:
    """Return a list or a map that contains itself, which YAML aliases permit."""
    value: Any = [] if kind is list else {}
    if kind is list:
        value.append(value)
    else:
        value["name"] = value
    return value


def test_a_working_chart_has_no_findings() -> None:
    assert findings(shop(), provided=PROVIDED) == []


def test_no_manifests_have_no_findings() -> None:
    assert findings([]) == []


def test_findings_always_have_the_same_order() -> None:
    broken = shop()[3:]

    assert findings(broken) == findings(copy.deepcopy(broken)) != []


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_the_rules_never_raise_for_a_changed_manifest(data: st.DataObject) -> None:
    manifests: Any = pickle.loads(SHOP)  # noqa: S301  # made above
    for _ in range(data.draw(st.integers(1, 4))):
        *above, last = data.draw(st.sampled_from(PLACES))
        with contextlib.suppress(KeyError, IndexError, TypeError):  # an earlier change removed this place
            holder = at(manifests, above)
            holder[last] = data.draw(st.one_of(JUNK, st.sampled_from(PLACES).map(lambda place: at(shop(), place))))

    judgement = judge(manifests)

    assert [str(each) for each in judgement.findings if each.object == "the rule itself"] == []
    assert all(each.message for each in (*judgement.findings, *judgement.not_checked))


def test_the_rules_never_raise_for_huge_numbers_and_recursive_values() -> None:
    manifests = shop()
    for *above, last in PLACES:
        holder = at(manifests, above)
        whole = holder[last]
        holder[last] = inside_itself(type(whole)) if isinstance(whole, list | dict) else HUGE
        found = findings(manifests)
        holder[last] = whole

        assert [str(each) for each in found if each.object == "the rule itself"] == []


@pytest.mark.parametrize("junk", [None, 7, "text", [], {}, {"kind": None}, {"kind": "List", "items": [None, 3]}])
def test_a_document_that_is_not_an_object_is_ignored(junk: Any) -> None:
    assert findings([junk, *shop()], provided=PROVIDED) == []


def test_the_items_of_a_list_are_read_like_documents() -> None:
    assert findings([{"apiVersion": "v1", "kind": "List", "items": shop()}], provided=PROVIDED) == []


def test_checks_import_only_values_and_errors() -> None:
    folder = Path(kubestock.checks.__file__).parent
    own = ("kubestock.checks", "kubestock.values", "kubestock.errors")
    readers = ("yaml", "promql_parser")  # parsers for texts in manifests
    allowed = (*own, *readers, *sys.stdlib_module_names)
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").startswith(allowed), file
            if isinstance(node, ast.Import):
                assert all(name.name.startswith(allowed) for name in node.names), file
