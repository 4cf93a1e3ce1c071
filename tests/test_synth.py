"""`python -m kubestock`, as `cdk8s synth` runs it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def synthesize(
    folder: Path, *, seed: str = "0", package: Path = ROOT, outdir: str = "out"
) -> subprocess.CompletedProcess[str]:
    folder.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "kubestock"],
        cwd=folder,
        env={
            "HOME": str(Path.home()),
            "PATH": "/usr/bin:/bin",
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": str(package),
            "CDK8S_OUTDIR": outdir,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("first")
    ran = synthesize(folder)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    return contents(folder / "out")


def test_dist_is_what_the_code_synthesizes(first: dict[str, bytes]) -> None:
    assert sorted(first) == ["argocd/production.k8s.yaml", "production.k8s.yaml"]
    assert contents(ROOT / "dist") == first


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_two_synths_are_equal_from_any_folder_and_under_any_hash_seed(
    first: dict[str, bytes], tmp_path: Path, seed: str
) -> None:
    synthesize(tmp_path / "elsewhere", seed=seed, outdir="another/folder")

    assert contents(tmp_path / "elsewhere" / "another" / "folder") == first


def test_a_broken_data_file_is_one_clear_message_and_nothing_is_written(tmp_path: Path) -> None:
    package = tmp_path / "package"
    shutil.copytree(ROOT / "kubestock", package / "kubestock")
    images = package / "kubestock" / "production" / "images.yaml"
    images.write_text(images.read_text().replace("frontend: ", "frontend: latest # "))
    ran = synthesize(tmp_path / "work", package=package)

    assert ran.returncode == 1
    assert ran.stderr.startswith("kubestock: image tag of ")
    assert "Traceback" not in ran.stderr
    assert not list((tmp_path / "work").rglob("*.yaml"))
