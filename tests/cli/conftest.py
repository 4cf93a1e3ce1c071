import stat
import sys
from pathlib import Path

import pytest
import yaml
from cli.diffing import KUBECTL, config, deployment, git, priority, secret, write


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder to work in, under no git repository."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def repository(here: Path) -> Path:
    """Return a repository whose two commits hold dist/ with A=1, then A=2; app.py synthesizes A=3."""
    git("init", "--quiet")
    for value in ("1", "2"):
        write("dist", config(A=value), deployment("web:1"))
        git("add", "dist")
        git("commit", "--quiet", "--message", value)
    write("fresh", config(A="3"), deployment("web:1"))
    Path("app.py").write_text(
        "import os, shutil; shutil.copytree('fresh', os.environ['CDK8S_OUTDIR'], dirs_exist_ok=True)"
    )
    Path("cdk8s.yaml").write_text("language: python\napp: python app.py\noutput: dist\n")
    return here


@pytest.fixture
def kubectl(here: Path) -> Path:
    """Return a kubectl whose cluster has A=1 and the image web:1."""
    path = here / "kubectl"
    path.write_text(KUBECTL.format(python=sys.executable))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    Path("cluster.yaml").write_text(
        yaml.safe_dump_all([config(A="1"), deployment("web:1"), secret("one"), priority(1)])
    )
    Path("refused.json").write_text("{}")
    Path("others.json").write_text("{}")
    Path("listed.json").write_text('{"items": []}')
    return path
