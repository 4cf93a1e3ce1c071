"""The Node.js of jsii, and the folder where jsii unpacks its files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = "from kubestock import App, Chart; Chart(App(), 'a', namespace='a'); print('made')"


def run(folder: Path, program: str = PROGRAM, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program]
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "content",
    [None, "no program", "#!/bin/sh\nexit 1\n", "#!/bin/sh\necho Python 3.11\n"],
    ids=["absent", "no program", "a failure", "another program"],
)
def test_a_wrong_node_is_one_message_with_a_fix(tmp_path: Path, content: str | None) -> None:
    node = tmp_path / "node"
    if content is not None:
        node.write_text(content)
        node.chmod(0o755)
    ran = run(tmp_path, JSII_NODE=str(node))

    assert ran.returncode == 1
    assert ran.stderr == (
        f"kubestock: JSII_NODE must be the path of a Node.js executable, got '{node}'; correct it, or unset it to use "
        "the Node.js that kubestock installs\n"
    )


def test_a_command_reports_a_wrong_node_as_well(tmp_path: Path) -> None:
    ran = run(tmp_path, "from kubestock.cli import main; main()", JSII_NODE="")

    assert ran.stderr.startswith("kubestock: JSII_NODE must be the path of a Node.js executable, got ''; correct it")


def test_jsii_needs_no_cache_in_the_home_folder(tmp_path: Path) -> None:
    (tmp_path / ".cache").write_text("a file, so that no folder can be created here")
    work = tmp_path / "work"
    work.mkdir()
    ran = run(work, HOME=str(tmp_path))

    assert (ran.stdout, ran.stderr) == ("made\n", "")
    assert (work / ".cache" / "jsii").is_dir()


@pytest.mark.parametrize("name", ["a file", "a file/below"])
def test_an_output_folder_that_cannot_be_written_is_one_message_with_a_fix(tmp_path: Path, name: str) -> None:
    (tmp_path / "a file").touch()
    program = "from kubestock import App, Chart; app = App(); Chart(app, 'a', namespace='a'); app.synth()"
    ran = run(tmp_path, program, CDK8S_OUTDIR=name)

    assert ran.returncode == 1
    assert ran.stderr.startswith("kubestock: the output folder must be writable, got ")
    assert f" for {name}/a.k8s.yaml; set CDK8S_OUTDIR or App(outdir=…) to another folder\n" in ran.stderr
