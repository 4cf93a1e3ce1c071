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


@pytest.mark.parametrize(("seed", "outdir"), [("1", "out"), ("4242", "another/folder")])
def test_dist_is_what_the_code_synthesizes_from_any_folder_and_under_any_hash_seed(
    tmp_path: Path, seed: str, outdir: str
) -> None:
    ran = synthesize(tmp_path / "elsewhere", seed=seed, outdir=outdir)
    found = contents(tmp_path / "elsewhere" / outdir)

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert sorted(found) == ["argocd/production.k8s.yaml", "production.k8s.yaml"]
    assert found == contents(ROOT / "dist")


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
