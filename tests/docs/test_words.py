"""The documentation is plain English: these words have a plainer one, which the message names."""

import re
from pathlib import Path

import pytest
from docs.blocks import FENCE, ROOT

PLAIN = {
    r"\bmend(s|ed)?\b": "fix",
    r"\b(nobody|somebody|everybody)\b": "no client, a client, a person, any client",
    r"\bin clear\b": "in plain text",
    r"\blets? (\w+ ){0,4}in\b": "admits",
    r"\btakes the place of\b": "replaces, overrides",
    r"\ba way around\b": "a bypass",
    r"\basks? (nobody|for whatever)\b": "requires",
    r"\bare there twice\b": "are duplicated",
    r"\bthat is none\b": "an invalid one",
}
PAGES = sorted(
    each
    for each in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    if not {"adr", "rules"} & set(each.parts) and each.name != "alerts.md"  # made from code, or history
)


def found(text: str) -> list[str]:
    prose = FENCE.sub("", text)
    return [
        f"{match[0]!r}: write {better}"
        for pattern, better in PLAIN.items()
        for match in re.finditer(pattern, prose, re.IGNORECASE)
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.relative_to(ROOT).as_posix())
def test_the_page_is_written_in_plain_english(page: Path) -> None:
    assert found(page.read_text("utf-8")) == []


def test_a_word_that_has_a_plainer_one_is_told() -> None:
    assert found("the mend is here\n```text\nnobody\n```\n") == ["'mend': write fix"]
