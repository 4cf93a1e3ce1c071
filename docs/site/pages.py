"""Writes what is made from code: options, alerts, the picture of a sync and llms.txt. `make pages` runs it."""

import sys
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parent))

import alerts
import llms
import options
import sync

DOCS = Path(__file__).parents[1]


def made() -> Mapping[str, str]:
    """Return the text of each file by its path below docs."""
    return {**options.pages(), "alerts.md": alerts.page(), "assets/sync.svg": sync.picture(), "llms.txt": llms.text()}


if __name__ == "__main__":
    for name, text in made().items():
        (DOCS / name).write_text(text, "utf-8")
