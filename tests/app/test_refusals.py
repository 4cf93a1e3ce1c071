"""A program of a user reports what is refused in one message."""

import os
import subprocess
import sys
from pathlib import Path

REFUSED = """
from kubestock import App, Chart, ContainerImage

chart = Chart(App(), "shop", namespace="shop")
ContainerImage("ghcr.io/acme/orders", "latest")
"""
UNWORKABLE = """
from kubestock import App, Chart, KubeObject

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


def test_a_refused_argument_ends_the_program_with_a_message_and_its_line(tmp_path: Path) -> None:
    ran = run(tmp_path, REFUSED)

    message, place = ran.stderr.splitlines()
    assert ran.returncode == 1
    assert message.startswith("kubestock: image tag of ghcr.io/acme/orders must name one build, got 'latest'")
    assert place == f"  ({tmp_path / 'main.py'}:5)" or place.endswith("main.py:5)")


def test_what_the_rules_find_ends_the_program_with_every_finding_and_nothing_written(tmp_path: Path) -> None:
    ran = run(tmp_path, UNWORKABLE)

    assert ran.returncode == 1
    assert ran.stderr.startswith("kubestock: nothing was written, because in a cluster this would not work:\n  - Serv")
    assert "Traceback" not in ran.stderr
    assert not (tmp_path / "dist").exists()


def test_the_traceback_comes_back_when_it_is_asked_for(tmp_path: Path) -> None:
    ran = run(tmp_path, REFUSED, KUBESTOCK_TRACEBACK="1")

    assert ran.stderr.startswith("Traceback (most recent call last):")


def test_an_error_of_another_kind_is_reported_as_python_does(tmp_path: Path) -> None:
    ran = run(tmp_path, "from kubestock import App\nApp()\n{}['x']\n")

    assert "KeyError: 'x'" in ran.stderr
    assert "Traceback" in ran.stderr


def test_a_hook_that_the_program_set_still_gets_the_other_errors(tmp_path: Path) -> None:
    program = "import sys\nsys.excepthook = lambda *_: print('mine')\nfrom kubestock import App\nApp()\n{}['x']\n"

    assert run(tmp_path, program).stdout == "mine\n"
