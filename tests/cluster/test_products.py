"""Real controllers roll out the products among the examples, all workloads of one at once, within the quota of each."""

from pathlib import Path
from typing import Any

import pytest
from cluster.controlplane import Cluster, wait_until
from cluster.nodes import Namespace
from test_examples import FOLDERS, RELEASES, run, title

from kubestock.yaml.writer import to_yaml

PRODUCTS = [path for path in FOLDERS if path.name == "main.py"]


def applied_to(path: Path) -> list[dict[str, Any]]:
    """What is applied to the product's namespace: Argo CD itself reads the rest."""
    return [each for each in run(path) if each["metadata"].get("namespace") != "argocd"]


def of_kind(path: Path, kind: str) -> list[dict[str, Any]]:
    return [each for each in applied_to(path) if each["kind"] == kind]


def wanted_pods(path: Path) -> dict[str, int]:
    """The number of pods of each workload, which an autoscaler without metrics keeps at its minimum."""
    fewest = {
        each["spec"]["scaleTargetRef"]["name"]: each["spec"]["minReplicas"]
        for each in of_kind(path, "HorizontalPodAutoscaler")
    }
    owners = [*of_kind(path, "Deployment"), *of_kind(path, "StatefulSet")]
    return fewest | {
        each["metadata"]["name"]: each["spec"]["replicas"] for each in owners if "replicas" in each["spec"]
    }


def pods_of(observed: Namespace, field: str = "availableReplicas") -> dict[str, int]:
    observed.tend_pods()
    owners = [one for kind in ("statefulsets", "deployments") for one in observed.items(kind, "apis/apps/v1")]
    current = [each for each in owners if each["status"].get("observedGeneration") == each["metadata"]["generation"]]
    return {each["metadata"]["name"]: each["status"].get(field, 0) for each in current}


def volume(name: str) -> dict[str, Any]:
    """A disk without a class, as a cluster without a default class has it."""
    spec = {
        "capacity": {"storage": "10Gi"},
        "accessModes": ["ReadWriteOnce"],
        "hostPath": {"path": f"/data/{name}"},
    }
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": spec}


@pytest.fixture(params=PRODUCTS, ids=title)
def product(request: pytest.FixtureRequest, cluster: Cluster, tmp_path: Path) -> tuple[Path, Namespace]:
    path: Path = request.param
    if cluster.minor < int(RELEASES.get(title(path), "1.0").partition(".")[2]):
        pytest.skip(f"it needs Kubernetes {RELEASES[title(path)]}")
    for each in of_kind(path, "StatefulSet"):
        cluster.request("POST", "/api/v1/persistentvolumes", volume(each["metadata"]["name"]))
    file = tmp_path / "product.yaml"
    file.write_text(to_yaml(applied_to(path)), "utf-8")
    applied = cluster.kubectl("apply", "--server-side", "--validate=strict", "-f", str(file))
    assert applied.returncode == 0, applied.stderr
    (namespace,) = of_kind(path, "Namespace")
    return path, Namespace(cluster, namespace["metadata"]["name"])


def test_all_workloads_of_a_product_roll_out_at_once_within_its_quota(product: tuple[Path, Namespace]) -> None:
    path, observed = product
    wanted = wanted_pods(path)
    wait_until("all pods are there", lambda: pods_of(observed) == wanted)
    restarted = observed.kubectl("rollout", "restart", "statefulset,deployment")
    wait_until("the rollouts are done", lambda: pods_of(observed) == pods_of(observed, "updatedReplicas") == wanted)
    claims = observed.items("persistentvolumeclaims")

    assert restarted.returncode == 0, restarted.stderr
    assert [each for each in observed.refusals() if "quota" in each or "forbidden" in each] == []
    assert {each["status"]["phase"] for each in claims} <= {"Bound"}
    assert len(claims) == len(of_kind(path, "StatefulSet"))
