"""The validation of Kubernetes releases, in the programs that `make validation-check` builds."""

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from support import Manifest

OLDEST = "kubernetes-1.27"
"""The release that knows neither native sidecars nor the kubelet's own pause before the end of a container."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the API server would say to one object."""

    judged: bool
    errors: list[str]
    warnings: list[str]


@dataclass(frozen=True)
class Program:
    """A running program, which answers each line with a line."""

    questions: IO[bytes]
    answers: IO[bytes]

    def judge(self, manifests: Sequence[Manifest]) -> list[Verdict]:
        found = []
        for each in manifests:
            self.questions.write(json.dumps(each).encode() + b"\n")
            self.questions.flush()
            found.append(Verdict(**json.loads(self.answers.readline())))
        return found


@contextmanager
def running(path: Path) -> Iterator[Program]:
    with subprocess.Popen([str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Program(process.stdin, process.stdout)
        process.stdin.close()


@dataclass(frozen=True)
class Releases:
    """One program for each release."""

    programs: Mapping[str, Program]

    def refusals(self, manifests: Iterable[Manifest]) -> list[str]:
        """Every error and every warning of every release, with the object that it is about.

        That a field is deprecated is none: what replaces it may be newer than the oldest release.
        """
        given = list(manifests)
        found = []
        for release, program in self.programs.items():
            asked = [each for each in given if release != OLDEST or not is_newer(each)]
            for each, verdict in zip(asked, program.judge(asked), strict=True):
                said = (*verdict.errors, *(each for each in verdict.warnings if "deprecated" not in each))
                found += [f"{release}: {each['kind']} {each['metadata']['name']}: {one}" for one in said]
        return found

    def judged(self, manifest: Manifest) -> set[bool]:
        return {program.judge([manifest])[0].judged for program in self.programs.values()}


def is_newer(manifest: Manifest) -> bool:
    pod = manifest.get("spec", {}).get("template", {}).get("spec", {})
    sleeping = any("sleep" in each.get("lifecycle", {}).get("preStop", {}) for each in pod.get("containers", []))
    return sleeping or any("restartPolicy" in each for each in pod.get("initContainers", []))
