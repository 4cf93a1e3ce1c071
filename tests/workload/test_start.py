"""The command of a repeated start, in real shells."""

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kubestock import ConfigurationError
from kubestock.workload import RepeatedStart

SHELLS = pytest.mark.parametrize("shell", [("sh",), ("busybox", "sh")], ids=["sh", "busybox"])
FAILS_UNTIL = """
import pathlib, sys
started = pathlib.Path(sys.argv[1])
number = len(started.read_text()) if started.exists() else 0
started.write_text("x" * (number + 1))
sys.exit(int(sys.argv[2]) if number + 1 < int(sys.argv[3]) else 0)
"""
SERVES = """
import signal, sys, time
def end(*_):
    time.sleep(0.3)
    sys.exit(7)
signal.signal(signal.SIGTERM, end)
print("serving", flush=True)
while True:
    time.sleep(0.05)
"""


def command(shell: tuple[str, ...], start: RepeatedStart) -> list[str]:
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed; `apt-get install {shell[0]}` brings the shell of Alpine images")
    return [*shell, *start.command[1:]]


def run(shell: tuple[str, ...], start: RepeatedStart) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(shell, start), capture_output=True, text=True, check=False, timeout=60)


def failing(tmp_path: Path, *, code: int, succeeds_at: int, max_starts: int = 3) -> RepeatedStart:
    program = (sys.executable, "-c", FAILS_UNTIL, str(tmp_path / "started"), str(code), str(succeeds_at))
    return RepeatedStart(program=program, max_starts=max_starts, max_pause_seconds=1)


def starts(tmp_path: Path) -> int:
    return len((tmp_path / "started").read_text())


@SHELLS
def test_a_start_that_fails_is_repeated_and_logged(shell: tuple[str, ...], tmp_path: Path) -> None:
    ran = run(shell, failing(tmp_path, code=1, succeeds_at=2))

    assert (ran.returncode, starts(tmp_path)) == (0, 2)
    assert re.fullmatch(r"start 1 of 3 ended with 1 after \d s; the next one begins in 1 s\n", ran.stderr)


@SHELLS
def test_the_last_attempt_ends_with_the_code_of_the_program(shell: tuple[str, ...], tmp_path: Path) -> None:
    ran = run(shell, failing(tmp_path, code=1, succeeds_at=99))

    assert (ran.returncode, starts(tmp_path)) == (1, 3)
    assert re.search(r"start 3 of 3 ended with 1 after \d s; no more are tried\n\Z", ran.stderr)


@SHELLS
@pytest.mark.parametrize("code", [2, 127, 255])
def test_an_end_with_another_code_is_not_repeated(shell: tuple[str, ...], code: int, tmp_path: Path) -> None:
    ran = run(shell, failing(tmp_path, code=code, succeeds_at=99))

    assert (ran.returncode, starts(tmp_path), ran.stderr) == (code, 1, "")


@SHELLS
def test_a_crash_after_the_start_is_not_repeated(shell: tuple[str, ...]) -> None:
    crashes = (sys.executable, "-c", "import sys, time; time.sleep(1.2); sys.exit(1)")
    began = time.monotonic()
    ran = run(shell, RepeatedStart(program=crashes, start_seconds=1))

    assert (ran.returncode, ran.stderr) == (1, "")
    assert time.monotonic() - began < 5


@SHELLS
def test_a_program_that_was_killed_is_not_repeated(shell: tuple[str, ...]) -> None:
    killed = (sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")

    assert run(shell, RepeatedStart(program=killed)).returncode == 128 + signal.SIGKILL


@SHELLS
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_sigterm_reaches_the_program_and_the_script_waits_for_its_exit(
    shell: tuple[str, ...], sent: signal.Signals
) -> None:
    serving = RepeatedStart(program=(sys.executable, "-c", SERVES), exit_codes=(7,))
    with subprocess.Popen(command(shell, serving), stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "serving\n"
        started.send_signal(sent)

        assert started.wait(timeout=10) == 7


@SHELLS
def test_sigterm_in_the_pause_ends_at_once(shell: tuple[str, ...], tmp_path: Path) -> None:
    fails = (sys.executable, "-c", "import sys; sys.exit(1)")
    waiting = RepeatedStart(program=fails, max_pause_seconds=3600)
    with subprocess.Popen(command(shell, waiting), stderr=subprocess.PIPE, text=True) as started:
        assert started.stderr is not None
        assert "the next one begins" in started.stderr.readline()
        time.sleep(0.2)
        started.terminate()

        assert started.wait(timeout=10) == 1


@SHELLS
def test_the_program_gets_its_arguments_unchanged(shell: tuple[str, ...]) -> None:
    words = ("a b", "$HOME", "*", "", "'\"")
    echo = (sys.executable, "-c", "import sys; print(sys.argv[1:])", *words)

    assert run(shell, RepeatedStart(program=echo)).stdout == f"{list(words)}\n"


def test_kubernetes_finds_no_escape_in_the_script() -> None:
    script = RepeatedStart(program=("node",)).command[2]

    assert "$$" not in script  # the kubelet would replace it by one dollar sign


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"program": ()}, "program must be a tuple of words"),
        ({"max_starts": 1}, "max_starts must be at least 2, got 1"),
        ({"start_seconds": 0}, "start_seconds must be at least 1, got 0"),
        ({"max_pause_seconds": 0}, "max_pause_seconds must be at least 1, got 0"),
        ({"exit_codes": ()}, "exit_codes must not be empty"),
        ({"exit_codes": (0,)}, "an exit code must be at least 1, got 0"),
        ({"exit_codes": (137,)}, "an exit code must be from 1 to 127, got 137: a higher code means that a signal"),
    ],
)
def test_refuses_a_start_that_could_not_be_repeated(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        RepeatedStart(**{"program": ("node",), **wrong})  # type: ignore[arg-type]  # deliberately wrong
