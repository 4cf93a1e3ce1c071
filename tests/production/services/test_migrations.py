"""Pods that start together and migrate one database, with a real PostgreSQL."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from kubestock.production.services import DatabaseBackend
from kubestock.workload import RepeatedStart

PROGRAM = Path(__file__).parent / "migrating.py"
PODS = 4
START = DatabaseBackend.START


def binary(name: str) -> str:
    places = [str(each) for each in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    found = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], *places]))
    if found is None or shutil.which("psql") is None:
        pytest.skip(
            f"{name} or psql not found: `apt-get install postgresql` brings a server for the proof of migrations"
        )
    return found


class Server:
    """A PostgreSQL server for the test, which can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The server refuses to run as root.
        user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self._user = user if os.geteuid() == 0 else None
        if self._user is not None:
            shutil.chown(folder, user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._run(binary("initdb"), "--username=test", "--auth=trust", "--no-sync", f"--pgdata={folder}/data")

    @property
    def url(self) -> str:
        return f"postgresql://test@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder} -c fsync=off"
        log = f"--log={self.folder}/log"
        self._run(binary("pg_ctl"), "start", "--wait", f"--pgdata={self.folder}/data", log, f"--options={options}")

    def stop(self) -> None:
        self._run(binary("pg_ctl"), "stop", "--wait", "--mode=immediate", f"--pgdata={self.folder}/data")

    def _run(self, *command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, user=self._user, cwd=self.folder, timeout=60)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    binary("initdb")
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        found = Server(Path(folder))
        found.start()
        yield found
        found.stop()


@contextlib.contextmanager
def started(command: Sequence[str], server: Server, pods: int = PODS) -> Iterator[list["subprocess.Popen[str]"]]:
    env = {**os.environ, "DATABASE_URL": server.url}
    running = [
        subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(pods)
    ]
    try:
        yield running
    finally:
        for each in running:
            each.terminate()
        for each in running:
            each.communicate(timeout=30)


def program(*, loading: float = 0.0, migrating: float = 0.3) -> tuple[str, ...]:
    return (sys.executable, str(PROGRAM), str(loading), str(migrating))


def serving(running: Sequence["subprocess.Popen[str]"]) -> list[bool]:
    """Wait until each program serves or has exited."""
    return [each.stdout is not None and each.stdout.readline() == "serving\n" for each in running]


def test_some_pods_that_start_together_exit_because_they_do_not_wait_for_the_lock(server: Server) -> None:
    with started(program(migrating=2), server) as running:
        served = serving(running)

        assert served.count(True) < PODS
        assert {each.wait(timeout=10) for each, ok in zip(running, served, strict=True) if not ok} == {1}


def test_with_repeated_starts_all_pods_serve(server: Server) -> None:
    assert START is not None
    with started(RepeatedStart(program=program()).command, server) as running:
        assert serving(running) == [True] * PODS
        assert [each.poll() for each in running] == [None] * PODS


def test_a_repeated_start_waits_for_a_database_that_restarts(server: Server) -> None:
    server.stop()
    with started(RepeatedStart(program=program(loading=0.5), max_starts=8).command, server) as running:
        time.sleep(1.5)
        server.start()

        assert serving(running) == [True] * PODS


def test_an_unavailable_database_ends_the_container_with_the_exit_code_of_the_program(server: Server) -> None:
    server.stop()
    try:
        with started(RepeatedStart(program=program(), max_starts=2, max_pause_seconds=1).command, server, 1) as running:
            assert running[0].wait(timeout=30) == 1
    finally:
        server.start()
