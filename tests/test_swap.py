"""`make synth` swaps dist/ in one step."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SWAP = runpy.run_path(str(ROOT / ".ci" / "swap.py"))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("new", "old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    return tmp_path / "new", tmp_path / "old"


@pytest.mark.parametrize("can_exchange", [True, False])
def test_the_new_folder_replaces_the_old_one(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, can_exchange: bool
) -> None:
    new, old = folders
    if not can_exchange:
        monkeypatch.setitem(SWAP["swap"].__globals__, "_exchanged", lambda *_: False)
    SWAP["swap"](new, old)

    assert (old / "file").read_text() == "new"
    assert [each.name for each in old.parent.iterdir()] == ["old"]


def test_a_first_folder_is_only_renamed(folders: tuple[Path, Path]) -> None:
    new, old = folders
    (old / "file").unlink()
    old.rmdir()
    SWAP["swap"](new, old)

    assert (old / "file").read_text() == "new"


def test_synth_never_removes_the_manifests_before_the_new_ones_are_there() -> None:
    recipe = (ROOT / "Makefile").read_text().split("\nsynth:")[1].split("\n\n")[0]

    assert "rm -rf dist" not in recipe
    assert "swap.py build/dist dist" in recipe
