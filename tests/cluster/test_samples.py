"""The API server takes the fullest and the smallest object of every construct, and what each example makes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from cluster.controlplane import Cluster
from support import Manifest
from test_examples import EXAMPLES, RELEASES, title

ROOT = Path(__file__).parent.parent.parent
SNAPSHOTS = sorted(
    path
    for path in (ROOT / "tests").glob("*/__snapshots__/*/*.yaml")
    if path.read_text().startswith(("apiVersion:", "kind:"))
)


STRICTLY = ("apply", "--server-side", "--validate=strict", "-f")
SIDECARS_SINCE = 29
"""The minor version whose API has them switched on: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/"""


def documents(folder: Path, pattern: str = "*.yaml") -> list[Manifest]:
    return [each for path in sorted(folder.glob(pattern)) for each in yaml.safe_load_all(path.read_text())]


def make_namespaces(cluster: Cluster, found: list[Manifest], *, but: set[str]) -> None:
    for namespace in {each["metadata"].get("namespace") for each in found} - {None} - but:
        cluster.kubectl("create", "namespace", namespace)


def without_sidecars(found: list[Manifest]) -> None:
    """Leave out the one field of which an older server knows nothing."""
    for each in found:
        if each["kind"] == "Deployment":
            for container in each["spec"]["template"]["spec"].get("initContainers", []):
                container.pop("restartPolicy", None)


@pytest.mark.parametrize("path", SNAPSHOTS, ids=[path.stem for path in SNAPSHOTS])
def test_every_field_of_a_construct_is_one_that_the_api_server_takes(cluster: Cluster, path: Path) -> None:
    found = documents(path.parent, path.name)
    if cluster.minor < SIDECARS_SINCE:
        without_sidecars(found)
    make_namespaces(cluster, found, but=set())  # a dry run makes none, not even those of the file
    taken = cluster.kubectl(
        *STRICTLY, "-", "--dry-run=server", manifest={"apiVersion": "v1", "kind": "List", "items": found}
    )

    assert taken.stderr == ""
    assert taken.returncode == 0
    assert taken.stdout.count("serverside-applied (server dry run)\n") == len(found)


@pytest.mark.parametrize("path", EXAMPLES, ids=title)
def test_every_example_is_accepted_in_the_order_of_its_files(cluster: Cluster, path: Path, tmp_path: Path) -> None:
    if title(path) in RELEASES and cluster.minor < int(RELEASES[title(path)].partition(".")[2]):
        pytest.skip(f"it needs Kubernetes {RELEASES[title(path)]}")
    subprocess.run([sys.executable, str(path)], env={**os.environ, "CDK8S_OUTDIR": str(tmp_path)}, check=True)
    found = documents(tmp_path)
    make_namespaces(cluster, found, but={each["metadata"]["name"] for each in found if each["kind"] == "Namespace"})
    taken = cluster.kubectl(*STRICTLY, str(tmp_path))

    assert taken.stderr == ""
    assert taken.returncode == 0
    assert taken.stdout.count("serverside-applied\n") == len(found) > 0


def test_there_are_samples() -> None:
    assert len(SNAPSHOTS) > 10
    assert len(EXAMPLES) > 1
