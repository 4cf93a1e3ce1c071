"""Real controllers roll out, scale and delete every kind of workload, within the quota that is computed for all."""

from pathlib import Path
from typing import Any

import pytest
from cluster.controlplane import Cluster, wait_until
from cluster.nodes import NODES, Namespace, amounts, owner
from workload.samples import PLATFORM, container

from kubestock import App, Chart, Microservice, Port, Replicas
from kubestock.namespace import LargestRollout, NamespaceQuota
from kubestock.workload import (
    CronJob,
    DaemonSet,
    Job,
    JobOptions,
    PersistentVolumeClaim,
    Rollout,
    Schedule,
    StatefulSet,
    Storage,
    VolumeClaimTemplate,
    VolumeMount,
)

STORAGE = Storage(size="1Gi", storage_class_name="by-hand")
PODS = {"db": 3, "uploads": 1, "orders": 2}
SERVED, ENDING = container(), container(ports=())


def mounting(volume: Any) -> Any:
    return container(ports=(Port(5432, name="sql"),), mounts=(VolumeMount(volume=volume, path="/data"),))


def chart_of_kinds(app: App) -> None:
    chart = Chart(app, "kinds", namespace="kinds")
    shared: dict[str, Any] = {"platform": PLATFORM}
    database = StatefulSet(
        chart,
        "db",
        name="db",
        container=mounting(VolumeClaimTemplate(name="data", storage=STORAGE)),
        replicas=3,
        **shared,
    )
    files = PersistentVolumeClaim(chart, "files", name="files", storage=STORAGE, **shared)
    Microservice(
        chart,
        "uploads",
        name="uploads",
        container=mounting(files.volume()),
        scaling=Replicas(1),
        rollout=Rollout.recreate(),
        **shared,
    )
    orders = Microservice(chart, "orders", name="orders", container=SERVED, **shared)
    run = JobOptions(deadline_seconds=60, completions=2, parallelism=2)
    Job(chart, "migrate", name="migrate", container=ENDING, options=run, **shared).calls(database)
    schedule = Schedule(cron="0 0 1 1 *", time_zone="Europe/Zurich")
    CronJob(chart, "report", name="report", container=ENDING, options=run, schedule=schedule, **shared).calls(orders)
    DaemonSet(chart, "agent", name="agent", container=SERVED, **shared)
    quota = LargestRollout(headroom_percent=0, nodes=len(NODES))
    NamespaceQuota(chart, "quota", quota=quota, labels=PLATFORM.labels("shop"))


def volume(number: int) -> dict[str, Any]:
    spec = {
        "capacity": {"storage": "1Gi"},
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "by-hand",
        "hostPath": {"path": f"/data/{number}"},
    }
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": f"by-hand-{number}"}, "spec": spec}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("kinds")
    app = App(outdir=str(made))
    chart_of_kinds(app)
    app.synth()
    return made


@pytest.fixture(scope="module")
def kinds(cluster: Cluster, folder: Path) -> Namespace:
    cluster.kubectl("create", "namespace", "kinds")
    for number in range(4):
        cluster.request("POST", "/api/v1/persistentvolumes", volume(number))
    applied = cluster.kubectl("apply", "--server-side", "--validate=strict", "-f", str(folder))
    assert applied.returncode == 0, applied.stderr
    found = Namespace(cluster, "kinds")
    wait_until(
        "the Deployments and the StatefulSet are there", lambda: pods_of(found) == {"db": 3, "uploads": 1, "orders": 2}
    )
    return found


def pods_of(observed: Namespace, field: str = "availableReplicas") -> dict[str, int]:
    observed.tend_pods()
    owners = [one for kind in ("statefulsets", "deployments") for one in observed.items(kind, "apis/apps/v1")]
    current = [each for each in owners if each["status"].get("observedGeneration") == each["metadata"]["generation"]]
    return {each["metadata"]["name"]: each["status"].get(field, 0) for each in current}


def refused_by_quota(observed: Namespace) -> list[str]:
    return [each for each in observed.refusals() if "exceeded quota" in each]


def completed(observed: Namespace, name: str) -> bool:
    observed.tend_pods()
    (job,) = [each for each in observed.items("jobs", "apis/batch/v1") if each["metadata"]["name"] == name]
    return int(job["status"].get("succeeded", 0)) == 2


def test_jobs_and_those_of_a_cron_job_get_their_pods_and_end(kinds: Namespace) -> None:
    started = kinds.kubectl("create", "job", "--from=cronjob/report", "report-now")
    wait_until("the Job has ended", lambda: completed(kinds, "migrate"))
    wait_until("the Job of the CronJob has ended", lambda: completed(kinds, "report-now"))

    assert started.returncode == 0, started.stderr
    assert refused_by_quota(kinds) == []


def test_every_claim_is_bound_and_the_quota_counts_each(kinds: Namespace) -> None:
    wait_until("every claim is counted", lambda: kinds.used()["persistentvolumeclaims"].amount == 4)
    (quota,) = kinds.items("resourcequotas")
    claims = kinds.items("persistentvolumeclaims")

    assert {each["metadata"]["name"]: each["status"]["phase"] for each in claims} == dict.fromkeys(
        ("data-db-0", "data-db-1", "data-db-2", "files"), "Bound"
    )
    assert kinds.used()["requests.storage"] == amounts(quota["spec"]["hard"])["requests.storage"]


def test_all_of_them_roll_out_at_once_within_the_quota(kinds: Namespace) -> None:
    restarted = kinds.kubectl("rollout", "restart", "statefulset,deployment,daemonset")
    wait_until("the rollouts are done", lambda: pods_of(kinds) == pods_of(kinds, "updatedReplicas") == PODS)

    assert restarted.returncode == 0, restarted.stderr
    assert refused_by_quota(kinds) == []


def test_every_node_has_its_pod_of_a_daemon_set(kinds: Namespace) -> None:
    def ready() -> int:
        kinds.tend_pods()
        (found,) = kinds.items("daemonsets", "apis/apps/v1")
        return int(found["status"].get("numberAvailable", 0))

    wait_until("every node has a pod", lambda: ready() == len(NODES))
    places = [each["spec"]["nodeName"] for each in kinds.items("pods") if owner(each) == "DaemonSet"]

    assert sorted(places) == sorted(NODES)


def test_a_stateful_set_is_scaled_and_deleted_and_its_claims_stay(kinds: Namespace, folder: Path) -> None:
    kinds.kubectl("scale", "statefulset/db", "--replicas=1")
    wait_until("one pod is left", lambda: pods_of(kinds).get("db") == 1)
    kinds.cluster.kubectl("delete", "--wait=false", "-f", str(folder))

    def gone() -> bool:
        kinds.tend_pods()
        return not [each for each in kinds.items("pods") if "report-now" not in each["metadata"]["name"]]

    wait_until("all pods are gone", gone)

    assert sorted(each["metadata"]["name"] for each in kinds.items("persistentvolumeclaims")) == [
        "data-db-0",
        "data-db-1",
        "data-db-2",
    ]
