"""A user's program reports a configuration error as one message."""

import os
import subprocess
import sys
from pathlib import Path

REFUSED = """
from kubestock import App, Chart, ContainerImage

chart = Chart(App(), "shop", namespace="shop")
ContainerImage("ghcr.io/acme/orders", tag="latest")
"""
UNWORKABLE = """
from kubestock import App, Chart
from kubestock.kube import KubeObject

app = App()
chart = Chart(app, "shop", namespace="shop")
pod = {"containers": [{"name": "b", "image": "acme/b:1.0"}]}
KubeObject(chart, "b", manifest={"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "b"}, "spec": pod})
spec = {"selector": {"app": "nothing"}, "ports": [{"port": 80}]}
KubeObject(chart, "a", manifest={"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": spec})
app.synth()
"""


def run(folder: Path, program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "main.py").write_text(program)
    command = [sys.executable, "main.py"]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def test_an_invalid_argument_ends_the_program_with_a_message_and_the_line(tmp_path: Path) -> None:
    ran = run(tmp_path, REFUSED)

    message, place = ran.stderr.splitlines()
    assert ran.returncode == 1
    assert message.startswith(
        "kubestock: image tag of ghcr.io/acme/orders must always name the same build, got 'latest'"
    )
    assert place == f"  ({tmp_path / 'main.py'}:5)" or place.endswith("main.py:5)")


def test_errors_of_the_rules_end_the_program_with_all_findings_and_nothing_is_written(tmp_path: Path) -> None:
    ran = run(tmp_path, UNWORKABLE)

    assert ran.returncode == 1
    assert ran.stderr.startswith("kubestock: nothing is written, because this would not work in a cluster:\n  - Serv")
    assert "Traceback" not in ran.stderr
    assert not (tmp_path / "dist").exists()


def test_the_traceback_is_printed_if_the_variable_is_set(tmp_path: Path) -> None:
    ran = run(tmp_path, REFUSED, KUBESTOCK_TRACEBACK="1")

    assert ran.stderr.startswith("Traceback (most recent call last):")


def test_other_errors_are_reported_by_python(tmp_path: Path) -> None:
    ran = run(tmp_path, "from kubestock import App\nApp()\n{}['x']\n")

    assert "KeyError: 'x'" in ran.stderr
    assert "Traceback" in ran.stderr


def test_an_excepthook_of_the_program_still_gets_other_errors(tmp_path: Path) -> None:
    program = "import sys\nsys.excepthook = lambda *_: print('mine')\nfrom kubestock import App\nApp()\n{}['x']\n"

    assert run(tmp_path, program).stdout == "mine\n"
