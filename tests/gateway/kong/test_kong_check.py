"""`make kong-check` uses the available Kong, and fails with a message if there is none."""

import os
import subprocess
import sys
from pathlib import Path

import cdk8s
import pytest
from kong_gateways import backend, fullest, gateway
from support import as_yaml, manifests

from kubestock.gateway.kong.plugins.limits import RequestTermination

SCRIPT = Path(__file__).parents[3] / ".ci" / "kong-check.py"


def check(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "KONG_BIN"}
    command = [sys.executable, str(SCRIPT), str(folder)]
    return subprocess.run(command, env={**inherited, **environment}, capture_output=True, text=True, check=False)


def fake_kong(folder: Path, status: int) -> str:
    """Write a fake Kong that records its arguments and the file that it was called with."""
    path = folder / "kong"
    path.write_text(
        f'#!/bin/sh\necho "$*" "$KONG_DATABASE" > {folder}/called\ncp "$3" {folder}/seen\necho why >&2\nexit {status}\n'
    )
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def written(chart: cdk8s.Chart, tmp_path: Path) -> Path:
    fullest(chart)
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "shop.yaml").write_text(as_yaml(manifests(chart)))
    return folder


def test_kong_reads_the_file_with_placeholders_for_credentials(written: Path, tmp_path: Path) -> None:
    done = check(written, KONG_BIN=fake_kong(tmp_path, 0))

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "called").read_text().startswith("config parse ")
    assert (tmp_path / "called").read_text().rstrip().endswith(" off")
    seen = (tmp_path / "seen").read_text()
    assert 'key: "stand-in-reports"' in seen
    assert "^{{[A-Z]+$" in seen
    assert "index ." not in seen


def test_a_file_that_kong_rejects_fails_with_its_message(written: Path, tmp_path: Path) -> None:
    done = check(written, KONG_BIN=fake_kong(tmp_path, 1))

    assert done.returncode == 1
    assert "SealedSecret gateway-consumers: REFUSED\nwhy" in done.stdout


def test_a_config_map_is_checked_unchanged(chart: cdk8s.Chart, tmp_path: Path) -> None:
    body = 'a {{ "{{" }} b'
    gateway(chart).route("/", to=backend(chart), plugins=[RequestTermination(body=body)])
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "shop.yaml").write_text(as_yaml(manifests(chart)))
    check(folder, KONG_BIN=fake_kong(tmp_path, 0))

    assert f"body: {body}" in (tmp_path / "seen").read_text()


def test_without_kong_it_fails_and_says_what_to_install(written: Path, tmp_path: Path) -> None:
    done = check(written, PATH=str(tmp_path))

    assert done.returncode == 2
    assert "nothing is checked" in done.stderr
    assert "KONG_BIN=" in done.stderr


def test_without_a_file_it_fails(tmp_path: Path) -> None:
    assert check(tmp_path).returncode == 2


def test_a_missing_kong_program_is_named(written: Path, tmp_path: Path) -> None:
    done = check(written, KONG_BIN=str(tmp_path / "nothing"))

    assert done.returncode == 2
    assert f"KONG_BIN must be the path of a program, got {tmp_path / 'nothing'}" in done.stderr
    assert "Traceback" not in done.stderr
