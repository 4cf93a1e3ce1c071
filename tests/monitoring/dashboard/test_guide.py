import dataclasses
import re
from pathlib import Path

import cdk8s
from boards import DATABASE, REQUESTS, SMALLEST, board_of, smallest

from kubestock.monitoring.dashboard import Sidecar
from kubestock.monitoring.dashboard.dashboard import FOLDER
from kubestock.monitoring.programs import ProgramMetrics

GUIDE = (Path(__file__).parent.parent.parent.parent / "docs/dashboard.md").read_text("utf-8")


def test_the_guide_names_every_row_and_the_labels_correctly(chart: cdk8s.Chart) -> None:
    exports = ProgramMetrics(requests=REQUESTS, database=DATABASE)
    services = tuple(dataclasses.replace(each, exports=exports) for each in SMALLEST.services)
    board = board_of(smallest(chart, product=dataclasses.replace(SMALLEST, services=services)))
    rows = [
        "one for each service" if "repeat" in each else each["title"]
        for each in board["panels"]
        if each["type"] == "row"
    ]

    assert re.findall(r"^\| ([A-Zo][\w ]+) \| [A-Z]", GUIDE, re.MULTILINE) == rows
    assert all(f'`{key}: "{value}"`' in GUIDE for key, value in Sidecar().labels.items())
    assert f"`{FOLDER}`" in GUIDE
