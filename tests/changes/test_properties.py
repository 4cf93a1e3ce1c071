"""Properties of the comparison of any two manifests."""

import base64
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kubestock.changes.change import Comparison, What
from kubestock.changes.compare import compare
from kubestock.cli.changes import as_json
from kubestock.values.documents import amount

DIST = [
    document
    for path in sorted((Path(__file__).parent.parent.parent / "dist").rglob("*.yaml"))
    for document in yaml.load_all(path.read_bytes(), Loader=yaml.CSafeLoader)
]
NAMING = {"name", "mountPath", "apiVersion", "kind", "namespace", "alert", "topologyKey", "whenUnsatisfiable"}
SECRETS = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=12, max_size=30)
KEYS = st.sampled_from(["PASSWORD", "tls.key", "config.json"])
DATA = st.dictionaries(KEYS, SECRETS, max_size=3)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, key))
    elif path[-1] not in NAMING:
        yield path


LEAVES_OF = [list(leaves(document)) for document in DIST]
LEAVES = [(number, path) for number, paths in enumerate(LEAVES_OF) for path in paths]


def shuffled(value: Any) -> Any:
    """Return an equal value with another order of keys."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in sorted(value, reverse=True)}
    return [shuffled(each) for each in value] if isinstance(value, list) else value


def test_equal_manifests_have_no_change() -> None:
    assert compare(DIST, copy.deepcopy(DIST)) == []
    assert compare(DIST, [{"kind": "List", "items": shuffled(DIST)}]) == []


@settings(max_examples=12)  # each example changes a leaf of every object
@given(place=st.integers(0, max(map(len, LEAVES_OF))), more=st.sampled_from(["x", " x", "\nx"]))
def test_every_changed_leaf_is_exactly_one_field_of_its_object(place: int, more: str) -> None:
    after = copy.deepcopy(DIST)
    for document, leaves_of_it in zip(after, LEAVES_OF, strict=True):
        *above, last = leaves_of_it[place % len(leaves_of_it)]
        holder = document
        for key in above:
            holder = holder[key]
        old = holder[last]
        holder[last] = not old if isinstance(old, bool) else old + 1 if isinstance(old, int) else old + more
    changes = compare(DIST, after)

    assert len(changes) == len(DIST)
    assert [each for each in changes if len(each.fields) != 1] == []
    assert {each.fields[0].what for each in changes} <= {What.CHANGED, What.SEALED_ANEW}


@given(leaf=st.sampled_from(LEAVES))
def test_every_removed_leaf_is_found(leaf: tuple[int, tuple[Any, ...]]) -> None:
    number, path = leaf
    after = copy.deepcopy(DIST[number])
    place = after
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    there, back = compare(DIST[number : number + 1], [after]), compare([after], DIST[number : number + 1])

    assert len(there) == len(back) == 1
    assert len(there[0].fields) >= 1


@given(before=st.integers(1, 9), after=st.sampled_from(["m", "000m", "", ".0", "Ki"]))
def test_quantities_differ_if_and_only_if_their_amounts_do(before: int, after: str) -> None:
    quotas = [
        {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "a"}, "spec": {"hard": {"pods": text}}}
        for text in (str(before), f"{before}{after}")
    ]

    assert (compare(quotas[:1], quotas[1:]) == []) == (amount(str(before)) == amount(f"{before}{after}"))


def secret(kind: str, data: dict[str, str], texts: dict[str, str], *, applied: bool) -> dict[str, Any]:
    fields = {"data": {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}}
    document: dict[str, Any] = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "db"}, **fields}
    document["stringData"] = texts
    if applied:
        copied = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(document)}
        document["metadata"]["annotations"] = copied
    return document


@given(
    sides=st.tuples(*(st.tuples(DATA, DATA, st.booleans()),) * 2),
    kind=st.sampled_from(["Secret", "secret"]),
    wrapped=st.booleans(),
)
def test_no_value_of_a_secret_is_shown(
    sides: tuple[tuple[dict[str, str], dict[str, str], bool], ...], kind: str, wrapped: bool
) -> None:
    before, after = (secret(kind, data, texts, applied=applied) for data, texts, applied in sides)
    stream = [
        [{"apiVersion": "v1", "kind": "SecretList", "items": [each]}] if wrapped else [each] for each in (before, after)
    ]
    changes = compare(*stream)
    shown = repr(changes) + as_json(Comparison(changes=tuple(changes)), "before", "after")
    assume(not wrapped or kind == "Secret")

    assert bool(changes) == ((before["data"], before["stringData"]) != (after["data"], after["stringData"]))
    for data, texts, _ in sides:
        for value in (*data.values(), *texts.values()):
            assert value not in shown
            assert base64.b64encode(value.encode()).decode() not in shown


@given(field=st.sampled_from(["data", "stringData", "password", "spec"]), value=SECRETS)
def test_a_value_in_the_wrong_place_of_a_secret_is_not_shown(field: str, value: str) -> None:
    before = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}}
    annotated = {**before, "metadata": {"name": "db", "annotations": {"note": value}}}
    for after in (
        {**before, field: value},
        {**before, field: [value]},
        {**before, field: {"a": {"b": value}}},
        annotated,
    ):
        changes = compare([before], [after])

        assert changes[0].fields[0].hidden
        assert value not in repr(changes)


def test_every_key_of_a_secret_is_reported_with_its_change() -> None:
    before = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "data": {"A": "YQ==", "B": "Yg=="}}
    after = {**before, "data": {"A": "Yw==", "C": "Yg=="}, "stringData": {"D": "d"}}
    changes = compare([before], [after])

    assert [(each.where, str(each.what)) for each in changes[0].fields] == [
        ("data.A", "changed"),
        ("data.B", "removed"),
        ("data.C", "added"),
        ("stringData.D", "added"),
    ]


def test_ciphertext_is_reported_as_sealed_anew_and_not_shown() -> None:
    sealed = [each for each in DIST if each["kind"] == "SealedSecret"]
    after = copy.deepcopy(sealed)
    for document in after:
        for key in document["spec"]["encryptedData"]:
            document["spec"]["encryptedData"][key] = "AgNewCiphertext"
    changes = compare(sealed, after)
    shown = as_json(Comparison(changes=tuple(changes)), "before", "after") + repr(changes)

    assert {field.what for change in changes for field in change.fields} == {What.SEALED_ANEW}
    assert "AgNewCiphertext" not in shown
    assert not [text for each in sealed for text in each["spec"]["encryptedData"].values() if text in shown]
