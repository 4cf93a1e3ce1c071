"""The layout of the written YAML, and the form of each scalar."""

from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import yaml

from kubestock.yaml.writer import to_yaml

DIST = Path(__file__).parent.parent.parent / "dist"


def written(value: object) -> str:
    """Return the YAML of a value after its key."""
    return to_yaml([{"k": value}]).removeprefix("k:").removeprefix(" ").removesuffix("\n")


@pytest.mark.parametrize("path", sorted(DIST.rglob("*.yaml")), ids=lambda path: str(path.relative_to(DIST)))
def test_the_committed_manifests_do_not_change_when_they_are_written_again(path: Path) -> None:
    _, _, text = path.read_text("utf-8").partition("\n")  # the header

    assert to_yaml(yaml.load_all(text, Loader=yaml.CSafeLoader)) == text


def test_lists_are_indented_in_their_field_and_mappings_begin_after_the_dash() -> None:
    document = {"spec": {"ports": [{"port": 80, "name": "http"}, [1, [2]], {}, []], "selector": {}, "args": []}}

    assert to_yaml([document]) == (
        "spec:\n"
        "  ports:\n"
        "    - port: 80\n"
        "      name: http\n"
        "    - - 1\n"
        "      - - 2\n"
        "    - {}\n"
        "    - []\n"
        "  selector: {}\n"
        "  args: []\n"
    )


def test_lists_are_not_indented_if_indent_lists_is_false() -> None:
    document = {"services": [{"name": "web", "routes": [{"paths": ["/a"]}]}]}

    assert to_yaml([document], indent_lists=False) == ("services:\n- name: web\n  routes:\n  - paths:\n    - /a\n")


def test_documents_are_separated_by_three_dashes() -> None:
    assert to_yaml([{"a": 1}, {}, {"b": None}]) == "a: 1\n---\n{}\n---\nb: null\n"
    assert to_yaml([]) == ""


@pytest.mark.parametrize(
    "text",
    [
        *("a", "128Mi", "500m", "1.2.3", "10.0.0.0/8", "10.0.0.1:80", "0f3c9de", "v1.27", "3000/tcp", "a:b", "a#b"),
        *(":8080", "--flag", "-x", "?x", "a b", "_", "it's", 'a"b', "nginx:1.27", "/healthz", "$(POD_IP)"),
        *("https://example.org/?a=b#c", "Zürich", "東京", "\U0001f600", "off-peak", "a\\b", "a=b", "no way", "0:a"),
    ],
)
def test_a_text_that_all_readers_read_as_a_text_stays_plain(text: str) -> None:
    assert written(text) == text


@pytest.mark.parametrize(
    "text", ["0o22", "=", "<<", "12:30:45", "1_000", "y", "", "a: b", "a #b", " a", "---", "2025-01-31"]
)
def test_a_text_that_some_reader_reads_as_another_value_is_quoted(text: str) -> None:
    assert written(text) == f'"{text}"'


def test_keys_are_quoted_as_texts_are() -> None:
    assert to_yaml([{"y": 1, "=": 2, "app.kubernetes.io/name": 3, "a\nb": 4}]) == (
        '"y": 1\n"=": 2\napp.kubernetes.io/name: 3\n"a\\nb": 4\n'
    )


def test_json_in_a_text_is_in_single_quotes_so_that_it_can_be_read() -> None:
    assert written('{"a": "b"}') == """'{"a": "b"}'"""
    assert written("""{"a": "it's"}""") == r'''"{\"a\": \"it's\"}"'''


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a\u2028b", r"a\u2028b"),
        ("\x85", r"\u0085"),
        ("\x7f", r"\u007f"),
        ("\ufeff", r"\ufeff"),
        ("\uffff", r"\uffff"),
        ("\x1b[0m", r"\u001b[0m"),
        ("a\tb\r\n", r"a\tb\r\n"),
        ("\0", r"\u0000"),
        ("\u202etxt", r"\u202etxt"),
    ],
)
def test_characters_that_readers_reject_or_change_are_escaped(text: str, escaped: str) -> None:
    assert written(text) == f'"{escaped}"'


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("a\nb\n", "|\n  a\n  b"),
        ("a\nb", "|-\n  a\n  b"),
        ("a\n\n\n", "|+\n  a\n\n"),
        ("a\n\nb\n", "|\n  a\n\n  b"),
        ("  a\nb\n", "|2\n    a\n  b"),
        ("\n a\nb", "|2-\n\n   a\n  b"),
        ("\ta\nb", "|2-\n  \ta\n  b"),
        ("a\n  \nb\n", "|\n  a\n    \n  b"),
        ("a \nb\n", "|\n  a \n  b"),
        ("---\nb\n", "|\n  ---\n  b"),
    ],
)
def test_a_text_of_several_lines_is_a_block(text: str, block: str) -> None:
    assert written(text) == block


@pytest.mark.parametrize("text", ["\n", "\n\n", " \n", "a\n ", "a\n \n", "a\r\nb", "a\n\x85b"])
def test_a_text_that_cannot_be_a_block_is_in_quotes(text: str) -> None:
    assert written(text).startswith('"')


def test_a_long_line_is_not_folded() -> None:
    assert written("word " * 200 + "end") == "word " * 200 + "end"
    assert "\n" not in written("word: " * 200)


def test_a_key_too_long_for_readers_to_find_its_colon_is_marked_as_a_key() -> None:
    assert to_yaml([{"k" * 300: {"a": 1}, "b": 2}]) == f"? {'k' * 300}\n:\n  a: 1\nb: 2\n"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1.0, "1.0"),
        (1e-07, "1.0e-07"),
        (1.5e22, "1.5e+22"),
        (1e22, "1.0e+22"),
        (-0.5, "-0.5"),
        (2**63 - 1, str(2**63 - 1)),
    ],
)
def test_all_readers_read_numbers_as_numbers(number: float, expected: str) -> None:
    assert written(number) == expected


def test_booleans_and_null_are_words() -> None:
    assert [written(each) for each in (True, False, None)] == ["true", "false", "null"]


def test_repeated_values_are_written_in_full() -> None:
    labels = {"app": "web"}

    assert to_yaml([{"a": labels, "b": [labels, labels]}]) == ("a:\n  app: web\nb:\n  - app: web\n  - app: web\n")


def test_tuples_read_only_mappings_and_enumerations_are_written_as_their_values() -> None:
    class Level(str, Enum):  # noqa: UP042  # whose str() is another text
        HIGH = "high"
        QUOTED = 'a: "b"'

    value: dict[str, Any] = {"a": MappingProxyType({"b": (1, Level.HIGH, Level.QUOTED)}), Level.HIGH: ()}
    assert to_yaml([value]) == "a:\n  b:\n    - 1\n    - high\n    - 'a: \"b\"'\nhigh: []\n"
