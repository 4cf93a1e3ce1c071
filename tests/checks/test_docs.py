"""docs/rules.md says what the rules themselves say."""

import inspect
import re
from pathlib import Path

import pytest

from kubestock.checks.rules import RULES, Rule

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "rules.md"


def row(rule: Rule) -> str:
    """Render the row of a rule from its source: what it is called in findings, why, and where that is said."""
    source = inspect.getsource(rule)
    literal, constant = re.findall(r'finding\(\s*(?:"([a-z-]+)"|([A-Z]+))', source)[0]
    name = literal or getattr(inspect.getmodule(rule), constant)
    text = inspect.getdoc(rule) or ""
    why = " ".join(text.partition("\n\n")[0].split())
    links = re.findall(r"https://\S+", text)
    return f"| `{name}` | {why} | {' '.join(f'[source]({link})' for link in links)} |"


@pytest.mark.parametrize("rule", RULES, ids=[f"{rule.__module__}.{rule.__name__}" for rule in RULES])
def test_every_rule_stands_in_the_document_with_its_reason_and_source(rule: Rule) -> None:
    assert "https://" in row(rule)
    assert row(rule) in DOCUMENT.read_text("utf-8").splitlines()


def test_the_document_lists_no_other_rule() -> None:
    rows = [line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("| `")]

    assert rows == [row(rule) for rule in RULES]
