"""What the documentation shows is true: its Python runs, its YAML comes out, its commands print what it says."""

import os
from pathlib import Path

import pytest
from docs.blocks import pages
from docs.comparing import differences, prints
from docs.preludes import VARIANTS
from docs.reading import reader
from docs.updating import update


@pytest.mark.parametrize("page", pages())
def test_every_block_of_the_page_is_true(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    reading = reader(page, tmp_path)
    reading.read()

    if os.environ.get("DOCS_UPDATE"):
        update(reading)

    assert reading.untrue() == []
    assert page in VARIANTS or reading.findings() == []
    assert reading.refused is None


def test_what_is_no_part_is_told() -> None:
    assert differences({"a": [1]}, {"a": [1, 2]}) == [".a: [1] is shown, [1, 2] is written"]
    assert differences({"a": {"b": 1}}, {"a": {}}) == [".a.b: 1 is shown, None is written"]
    assert differences({"a": 1}, {"a": 1, "b": 2}) == []


def test_what_is_printed_is_compared_by_lines() -> None:
    assert prints("a\n...\nc", "a\nb\nb\nc\n")
    assert not prints("a\nc", "a\nb\nc\n")
