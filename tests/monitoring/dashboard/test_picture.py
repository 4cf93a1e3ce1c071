"""The picture in the docs shows the current dashboard."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from boards import Board

ROOT = Path(__file__).parent.parent.parent.parent
PICTURE = ROOT / "docs/dashboard.png"


def module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module")
def series() -> ModuleType:
    return module(ROOT / "docs/pictures/series.py")


@pytest.fixture(scope="module")
def board() -> Board:
    documents = yaml.safe_load_all((ROOT / "dist/production.k8s.yaml").read_text("utf-8"))
    (text,) = next(each["data"] for each in documents if each["metadata"]["name"] == "kubestock-dashboard").values()
    drawn: Board = json.loads(text)
    return drawn


def test_the_picture_is_small_and_shows_the_current_dashboard(board: Board, series: ModuleType) -> None:
    picture = PICTURE.read_bytes()

    assert series.fingerprint(board).encode() in picture, "docs/dashboard.png is out of date: make picture"
    assert len(picture) < 300_000


def test_every_query_has_sample_series_and_all_sample_series_have_a_query(board: Board, series: ModuleType) -> None:
    drawn, row = set(), ""
    for panel in board["panels"]:
        if panel["type"] == "row":
            row = panel["title"]
        for target in panel.get("targets", ()):
            drawn |= {
                (row, panel["title"], name) for name in series.series(row, panel["title"], target["legendFormat"])
            }

    assert drawn == {(*path.split("/", 1), name) for path, names in series.LEVELS.items() for name in names}


def test_sample_series_are_the_same_in_each_run(series: ModuleType) -> None:
    again = module(ROOT / "docs/pictures/series.py")
    asked = ("Overview", "Latency of all services", "p99")

    assert series.series(*asked) == again.series(*asked)
