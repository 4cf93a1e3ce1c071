"""One cluster for all tests of this folder: the CRDs, then dist/ as an operator would apply it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from cluster.controlplane import Cluster, control_plane, wait_until
from cluster.nodes import add_nodes
from support import Manifest

DIST = Path(__file__).parent.parent.parent / "dist"
TOOLS = os.environ.get("CLUSTER_TOOLS")
CRDS = os.environ.get("CLUSTER_CRDS")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what needs a cluster, where there is none."""
    if TOOLS and CRDS:
        return
    missing = (
        "CLUSTER_TOOLS and CLUSTER_CRDS name no kube-apiserver and no CRDs: install Go and run 'make cluster-check'"
    )
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=missing))


def ready_for_dist(cluster: Cluster) -> Cluster:
    installed = cluster.kubectl("create", "--validate=ignore", "-f", CRDS or "")  # some are written for newer servers
    assert installed.returncode == 0, installed.stderr
    # The kubectl of 1.27 gives up on a CRD that has no conditions yet, instead of waiting for them.
    wait_until("established CRDs", lambda: _established(cluster))
    add_nodes(cluster)
    return cluster


def _established(cluster: Cluster) -> bool:
    return cluster.kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all").returncode == 0


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with control_plane(Path(TOOLS or ""), tmp_path_factory.mktemp("cluster")) as made:
        yield ready_for_dist(made)


@pytest.fixture
def another_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with control_plane(Path(TOOLS or ""), tmp_path_factory.mktemp("another")) as made:
        yield ready_for_dist(made)


@pytest.fixture(scope="session")
def production() -> list[Manifest]:
    """The objects of dist/, in the order in which kubectl applies them."""
    return [each for path in sorted(DIST.glob("*.yaml")) for each in yaml.safe_load_all(path.read_text()) if each]


@pytest.fixture(scope="session")
def namespace(production: list[Manifest]) -> str:
    (found,) = [each["metadata"]["name"] for each in production if each["kind"] == "Namespace"]
    return str(found)


@pytest.fixture(scope="session")
def applied(cluster: Cluster) -> subprocess.CompletedProcess[str]:
    return cluster.kubectl("apply", "--server-side", "--validate=strict", "-f", str(DIST))
