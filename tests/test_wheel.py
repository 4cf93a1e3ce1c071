"""What `pip install kubestock` brings."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in tracked.rstrip("\0").split("\0"):
        if name.startswith(("kubestock/", "imports/")) or name in ("pyproject.toml", "README.md", "LICENSE"):
            (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "source" / name).write_bytes((ROOT / name).read_bytes())
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(folder / "source"),
    ]
    subprocess.run(command, capture_output=True, check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_the_package_its_data_and_the_bindings(contents: set[str]) -> None:
    assert {
        "kubestock/py.typed",
        "kubestock/workload/microservice.py",
        "kubestock/production/images.yaml",
        "kubestock/production/secrets.yaml",
        "kubestock/production/sealing-cert.pem",
        "kubestock_crds/com/bitnami/__init__.py",
    } <= contents


def test_the_wheel_installs_nothing_under_a_name_that_others_use(contents: set[str]) -> None:
    top = {name.split("/")[0] for name in contents if ".dist-info/" not in name}

    assert top == {"kubestock", "kubestock_crds"}
