"""Measure synths against floors and peers, and write table, plot and the description of the machine.

    python bench/speed.py [--runs N] [--kustomize PROGRAM]

writes what bench/README.md has between its two marks, and bench/speed.svg. Runs are interleaved, so that a busy
minute does not fall on one subject alone.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import kustomization
from measuring import LIMIT, Cost, measured
from plot import svg
from rules import exponent

import kubestock  # noqa: F401  # every subject then runs on the Node that comes with it

HERE = Path(__file__).parent
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
SIZES = (10, 20, 50, 200, 1000)
ROUTES = 200
ONCE = frozenset({("typed", 200), ("kustomize", 200)})
"""Take so long that they run once."""

_MOST = {"typed": 200, "kustomize": 200}
_LABELS = {
    "empty": "empty cdk8s app",
    "bindings": "empty, `cdk8s_plus_27` imported",
    "production": "production",
    "routes": "a gateway and 20 services",
    "kubestock": "kubestock",
    "typed": "typed bindings by hand",
    "kustomize": "kustomize",
    "dicts": "plain dicts, only written",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured, and of which size."""

    name: str
    number: int = 0

    def command(self, folders: Path, program: str | None) -> list[str]:
        """Return the command that runs it once."""
        if self.name == "kustomize":
            return [str(program), "build", str(folders / f"kustomize-{self.number}" / "production")]
        return [sys.executable, str(HERE / "subjects.py"), self.name, str(self.number), str(folders / "out")]


def subjects(program: str | None) -> list[Subject]:
    """Return what is measured, the floors first."""
    floors = [Subject("empty"), Subject("bindings"), Subject("production"), Subject("routes", 1)]
    names = ["kubestock", "typed", *(["kustomize"] if program else []), "dicts"]
    sized = [Subject(name, size) for name in names for size in SIZES if size <= _MOST.get(name, size)]
    return [*floors, Subject("routes", ROUTES), *sized]


def run_all(program: str | None, runs: int) -> dict[Subject, Cost]:
    """Return the medians of every subject."""
    every = subjects(program)
    costs: dict[Subject, list[Cost]] = {each: [] for each in every}
    with tempfile.TemporaryDirectory() as folder:
        folders = Path(folder)
        (folders / "out").mkdir()
        for each in every:
            if each.name == "kustomize":
                kustomization.write(each.number, folders / f"kustomize-{each.number}")
        for run in range(runs):
            for each in every:
                if run == 0 or (each.name, each.number) not in ONCE:
                    costs[each].append(measured(each.command(folders, program), folders))
            sys.stderr.write(f"run {run + 1} of {runs} done\n")
    return {each: _median(found) for each, found in costs.items()}


def report(costs: Mapping[Subject, Cost], inside: Mapping[int, Mapping[str, float]], runs: int) -> Iterator[str]:
    """Yield the lines that bench/README.md has between its marks."""
    yield f"{datetime.now(UTC):%Y-%m-%d}, {_machine()}."
    yield f"Medians of {runs} interleaved runs; ¹ ran once. A process that takes over {LIMIT} s of CPU is ended.\n"
    yield "| | size | CPU s | wall s | MiB | of the bindings' floor |\n|---|---|---|---|---|---|"
    floor = costs[Subject("bindings")].cpu
    for each, cost in costs.items():
        mark = " ¹" if (each.name, each.number) in ONCE else ""
        over = "" if cost.ended else "over "
        cells = (f"{over}{cost.cpu:.2f}{mark}", f"{cost.wall:.2f}", f"{cost.memory:.0f}", f"{cost.cpu / floor:.2f}")
        yield f"| {_LABELS[each.name]} | {_size(each)} | {' | '.join(cells)} |"
    yield "\n![CPU seconds by the number of services](speed.svg)\n"
    yield "CPU of one service beyond an empty app, in ms, and how many times that of kubestock the others take:\n"
    yield from _per_service(costs)
    yield "\n| goal | measured | |\n|---|---|---|"
    yield from (f"| {goal} | {found} | {'yes' if met else 'no'} |" for goal, found, met in _goals(costs, inside))
    yield "\n| services | CPU s of a synth in Python | rules | messages to Node |\n|---|---|---|---|"
    for services, took in inside.items():
        share = took["rules"] / took["synth"]
        yield f"| {services:,} | {took['synth']:.2f} | {share:.1%} | {took['messages']:.0f} |"


def _per_service(costs: Mapping[Subject, Cost]) -> Iterator[str]:
    names = ["kubestock", "typed", "kustomize", "dicts"]
    yield f"| services | {' | '.join(_LABELS[name] for name in names)} |"
    yield "|---" * (len(names) + 1) + "|"
    for size in SIZES:
        own = _further(costs, "kubestock", size)
        cells = [_cell(costs, name, size, own) for name in names]
        yield f"| {size:,} | {' | '.join(cells)} |"


def _cell(costs: Mapping[Subject, Cost], name: str, size: int, own: float) -> str:
    if Subject(name, size) not in costs:
        return "not run"
    further = _further(costs, name, size)
    over = "" if costs[Subject(name, size)].ended else "over "
    return f"{over}{1000 * further:.1f}" + ("" if name == "kubestock" else f" ({further / own:.1f})")


def _further(costs: Mapping[Subject, Cost], name: str, size: int) -> float:
    """Return the CPU seconds of one service: without those of an empty app, where cdk8s runs."""
    floor = {"kubestock": Subject("empty"), "typed": Subject("bindings")}.get(name)
    return (costs[Subject(name, size)].cpu - (costs[floor].cpu if floor else 0)) / size


def _goals(costs: Mapping[Subject, Cost], inside: Mapping[int, Mapping[str, float]]) -> Iterator[tuple[str, str, bool]]:
    floor, production = costs[Subject("bindings")].cpu, costs[Subject("production")].cpu
    yield "production at most 2 times the bindings' floor", f"{production / floor:.2f}", production <= 2 * floor
    for size in (50, 1000):
        each = 1000 * _further(costs, "kubestock", size)
        yield f"a service of {size:,} at most 12 ms", f"{each:.1f} ms", each <= 12  # noqa: PLR2004  # the goal
    growth = exponent((200, 200 * _further(costs, "kubestock", 200)), (1000, 1000 * _further(costs, "kubestock", 1000)))
    yield "growth exponent from 200 to 1,000 at most 1.05", f"{growth:.2f}", growth <= 1.05  # noqa: PLR2004
    for size in (20, 50, 200):
        if Subject("kustomize", size) in costs:
            own, other = costs[Subject("kubestock", size)].cpu, costs[Subject("kustomize", size)].cpu
            yield f"quicker than kustomize at {size}", f"{own:.2f} s to {other:.2f} s", own < other
    share = max(each["rules"] / each["synth"] for each in inside.values())
    yield "rules at most 25 % of a synth", f"{share:.0%}", share <= 0.25  # noqa: PLR2004
    memory = costs[Subject("kubestock", 1000)].memory
    yield "memory at 1,000 services under 400 MiB", f"{memory:.0f} MiB", memory < 400  # noqa: PLR2004
    route = 1000 * (costs[Subject("routes", ROUTES)].cpu - costs[Subject("routes", 1)].cpu) / (ROUTES - 1)
    yield "a route of 200 at most 2 ms", f"{route:.1f} ms", route <= 2  # noqa: PLR2004


def _size(subject: Subject) -> str:
    if subject.number == 0:
        return ""
    return f"{subject.number:,} {'routes' if subject.name == 'routes' else 'services'}"


def _median(costs: list[Cost]) -> Cost:
    cpu, wall, memory = (statistics.median(getattr(each, what) for each in costs) for what in ("cpu", "wall", "memory"))
    return Cost(cpu, wall, memory, ended=all(each.ended for each in costs))


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "a processor")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    node = subprocess.run([os.environ["JSII_NODE"], "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    return (
        f"{os.cpu_count()} cores, {model}, {memory:.0f} GiB, {platform.system()} {platform.release()}, Python "
        f"{platform.python_version()}, Node {node.stdout.strip()}, cdk8s {version('cdk8s')}, load "
        f"{os.getloadavg()[0]:.1f} at the end"
    )


def _inside(services: int, runs: int) -> dict[str, float]:
    """Return what the run of the middle share of rules found."""
    command = [sys.executable, str(HERE / "inside.py"), str(services)]
    ran = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(runs)]  # noqa: S603
    found: list[dict[str, float]] = sorted(map(json.loads, ran), key=lambda each: each["rules"] / each["synth"])
    return found[runs // 2]


def main() -> None:
    """Measure, and write the results."""
    parser = argparse.ArgumentParser(description="Measure synths against floors and peers.")
    parser.add_argument("--runs", type=int, default=5, help="how often each subject runs")
    parser.add_argument("--kustomize", help="the program; without it kustomize is left out")
    given = parser.parse_args()
    costs = run_all(given.kustomize, given.runs)
    inside = {size: _inside(size, given.runs) for size in SIZES}
    readme = HERE / "README.md"
    head, _, rest = readme.read_text("utf-8").partition(BEGIN)
    lines = "\n".join(report(costs, inside, given.runs))
    readme.write_text(f"{head}{BEGIN}\n\n{lines}\n\n{END}{rest.partition(END)[2]}", "utf-8")
    names = ("kubestock", "typed", "kustomize", "dicts")
    curves = {
        _LABELS[name]: [(each.number, cost.cpu) for each, cost in costs.items() if each.name == name] for name in names
    }
    drawn = {name: points for name, points in curves.items() if points}
    (HERE / "speed.svg").write_text(svg(drawn, across="services", up="CPU seconds"), "utf-8")


if __name__ == "__main__":
    main()
