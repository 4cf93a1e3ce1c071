"""The reader reads the values that a cluster would read; an error names the line and does not quote the file."""

import itertools
from typing import Any

import pytest

from kubestock.errors import ConfigurationError
from kubestock.yaml.plain import DEEPEST
from kubestock.yaml.reader import read_documents


def read(text: str) -> list[Any]:
    return read_documents("a.yaml", text.encode())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("=", "="),
        ("<<", "<<"),
        ("2025-01-31", "2025-01-31"),
        ("2025-01-31T10:00:00Z", "2025-01-31T10:00:00Z"),
        ("12:30:45", "12:30:45"),
        ("1e1000", "1e1000"),
        ("0o9", "0o9"),
        ("-", None),
        ("y", True),
        ("Off", False),
        ("0o22", 18),
        ("-0O17", -15),
        ("0777", 511),
        ("0b11", 3),
        ("0x1F", 31),
        ("1_000", 1000),
        ("089", 89.0),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("18446744073709551615", 2**64 - 1),
        ("~", None),
        ("'y'", "y"),
        ('"0o22"', "0o22"),
        ("!!str 1", "1"),
        ("!!float 1", 1.0),
        ("!!binary aGk=", "hi"),
        ("!!timestamp 2025-01-31", "2025-01-31"),
    ],
)
def test_a_value_is_read_as_kubernetes_reads_it(text: str, value: object) -> None:
    (document,) = read(f"k: {text}" if text != "-" else "k:")

    assert document == {"k": value}
    assert type(document["k"]) is type(value)


def test_every_key_is_a_text_as_json_requires() -> None:
    assert read("8080: a\ny: b\n=: c\n1.5: d\n'<<': e") == [{"8080": "a", "true": "b", "=": "c", "1.5": "d", "<<": "e"}]


def test_a_merge_merges() -> None:
    assert read("a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}") == [{"a": {"x": 1, "true": 2}, "b": {"x": 3, "true": 2}}]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: confidential]: ]", 2),
        ("a: 1\nb: .inf", 2),
        ("a: 1\n---\n!custom {b: 1}", 3),
        ("a: 1\nb: {? [confidential] : 1}", 2),
        ("a: 1\nb: {~: 1}", 2),
        ("a: !!int confidential", 1),
        ("b: {<<: confidential}", 1),
    ],
)
def test_refuses_what_a_cluster_cannot_read_and_names_the_line(text: str, line: int) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"^a\.yaml must be valid YAML, got an error in line {line}; synthesize it again$"
    ):
        read(text)


@pytest.mark.parametrize("content", [b"a: \xff", b"a: \x00", "a: \ud800".encode("utf-8", "surrogatepass")])
def test_refuses_characters_that_yaml_does_not_allow(content: bytes) -> None:
    with pytest.raises(ConfigurationError, match=r"^a\.yaml must be valid YAML, got an error in line 1; correct it$"):
        read_documents("a.yaml", content, fix="correct it")


BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in itertools.pairwise("abcdefgh")
)


@pytest.mark.parametrize(
    "text",
    ["[" * (DEEPEST + 2) + "]" * (DEEPEST + 2), "[" * 5000, "a: &a [*a]", BOMB],
    ids=["deep", "very-deep", "itself", "bomb"],
)
def test_refuses_endless_content(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"a\.yaml must (have at most 100 levels of nesting|be valid YAML)"):
        read(text)


def test_the_limit_of_values_depends_on_the_size_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubestock.yaml.reader._MOST_VALUES", 10)

    assert read("- 1\n" * 100) == [[1] * 100]
    with pytest.raises(ConfigurationError, match="no alias that contains or multiplies itself"):
        read("a: &a [1, 1, 1, 1]\nb: &b [*a, *a, *a, *a]\nc: [*b, *b, *b, *b]\n")
