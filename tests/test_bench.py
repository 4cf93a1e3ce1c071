"""`make bench` measures the same objects for every tool."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

BENCH = Path(__file__).parent.parent / "bench"
SERVICES = 3


def written_by(subject: str, folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the objects of the services by kind and name."""
    folder.mkdir()
    command = [sys.executable, str(BENCH / "subjects.py"), subject, str(SERVICES), str(folder)]
    subprocess.run(command, check=True)
    found = {}
    for each in yaml.safe_load_all((folder / "fleet.k8s.yaml").read_text("utf-8")):
        if each["metadata"]["name"].startswith("service-"):
            each.get("spec", {}).get("template", {}).get("metadata", {}).pop("annotations", None)  # a checksum
            found[each["kind"], each["metadata"]["name"]] = each
    return found


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, Any]]:
    return written_by("kubestock", tmp_path_factory.mktemp("ours") / "dist")


@pytest.mark.parametrize("subject", ["typed", "dicts"])
def test_peers_write_the_objects_that_this_library_writes(
    subject: str, ours: dict[tuple[str, str], dict[str, Any]], tmp_path: Path
) -> None:
    assert len(ours) == 7 * SERVICES
    assert written_by(subject, tmp_path / "theirs") == ours
