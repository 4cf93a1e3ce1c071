"""The pages in docs/rules match the rules."""

import re
from pathlib import Path
from typing import Any

import pytest

from kubestock.checks import Rule, findings
from kubestock.cli.check_docs import pages, section, write

FOLDER = Path(__file__).parent.parent.parent / "docs" / "rules"


def test_the_documentation_matches_the_rules() -> None:
    written = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()}

    assert written == pages(), "run 'make rules'"


def test_pages_of_removed_families_are_deleted(tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("# Rules: gone\n", "utf-8")
    write(tmp_path)

    assert {each.name for each in tmp_path.iterdir()} == set(pages())


def test_a_rule_without_examples_can_be_documented() -> None:
    own = Rule(id="owner", title="No owner", reason="Whom to call?", judging=lambda _: [], sources=("https://a.b",))

    assert section(own) == "No owner. Severity: error.\n\nWhom to call?\n\nSee <https://a.b>."


def test_the_rule_in_the_documentation_works() -> None:
    (program,) = re.findall(r"```python\n(.*?)```", (FOLDER / "README.md").read_text("utf-8"), re.DOTALL)
    made: dict[str, Any] = {"__name__": "acme"}
    exec(program, made)  # noqa: S102  # what the documentation shows
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
    (found,) = findings([deployment], rules=[made["owner_label"]])

    assert str(found) == "Deployment/web: has no label owner; add it [owner-label]"
    assert found.severity == "warning"


@pytest.mark.parametrize("name", ["README.md", "pods.md"])
def test_pages_end_with_a_line_break(name: str) -> None:
    assert pages()[name].endswith("\n")
