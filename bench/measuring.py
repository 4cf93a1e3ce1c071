"""The cost of a process with everything that it starts: CPU seconds, wall clock and memory."""

import os
import resource
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.02
LIMIT = 60
"""CPU seconds after which a process is ended."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took.

    Attributes:
        ended: whether it came to its end within `LIMIT`.
        cpu: seconds, user and system, of the process and of all that it started and waited for.
        wall: seconds.
        memory: MiB: the sum of the highest resident sizes of the process and of all that it started.
    """

    cpu: float
    wall: float
    memory: float
    ended: bool = True


def measured(command: Sequence[str], folder: Path) -> Cost:
    """Run a command and return what it cost.

    jsii stops its Node and waits for it when Python ends, so Node's CPU time is in that of the process.

    Raises:
        RuntimeError: if the command fails, other than by the limit.
    """
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=folder)  # noqa: S603  # ours
    resource.prlimit(process.pid, resource.RLIMIT_CPU, (LIMIT, LIMIT))
    sizes: dict[int, int] = {}
    ended = threading.Event()
    sampler = threading.Thread(target=_sample, args=(process.pid, sizes, ended))
    sampler.start()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    ended.set()
    sampler.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    too_long = used.ru_utime + used.ru_stime >= LIMIT - 1
    if process.returncode and not too_long:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    memory = max(used.ru_maxrss, sum(sizes.values())) / 1024
    return Cost(used.ru_utime + used.ru_stime, wall, memory, ended=process.returncode == 0)


def _sample(root: int, sizes: dict[int, int], ended: threading.Event) -> None:
    """Note the highest resident size, in KiB, of each process below `root`, until it has ended."""
    while not ended.wait(_EVERY):
        for pid in _family(root):
            sizes[pid] = max(sizes.get(pid, 0), _highest(pid))


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except OSError:
        return [pid]
    return [pid, *(each for child in children for each in _family(int(child)))]


def _highest(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
