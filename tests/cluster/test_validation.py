"""The program of `make validation-check` says about an object what the API server says."""

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster.conftest import TOOLS
from cluster.controlplane import Cluster
from support import Manifest
from validation.oddities import AMOUNTS, KEYS, NAMES, PATHS, PERCENTAGES, RANGES
from validation.validator import Program, running

ODD: list[Any] = [
    *AMOUNTS,
    *KEYS,
    *NAMES,
    *PATHS,
    *PERCENTAGES,
    *RANGES,
    "x" * 64,
    "x" * 254,
    -1,
    0,
    2**31,
    None,
    [],
    {},
]
LEFT_ALONE = ("apiVersion", "kind", "namespace", "clusterIP", "pod-security.kubernetes.io")
"""Fields that say which object it is, and what admission or a running cluster judges."""
NAMESPACE = "judged"


@pytest.fixture(scope="module")
def program() -> Iterator[Program]:
    with running(Path(TOOLS or "") / "validate") as started:
        yield started


@pytest.fixture(scope="module")
def paths(cluster: Cluster) -> dict[tuple[str, str], str]:
    """Where objects of a version and kind are created."""
    created = cluster.kubectl("create", "namespace", NAMESPACE)
    assert created.returncode == 0, created.stderr
    versions = {"v1": "/api/v1", "networking.k8s.io/v1": "/apis/networking.k8s.io/v1", "apps/v1": "/apis/apps/v1"}
    for version in ("autoscaling/v2", "batch/v1", "policy/v1", "rbac.authorization.k8s.io/v1", "scheduling.k8s.io/v1"):
        versions[version] = f"/apis/{version}"
    return {
        (version, each["kind"]): f"{path}{f'/namespaces/{NAMESPACE}' * each['namespaced']}/{each['name']}"
        for version, path in versions.items()
        for each in cluster.get(path)["resources"]
        if "/" not in each["name"]
    }


def native(paths: dict[tuple[str, str], str], production: list[Manifest]) -> list[Manifest]:
    """The objects of production that have a strategy, under names that are not taken."""
    found = [copy.deepcopy(each) for each in production if (each["apiVersion"], each["kind"]) in paths]
    for each in found:
        each["metadata"]["name"] += "-judged"
        if "namespace" in each["metadata"]:
            each["metadata"]["namespace"] = NAMESPACE
    return found


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, key)
            yield from leaves(each, (*path, key))


def broken(manifests: list[Manifest], count: int) -> Iterator[Manifest]:
    """Objects with one field changed, the same ones every time."""
    chosen = random.Random(0)  # noqa: S311  # no secret depends on it
    for _ in range(count):
        manifest = copy.deepcopy(chosen.choice(manifests))
        path = chosen.choice([each for each in leaves(manifest) if not str(each[-1]).startswith(LEFT_ALONE)])
        place = manifest
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = chosen.choice(ODD)
        yield manifest


def refused(cluster: Cluster, path: str, manifest: Manifest) -> str:
    """What the server says against an object, which it does not keep."""
    answer = cluster.request("POST", f"{path}?dryRun=All&fieldValidation=Strict", manifest)
    return str(answer["message"]) if answer["kind"] == "Status" else ""


def test_the_program_and_the_server_refuse_the_same_objects(
    cluster: Cluster, program: Program, paths: dict[tuple[str, str], str], production: list[Manifest]
) -> None:
    manifests = native(paths, production)
    asked = [*manifests, *broken(manifests, 1000)]
    verdicts = program.judge(asked)
    differ = [
        (each, said, verdict.errors)
        for each, verdict in zip(asked, verdicts, strict=True)
        if bool(said := refused(cluster, paths[each["apiVersion"], each["kind"]], each)) != bool(verdict.errors)
    ]

    assert all(verdict.judged for verdict in verdicts)
    assert not any(verdict.errors for verdict in verdicts[: len(manifests)])
    assert sum(bool(verdict.errors) for verdict in verdicts) > len(asked) / 10
    assert differ == []
