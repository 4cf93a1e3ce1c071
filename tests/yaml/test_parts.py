"""The documents of a file are read one by one, and each field has a line."""

import textwrap

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kubestock.yaml.parts import Part, parts
from kubestock.yaml.reader import UnreadableError, read_documents

FILE = textwrap.dedent("""\
    # Copyright of a shop
    ---
    a: 1
    b:
      - c: {d: 2}
      - e:
          f: |
            --- a text
    --- # the second
    # a comment
    g: 3
    ...
    ---

    # nothing
    ---
    h: [
    ---
    i: 4
    """)


def of(text: str) -> list[Part]:
    return list(parts(text.encode()))


def test_documents_are_read_one_by_one() -> None:
    first, second, broken, last = of(FILE)

    assert first.read("a.yaml")["b"][1] == {"e": {"f": "--- a text\n"}}
    assert (second.read("a.yaml"), last.read("a.yaml")) == ({"g": 3}, {"i": 4})
    with pytest.raises(
        UnreadableError, match=r"a.yaml must be valid YAML, got an error in line 17; correct it"
    ) as error:
        broken.read("a.yaml")
    assert (error.value.line, error.value.reason) == (17, "must be valid YAML")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 3),
        (("b",), 4),
        (("b", 0), 5),
        (("b", 0, "c", "d"), 5),
        (("b", 1, "e", "f"), 7),
        (("b", 1, "e", "absent", 0), 6),
        (("b", 7), 4),
        (("absent",), 3),
    ],
)
def test_a_field_has_the_line_of_its_key(path: tuple[str | int, ...], line: int) -> None:
    assert of(FILE)[0].line_of(path) == line


def test_a_document_begins_where_its_first_key_is() -> None:
    assert [each.line_of() for each in of(FILE)] == [3, 11, 16, 19]


@pytest.mark.parametrize("text", ["", "\n", "# a\n---\n# b\n...\n", "---", "%YAML 1.2\n---\n"])
def test_an_empty_file_has_no_documents(text: str) -> None:
    assert of(text) == []


def test_refuses_a_duplicate_key_with_its_line() -> None:
    _, part = of("a: 1\n---\nb:\n  a: 1\n  c: 2\n  a: 3\n")

    with pytest.raises(UnreadableError, match=r"^a.yaml must have unique keys, got a duplicate in line 6; correct it$"):
        part.read("a.yaml")


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "a: " + "[" * 100_000 + "]" * 100_000, "- " * 100_000, '{"a":' * 100_000, "? " * 100_000],
    ids=["open", "closed", "dashes", "maps", "keys"],
)
def test_refuses_endless_nesting_without_a_crash(text: str) -> None:
    (part,) = of(text)

    with pytest.raises(UnreadableError, match=r"a\.yaml must have at most 100 levels of nesting"):
        part.read("a.yaml")


def test_long_content_that_is_not_deep_is_read() -> None:
    (part,) = of("a: [" + "[], " * 2000 + "]\nb: |\n" + " " * 300 + "text\n")

    assert len(part.read("a.yaml")["a"]) == 2000


def test_a_merge_may_be_overridden() -> None:
    (part,) = of("a: &a {k: 1, l: 2}\nb: {<<: *a, k: 3}\n")

    assert part.read("a.yaml")["b"] == {"k": 3, "l": 2}


def test_windows_line_ends_and_utf_16_are_read() -> None:
    text = "---\r\na: 1\r\n---\r\nb: é\r\n"

    assert [each.read("a.yaml") for each in of(text)] == [{"a": 1}, {"b": "é"}]
    wide = list(parts(text.encode("utf-16")))
    assert [(each.read("a.yaml"), each.line_of()) for each in wide] == [({"a": 1}, 2), ({"b": "é"}, 4)]


def test_the_error_for_an_invalid_byte_has_a_line() -> None:
    (part,) = parts(b"a: 1\nb: \xff\n")

    with pytest.raises(UnreadableError) as error:
        part.read("a.yaml")
    assert error.value.line == 2


VALUES = st.recursive(
    st.text() | st.integers(0, 9), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5
)


@given(st.lists(VALUES))
def test_the_parts_of_a_file_are_its_documents(values: list[object]) -> None:
    text = yaml.safe_dump_all(values, allow_unicode=True).encode()

    assert [each.read("a.yaml") for each in parts(text)] == read_documents("a.yaml", text)
