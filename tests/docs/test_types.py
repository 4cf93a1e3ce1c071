"""The examples satisfy mypy in its strict mode, so that a reader who copies one has no errors of types."""

import os
import subprocess
import sys
from pathlib import Path

from docs.blocks import ROOT, Block, blocks, pages
from docs.preludes import ALTERNATIVES

TAKE_NAMES_AS_GIVEN = (*ALTERNATIVES, "docs/programs.md")


def examples(page: str) -> dict[str, str]:
    """The Python of a page, as files: its blocks together, and each file that it names."""
    python = [each for each in blocks(page) if each.language == "python" and not _is_test_or_refused(each)]
    stem = page.removesuffix(".md").replace("/", "_").replace("-", "_")
    files = {f"{stem}_{Path(each.file).name}": each.text for each in python if each.file}
    together = "\n".join(each.text for each in python if not each.file)
    return {**files, f"{stem}.py": together} if together else files


def _is_test_or_refused(block: Block) -> bool:
    return block.title.startswith("refused") or "test" in (block.file or "")


def test_every_example_has_the_types_that_it_needs(tmp_path: Path) -> None:
    for page in pages():
        for name, text in examples(page).items() if page not in TAKE_NAMES_AS_GIVEN else ():
            (tmp_path / name).write_text(text, "utf-8")
    assert len(list(tmp_path.iterdir())) > 30
    options = ["--strict", "--follow-imports=silent", "--ignore-missing-imports", "--no-error-summary"]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "--cache-dir", str(ROOT / ".mypy_cache" / "docs"), "."],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": f"{ROOT}:{ROOT / 'imports'}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.stdout.splitlines() == []
