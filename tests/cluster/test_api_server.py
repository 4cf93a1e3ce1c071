"""A real API server takes all of dist/ as it is written, without a warning, and refuses what it should."""

import copy
import json
import subprocess
from pathlib import Path

import pytest
import yaml
from cluster.controlplane import Cluster
from support import Manifest, pick

DIST = Path(__file__).parent.parent.parent / "dist"
APPLY = ("apply", "--server-side", "--validate=strict", "-f", "-", "--dry-run=server")
WRITTEN_BY_CONTROLLERS = {"Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget", "ResourceQuota"}
MADE_BY_THE_CLUSTER = "Warning: resource serviceaccounts/default is missing the kubectl.kubernetes.io/last-applied"
"""A namespace has this account before it is applied. Server-side apply does not mind."""


@pytest.fixture
def deployment(production: list[Manifest], applied: object) -> Manifest:
    return copy.deepcopy(pick(production, "Deployment", "ms-product"))


@pytest.fixture
def pod(deployment: Manifest) -> Manifest:
    template = deployment["spec"]["template"]
    metadata = {"name": "by-hand", "namespace": deployment["metadata"]["namespace"]} | template["metadata"]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


def test_every_object_is_accepted_in_the_order_of_the_file_and_without_a_warning(
    applied: subprocess.CompletedProcess[str], production: list[Manifest]
) -> None:
    assert applied.stderr == ""
    assert applied.returncode == 0
    assert applied.stdout.count("serverside-applied\n") == len(production)


def test_a_second_apply_would_change_nothing(cluster: Cluster, applied: object) -> None:
    difference = cluster.kubectl("diff", "--server-side", "-f", str(DIST))

    assert difference.stdout == ""
    assert difference.stderr == ""
    assert difference.returncode == 0


def test_a_difference_is_found_where_there_is_one(cluster: Cluster, deployment: Manifest) -> None:
    deployment["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "51m"
    difference = cluster.kubectl("diff", "--server-side", "-f", "-", manifest=deployment)

    assert difference.returncode == 1
    assert "+            cpu: 51m" in difference.stdout


def test_a_second_apply_writes_nothing(cluster: Cluster, applied: object) -> None:
    def written() -> dict[tuple[str, str], str]:
        found = json.loads(cluster.kubectl("get", "-f", str(DIST), "-o", "json").stdout)["items"]
        return {
            (each["kind"], each["metadata"]["name"]): each["metadata"]["resourceVersion"]
            for each in found
            if each["kind"] not in WRITTEN_BY_CONTROLLERS
        }

    before = written()
    again = cluster.kubectl("apply", "--server-side", "--validate=strict", "-f", str(DIST))

    assert (again.returncode, again.stderr) == (0, "")
    assert len(before) > 1
    assert written() == before


def test_the_older_apply_of_a_client_takes_it_too(another_cluster: Cluster, production: list[Manifest]) -> None:
    made = another_cluster.kubectl("apply", "--validate=strict", "-f", str(DIST))
    warnings = [line for line in made.stderr.splitlines() if not line.startswith(MADE_BY_THE_CLUSTER)]

    assert warnings == []
    assert made.returncode == 0
    assert made.stdout.count(" created\n") + made.stdout.count(" configured\n") == len(production)
    assert another_cluster.kubectl("diff", "-f", str(DIST)).returncode == 0


def test_an_unknown_field_is_refused(cluster: Cluster, deployment: Manifest) -> None:
    deployment["spec"]["replica"] = 2
    refused = cluster.kubectl(*APPLY, manifest=deployment)

    assert refused.returncode != 0
    assert '"spec.replica"' in refused.stderr or ".spec.replica: field not declared in schema" in refused.stderr


def test_a_changed_selector_is_refused(cluster: Cluster, deployment: Manifest) -> None:
    for labels in (deployment["spec"]["selector"]["matchLabels"], deployment["spec"]["template"]["metadata"]["labels"]):
        labels["changed"] = "yes"
    refused = cluster.kubectl(*APPLY, manifest=deployment)

    assert refused.returncode != 0
    assert "field is immutable" in refused.stderr


def test_a_pod_as_in_production_is_admitted(cluster: Cluster, pod: Manifest) -> None:
    admitted = cluster.kubectl(*APPLY, manifest=pod)

    assert admitted.stderr == ""
    assert admitted.returncode == 0


def test_a_pod_that_may_gain_privileges_is_refused(cluster: Cluster, pod: Manifest) -> None:
    pod["spec"]["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = True
    refused = cluster.kubectl(*APPLY, manifest=pod)

    assert refused.returncode != 0
    assert 'violates PodSecurity "restricted:v1.27": allowPrivilegeEscalation != false' in refused.stderr


def test_a_deployment_whose_pods_would_be_refused_is_warned_about(cluster: Cluster, deployment: Manifest) -> None:
    deployment["spec"]["template"]["spec"]["hostNetwork"] = True
    warned = cluster.kubectl(*APPLY, manifest=deployment)

    assert warned.returncode == 0
    assert 'Warning: would violate PodSecurity "restricted:v1.27": host namespaces' in warned.stderr


def test_a_container_above_the_limit_range_is_refused(cluster: Cluster, pod: Manifest) -> None:
    pod["spec"]["containers"][0]["resources"]["limits"]["memory"] = "64Gi"
    refused = cluster.kubectl(*APPLY, manifest=pod)

    assert refused.returncode != 0
    assert "maximum memory usage per Container is 2Gi, but limit is 64Gi" in refused.stderr


def test_a_pod_above_the_quota_is_refused(cluster: Cluster, pod: Manifest, production: list[Manifest]) -> None:
    quota = copy.deepcopy(next(each for each in production if each["kind"] == "ResourceQuota"))
    quota["metadata"]["name"] = "none"
    quota["spec"]["hard"] = {"count/jobs.batch": "0"}
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": pod["metadata"] | {"name": "by-hand"},
        "spec": {"template": {"metadata": {}, "spec": pod["spec"] | {"restartPolicy": "Never"}}},
    }
    cluster.kubectl("apply", "--server-side", "-f", "-", manifest=quota)
    refused = cluster.kubectl(*APPLY, manifest=job)
    cluster.kubectl("delete", "resourcequota", "none", "-n", quota["metadata"]["namespace"])

    assert refused.returncode != 0
    assert "exceeded quota: none" in refused.stderr


def test_the_priority_of_production_is_given_to_its_pods(cluster: Cluster, pod: Manifest) -> None:
    admitted = cluster.kubectl(*APPLY, "-o", "yaml", manifest=pod)

    assert yaml.safe_load(admitted.stdout)["spec"]["priority"] == 100000
