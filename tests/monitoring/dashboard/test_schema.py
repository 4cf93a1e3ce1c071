"""The dashboard conforms to Grafana's own types, as far as Grafana publishes them.

`@grafana/schema` has the types of a dashboard and of each kind of panel; the compiler reads the JSON as a literal of
those types, so an unknown field, a missing one and a value of another type are errors. Grafana publishes no type of a
Prometheus query there: that part is read by the Python library alone.
"""

import copy
import json
import os
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import cdk8s
import pytest
from boards import Board, board_of, fullest

from kubestock.monitoring.dashboard.grafana import to_json_object

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from grafana_foundation_sdk.cog.plugins import register_default_plugins
    from grafana_foundation_sdk.models.dashboard import Dashboard

HERE = Path(__file__).parent
MODULES = HERE.parent.parent.parent / "node_modules"
COMPILER = {
    "module": "esnext",
    "moduleResolution": "node10",
    "noEmit": True,
    "skipLibCheck": True,
    "strict": True,
    "types": [],
}
TYPES = {"row": "Row", "timeseries": "Curves", "stat": "Stat"}


@pytest.fixture
def board(chart: cdk8s.Chart) -> Board:
    return board_of(fullest(chart))


def complaints(folder: Path, *boards: Board) -> list[str]:
    """The errors of the TypeScript compiler for each board."""
    if not (MODULES / "@grafana/schema").exists():
        pytest.skip("node_modules is missing: run make node_modules/.ready")
    shutil.copy(HERE / "grafana.d.ts", folder)
    (folder / "node_modules").symlink_to(MODULES)
    for number, board in enumerate(boards):
        (folder / f"board{number}.ts").write_text(literals(board), "utf-8")
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": COMPILER, "include": ["*.ts"]}), "utf-8")
    command = [os.environ["JSII_NODE"], str(MODULES / "typescript/bin/tsc"), "--pretty", "false"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return ran.stdout.splitlines()


def literals(board: Board) -> str:
    """Each part as a literal of one type: for a union, the compiler would accept fields of another member."""
    parts = [("Board", {key: value for key, value in board.items() if key != "panels"})]
    parts += [(TYPES[panel["type"]], panel) for panel in board["panels"]]
    lines = ['import type { Board, Curves, Row, Stat } from "./grafana";']
    lines += [f"export const part{place}: {kind} = {json.dumps(part)};" for place, (kind, part) in enumerate(parts)]
    return "\n".join(lines)


def broken(board: Board, title: str, path: tuple[str, ...], value: Any) -> Board:
    other = copy.deepcopy(board)
    part: Any = next(panel for panel in other["panels"] if panel["title"] == title)
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return other


def test_grafanas_types_accept_the_dashboard_and_refuse_a_broken_one(board: Board, tmp_path: Path) -> None:
    wrong = [
        broken(board, "Traffic", ("titel",), "Traffic"),
        broken(board, "Traffic", ("gridPos", "w"), "6"),
        broken(board, "Traffic", ("options", "legend", "displayMode"), "long"),
        broken(board, "Traffic", ("fieldConfig", "defaults", "custom", "drawStyle"), "dots"),
        broken(board, "Availability", ("options", "colourMode"), "value"),
        broken(board, "Availability", ("fieldConfig", "defaults", "thresholds", "mode"), "relative"),
        broken(board, "Gateway", ("collapsed",), "no"),
        board | {"refreshes": "30s"},
    ]
    said = complaints(tmp_path, board, *wrong)
    refused = {line.split("(")[0] for line in said if line.startswith("board")}

    assert not [line for line in said if line.startswith("board0.ts")]
    assert refused == {f"board{number + 1}.ts" for number in range(len(wrong))}


def test_grafanas_library_reads_the_dashboard_back_without_a_difference(board: Board) -> None:
    register_default_plugins()

    assert to_json_object(Dashboard.from_json(copy.deepcopy(board))) == board
