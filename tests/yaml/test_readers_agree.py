"""All readers read the written values: PyYAML, those of Go (kubectl, Helm, Argo CD), of JavaScript and of kubestock."""

import json
import math
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kubestock.yaml.reader import read_documents
from kubestock.yaml.writer import to_yaml

ROOT = Path(__file__).parent.parent.parent
GO = Path(os.environ.get("YAML_READERS") or ROOT / "build" / "tools" / "yaml-readers")
NODE = ROOT / ".venv" / "bin" / "node"
Read = Callable[[str], Any]

WORDS = """
    0o22 0O17 -0o7 +0o7 0o7_7 0b1 -0b1 0b-1 0b 0x1F -0x1f 0x_1 0x1p4 0777 089 1 -1 +1 1_000 _1 +_1 1__ 1.5 1. .5 . ._
    1e3 1E-3 e1 -E1 1_0e_1 0.1e5 1e1000 .9_7 12:30:45 1:2 190:20:30.15 1_2:3 .inf -.INF +.Inf .nan .NaN inf -Infinity
    NAN y Y n N yes Yes YES no on ON off true True TRUE false null Null NULL ~ = << 2025-01-31 2025-1-1
    2025-01-31T10:00:00Z 2025-01-31t10:00:00.5+01:00 18446744073709551616 12e4567 1234567 8080 0.0
"""
MISTAKEN = (
    *WORDS.split(),
    *("2025-01-31 10:00:00", "", " ", " a", "a ", "\ta", "a\t", "a\tb", "a: b", "a:", ": a", ":", "a #b", "#a", "-"),
    *("- a", "?", "? a", "---", "--- a", "---a", "...", "... a", "%YAML", "@a", "`a", "&a", "*a", "!a", "!!str a", "|"),
    *(">", "[", "]", "{", "}", "{}", "[]", ",", "'", '"', "''", '""', "it's", 'say "a"', "\\", "\\n", 'it\'s "a\\b"'),
    *("{{ a }}", "\n", "\n\n", "a\n", "a\n\n", "\na", " a\nb", "\n a\nb", "\ta\nb", "a\n\tb", "a \nb", "a\n \nb"),
    *("a\n ", "a\n \n", "a\n\n\n", "a\nb", "a\n---\nb", "a\n...\nb", "- a\n- b", "#a\nb", "a\n#b", " \n", "a\r\nb"),
    *(
        "\r",
        "\0",
        "\a",
        "\x1b",
        "\x7f",
        "\x80",
        "\x85",
        "\x9f",
        "\xa0",
        "a\xa0",
        "\xad",
        "\u200b",
        "\u2028",
        "a\u2029b",
    ),
    *("\u202e", "\ud7ff", "\ue000", "\ufeff", "a\ufeff", "\ufffd", "\ufffe", "\uffff", "\U0001f600", "\U0010ffff"),
)
"""Texts that some reader reads as another value, rejects or changes if they are not quoted."""

NUMBERS = (0, -1, 2**31, 2**63 - 1, -(2**63), 0.0, 1.0, -1.5, 0.1, 1e-07, 1e22, 1.5e300, 5e-324)

TEXTS = st.one_of(
    st.sampled_from(MISTAKEN),
    st.text(max_size=12),
    st.text("0123456789abefinopxyXE_.:+-", max_size=8),
    st.text("ab \n\t-#:'\"\\|>\x85\u2028\ufeff", max_size=12),
)
SCALARS = st.one_of(TEXTS, st.none(), st.booleans(), st.sampled_from(NUMBERS), st.integers(-(2**63), 2**63 - 1))
VALUES = st.one_of(
    SCALARS,
    st.lists(st.one_of(SCALARS, st.lists(TEXTS, max_size=2), st.dictionaries(TEXTS, TEXTS, max_size=2)), max_size=3),
    st.dictionaries(TEXTS, st.one_of(SCALARS, st.lists(SCALARS, max_size=2)), max_size=3),
)
DOCUMENTS = st.lists(st.dictionaries(TEXTS, VALUES, max_size=3), min_size=1, max_size=2)


def by_pyyaml(text: str) -> Any:
    return list(yaml.safe_load_all(text))


def by_libyaml(text: str) -> Any:
    return list(yaml.load_all(text, Loader=yaml.CSafeLoader))


def by_kubestock(text: str) -> Any:
    return read_documents("the file", text.encode())


@pytest.fixture(scope="module")
def go() -> Iterator[Callable[[str], dict[str, Any]]]:
    if not GO.exists():
        pytest.skip("Go's readers of YAML are not built: make yaml-check builds them, and needs Go")
    with subprocess.Popen([str(GO)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        to, back = process.stdin, process.stdout

        def read(text: str) -> dict[str, Any]:
            to.write(json.dumps(text) + "\n")
            to.flush()
            answer: dict[str, Any] = json.loads(back.readline())
            return answer

        yield read
        to.close()


def every_scalar(numbers: Iterable[float] = NUMBERS) -> list[dict[str, Any]]:
    return [
        *({"value": each, "list": [each, {each: each}]} for each in MISTAKEN),
        *({"value": each} for each in numbers),
        {"k" * 2000: "a long key", "\u00fc" * 600: {"a": 1}},
    ]


def same(one: Any, other: Any) -> bool:
    """Compare as JSON does, which has one type of number, and booleans that are not numbers."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) or isinstance(other, float):
        return isinstance(one, int | float) and isinstance(other, int | float) and math.isclose(one, other)
    return type(one) is type(other) and one == other


@pytest.mark.parametrize("read", [by_pyyaml, by_libyaml, by_kubestock])
@pytest.mark.parametrize("indent_lists", [True, False])
def test_every_scalar_comes_back_from_python(read: Read, indent_lists: bool) -> None:
    documents = every_scalar()

    assert read(to_yaml(documents, indent_lists=indent_lists)) == documents


@settings(max_examples=100)
@given(documents=DOCUMENTS, indent_lists=st.booleans())
def test_any_document_comes_back_from_python(documents: list[dict[str, Any]], indent_lists: bool) -> None:
    text = to_yaml(documents, indent_lists=indent_lists)

    assert by_pyyaml(text) == documents
    assert by_libyaml(text) == documents
    assert by_kubestock(text) == documents


@pytest.mark.parametrize("reader", ["kubectl", "v3"])
def test_every_scalar_comes_back_from_go(go: Callable[[str], dict[str, Any]], reader: str) -> None:
    documents = every_scalar()

    found = go(to_yaml(documents))[reader]

    assert len(found) == len(documents)
    assert [each for each in zip(documents, found, strict=True) if not same(*each)] == []


@settings(max_examples=300)
@given(documents=DOCUMENTS, indent_lists=st.booleans())
def test_any_document_comes_back_from_go(
    go: Callable[[str], dict[str, Any]], documents: list[dict[str, Any]], indent_lists: bool
) -> None:
    found = go(to_yaml(documents, indent_lists=indent_lists))

    assert same(found["kubectl"], documents), found["kubectl"]
    assert same(found["v3"], documents), found["v3"]


@pytest.mark.parametrize("text", ["a: 0o22", "a: y", "a: 1e3", "a: 089", "a: 12:30:45", "a: =", "a: <<", "1: a"])
def test_the_reader_of_kubestock_reads_as_go_does(go: Callable[[str], dict[str, Any]], text: str) -> None:
    assert same(by_kubestock(text), go(text)["kubectl"])


def test_go_reads_unquoted_texts_as_other_values(go: Callable[[str], dict[str, Any]]) -> None:
    assert go("UMASK: 0o22")["kubectl"] == [{"UMASK": 18}]
    assert isinstance(go("a: \u2028x")["kubectl"], str)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_every_scalar_comes_back_from_javascript(version: str) -> None:
    if not NODE.exists() or not (ROOT / "node_modules" / "yaml").is_dir():
        pytest.skip("npm's yaml is not installed: make node_modules/.ready")
    documents = every_scalar(numbers=[each for each in NUMBERS if abs(each) < 2**53 or isinstance(each, float)])
    script = f"""
        const text = require("fs").readFileSync(0, "utf8");
        const read = require("yaml").parseAllDocuments(text, {{ version: "{version}" }});
        console.log(JSON.stringify(read.map(each => each.errors.length ? String(each.errors) : each)));
    """
    text = to_yaml(documents).encode()
    ran = subprocess.run([NODE, "-e", script], input=text, cwd=ROOT, capture_output=True, check=True)

    found = json.loads(ran.stdout)
    assert [each for each in zip(documents, found, strict=True) if not same(*each)] == []
