"""The project is written in plain English: these words have a plainer one, which the failure names."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from docs.blocks import FENCE, ROOT

PLAIN = {
    r"\bmend(s|ed)?\b": "fix",
    r"\b(nobody|somebody|everybody)\b": "no client, a client, a person, any client",
    r"\b(whoever|whatever)\b": "the person who, any, regardless of",
    r"\bin clear\b": "in plain text",
    r"\blets? (\w+ ){0,4}in\b": "admits",
    r"\bt(akes|ake|ook) the place of\b": "replaces, overrides",
    r"\ba way around\b|\blies? around\b": "a bypass, bypasses",
    r"\basks? (nobody|for whatever|who calls)\b": "requires",
    r"\b(is|are) there twice\b": "are duplicated",
    r"\bthat is none\b": "an invalid one",
    r"\bmust be [\w' ]+, and (is|are) not\b": "must be valid",
    r"\bbut for\b": "except for",
    r"\bbeside\b": "next to, in addition to",
    r"\bwhose it is\b": "of the owner",
    r"\bstand(s)? in (the )?clear\b": "is in plain text",
}
NAMES = {
    r"(^|_)refuses?_(unbelievable|one_address|hasty)": "check_",
    r"^_?refuse_": "check_, require_",
    r"^(once|plain|present|_told)$": "require_unique, to_plain, drop_empty, _describe",
    r"(^|_)(mend|rooms|doors)(_|$)": "fix, package, entry point",
}
PAGES = sorted(
    each
    for each in [
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "CHANGELOG.md",
        ROOT / "Makefile",
    ]
)
SOURCES = sorted(
    each
    for folder in ("kubestock", "tests", "examples", "bench", "backend", ".ci", "docs")
    for each in (ROOT / folder).rglob("*.py")
    if each != Path(__file__)
)


def found(text: str, words: dict[str, str] = PLAIN) -> list[str]:
    prose = FENCE.sub("", text)
    return [
        f"{match[0]!r}: write {better}"
        for pattern, better in words.items()
        for match in re.finditer(pattern, prose, re.IGNORECASE)
    ]


def prose(source: str) -> Iterator[str]:
    """Yield the comments and the texts of a program; a text has a space."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield " ".join(node.value.split())


def names(source: str) -> Iterator[str]:
    """Yield the names of a program's functions, classes and arguments."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg


def faults(source: str) -> list[str]:
    sentences = [each.replace("_", " ") for each in names(source) if each.startswith("test_")]
    return [
        *(each for text in [*prose(source), *sentences] for each in found(text)),
        *(each for name in names(source) for each in found(name, NAMES)),
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.relative_to(ROOT).as_posix())
def test_the_page_is_written_in_plain_english(page: Path) -> None:
    assert found(page.read_text("utf-8")) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda each: each.relative_to(ROOT).as_posix())
def test_the_program_is_written_in_plain_english(path: Path) -> None:
    assert faults(path.read_text("utf-8")) == []


def test_a_word_that_has_a_plainer_one_is_reported() -> None:
    assert found("the mend is here\n```text\nnobody\n```\n") == ["'mend': write fix"]


@pytest.mark.parametrize(
    "source",
    [
        "x = 1  # nobody\n",
        '"""Lets a client in."""\n',
        "def test_nobody_reads_it() -> None: ...\n",
        "def refuse_it(): ...",
    ],
)
def test_such_a_word_is_found_in_comments_texts_and_names(source: str) -> None:
    assert len(faults(source)) == 1
