"""The examples satisfy mypy and pyright in their strict modes: a reader who copies one has no errors of types."""

import enum
import importlib
import inspect
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


def pyright(folder: Path, **options: str) -> list[dict[str, Any]]:
    """Check a folder as the editor of a user does, and return what is wrong."""
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "extraPaths": [str(ROOT), str(ROOT / "imports")]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings | options), "utf-8")
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    checked = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found: list[dict[str, Any]] = json.loads(checked.stdout)["generalDiagnostics"]
    return found


def test_every_example_has_types_that_an_editor_knows(tmp_path: Path) -> None:
    for page in pages():
        folder = tmp_path / page.removesuffix(".md").replace("/", "_")
        for name, text in examples(page).items() if page not in TAKE_NAMES_AS_GIVEN else ():
            folder.mkdir(exist_ok=True)
            (folder / name.removeprefix(f"{folder.name.replace('-', '_')}_")).write_text(text, "utf-8")
    found = pyright(tmp_path, reportUnusedImport="none", reportUnusedVariable="none")

    assert len(list(tmp_path.rglob("*.py"))) > 30
    assert [f"{each['file']}:{each['range']['start']['line'] + 1}: {each['message']}" for each in found] == []


def public_classes() -> Iterator[str]:
    """Yield the names of the public classes whose arguments a user writes."""
    packages = [each for each in (ROOT / "kubestock").rglob("__init__.pyi") if "production" not in each.parts]
    for path in packages:
        name = ".".join(path.parent.relative_to(ROOT).parts)
        package = importlib.import_module(name)
        for each in package.__all__:
            found = getattr(package, each)
            protocol = getattr(found, "_is_protocol", False)
            if inspect.isclass(found) and not issubclass(found, enum.Enum | Exception) and not protocol:
                yield f"{name}.{each}"


def test_an_editor_reports_a_misspelt_argument_of_every_public_class(tmp_path: Path) -> None:
    names = sorted(public_classes())
    calls = "\n".join(f"{name}(misspelt=1)" for name in names)
    imports = "\n".join(sorted({f"import {name.rpartition('.')[0]}" for name in names}))
    (tmp_path / "main.py").write_text(f"{imports}\n{calls}\n", "utf-8")
    first = imports.count("\n") + 1
    reported = {
        each["range"]["start"]["line"] - first for each in pyright(tmp_path) if 'named "misspelt"' in each["message"]
    }

    assert len(names) > 100
    assert [name for number, name in enumerate(names) if number not in reported] == []
