"""Kinds of workloads other than a Deployment, and persistent storage."""

from dataclasses import replace
from typing import Any

import cdk8s
import pytest
from schemas import validate
from support import as_yaml, find, manifests
from syrupy.assertion import SnapshotAssertion
from workload.samples import IMAGE, PLATFORM, RESOURCES, container, microservice

from kubestock import Chart
from kubestock.checks import findings
from kubestock.errors import ConfigurationError
from kubestock.kube import objects
from kubestock.kube.peers import Pods
from kubestock.workload.autoscaling import Replicas
from kubestock.workload.container import Container
from kubestock.workload.cronjob import CronJob, Schedule
from kubestock.workload.daemonset import DaemonSet
from kubestock.workload.job import Job
from kubestock.workload.joboptions import JobOptions
from kubestock.workload.microservice import Microservice
from kubestock.workload.mounts import VolumeMount
from kubestock.workload.persistentvolumeclaim import PersistentVolumeClaim
from kubestock.workload.pod import Pod
from kubestock.workload.ports import Port
from kubestock.workload.rollout import Rollout
from kubestock.workload.scheduling import Scheduling, Toleration
from kubestock.workload.service import Service
from kubestock.workload.statefulset import StatefulSet
from kubestock.workload.storage import PersistentVolumeClaimVolume, Storage, VolumeClaimTemplate

DATA = VolumeMount(volume=VolumeClaimTemplate(name="data", storage=Storage(size="10Gi")), path="/data")
DATABASE = container(ports=(Port(5432, name="sql"),), mounts=(DATA,))
AGENT = container(ports=(Port(9100, name="metrics", metrics_path="/metrics"),))


def stateful_set(chart: cdk8s.Chart, **changed: Any) -> StatefulSet:
    given: dict[str, Any] = {"name": "db", "platform": PLATFORM, "container": DATABASE}
    return StatefulSet(chart, "db", **(given | changed))


def daemon_set(chart: cdk8s.Chart, **changed: Any) -> DaemonSet:
    given: dict[str, Any] = {"name": "agent", "platform": PLATFORM, "container": AGENT}
    return DaemonSet(chart, "agent", **(given | changed))


def claim(chart: cdk8s.Chart, **changed: Any) -> PersistentVolumeClaim:
    return PersistentVolumeClaim(
        chart, "files", name="files", platform=PLATFORM, storage=Storage(**({"size": "1Gi"} | changed))
    )


def mounting(volume: Any) -> Container:
    return Container(image=IMAGE, resources=RESOURCES, mounts=(VolumeMount(volume=volume, path="/files"),))


def fullest(chart: cdk8s.Chart) -> None:
    platform = replace(PLATFORM, scraper=Pods(namespace="monitoring"))
    pod = Pod(
        scheduling=Scheduling(tolerations=(Toleration(key="", effect="NoSchedule"),)),
        sidecars=(container(name="exporter", ports=(Port(9187, name="metrics", metrics_path="/metrics"),)),),
    )
    database = stateful_set(
        chart,
        platform=platform,
        pod=pod,
        component="database",
        config={"LEVEL": "info"},
        service_name="db-members",
        replicas=3,
        pod_management_policy="Parallel",
        partition=1,
        min_ready_seconds=5,
        revision_history_limit=3,
        pdb_max_unavailable="50%",
    )
    agent = daemon_set(chart, platform=platform, pod=replace(pod, sidecars=()), max_unavailable=0, max_surge="10%")
    agent.calls(database, variable="DATABASE_URL")
    claim(chart, access_modes=("ReadWriteMany",), storage_class_name="shared")


def test_the_smallest_of_each_kind(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    stateful_set(chart)
    daemon_set(chart)
    claim(chart)

    assert as_yaml(manifests(chart)) == yaml_snapshot


def test_the_fullest_of_each_kind(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    fullest(chart)

    assert as_yaml(manifests(chart)) == yaml_snapshot


def test_every_object_is_valid_against_the_strict_schema_of_1_27(chart: cdk8s.Chart) -> None:
    fullest(chart)

    for each in manifests(chart):
        validate(each)


def test_the_rules_read_the_new_kinds(app: cdk8s.App) -> None:
    chart = Chart(app, "shop", namespace="shop")
    fullest(chart)

    assert findings(objects.manifests(chart)) == []


def test_a_stateful_set_names_its_pods_by_a_headless_service(chart: cdk8s.Chart) -> None:
    database = stateful_set(chart, replicas=2)
    headless = find(chart, "Service", "db-pods")["spec"]

    assert find(chart, "StatefulSet", "db")["spec"]["serviceName"] == "db-pods"
    assert (headless["clusterIP"], headless["publishNotReadyAddresses"]) == ("None", True)
    assert headless["ports"] == [{"name": "sql", "port": 5432, "protocol": "TCP", "targetPort": "sql"}]
    assert database.headless_host == "db-pods.shop.svc.cluster.local"
    assert database.pod_host(1) == "db-1.db-pods.shop.svc.cluster.local"
    with pytest.raises(ConfigurationError, match="number must be at most 1, got 2"):
        database.pod_host(2)


def test_a_headless_service_that_is_given_names_the_pods(chart: cdk8s.Chart) -> None:
    stateful_set(chart, services=(Service(headless=True),), service_name="db")

    assert find(chart, "StatefulSet", "db")["spec"]["serviceName"] == "db"
    assert [each["metadata"]["name"] for each in manifests(chart) if each["kind"] == "Service"] == ["db"]


@pytest.mark.parametrize(
    ("arguments", "fix"),
    [
        ({"service_name": "db"}, "services=(Service(headless=True),)"),
        (
            {"service_name": "db-sql", "services": [Service(name="db-sql")]},
            "services=(Service(name='db-sql', headless=True),)",
        ),
    ],
)
def test_the_service_that_names_the_pods_must_be_headless(
    chart: cdk8s.Chart, arguments: dict[str, Any], fix: str
) -> None:
    name = arguments["service_name"]
    with pytest.raises(ConfigurationError) as refused:
        stateful_set(chart, **arguments)

    assert str(refused.value) == (
        f"Service {name!r} must be headless, because it names the pods of 'db': for one headless Service, give {fix}; "
        "for a Service with a cluster IP as well, give the headless one another service_name"
    )


def test_pods_of_a_stateful_set_have_names_without_ports_too(app: cdk8s.App) -> None:
    chart = Chart(app, "shop", namespace="shop")
    stateful_set(chart, container=Container(image=IMAGE, resources=RESOURCES, mounts=(DATA,)))

    assert "ports" not in find(chart, "Service", "db-pods")["spec"]
    assert findings(objects.manifests(chart)) == []


def test_each_pod_of_a_stateful_set_claims_its_storage(chart: cdk8s.Chart) -> None:
    stateful_set(chart)
    spec = find(chart, "StatefulSet", "db")["spec"]
    pod = spec["template"]["spec"]

    assert [each["metadata"]["name"] for each in spec["volumeClaimTemplates"]] == ["data"]
    assert {"name": "data", "mountPath": "/data"} in pod["containers"][0]["volumeMounts"]
    assert [each["name"] for each in pod["volumes"]] == ["tmp"]


def test_replicas_of_a_stateful_set_are_spread_regardless_of_their_revision(chart: cdk8s.Chart) -> None:
    stateful_set(chart)
    spread = find(chart, "StatefulSet", "db")["spec"]["template"]["spec"]["topologySpreadConstraints"]

    assert len(spread) == 2
    assert not [each for each in spread if "matchLabelKeys" in each]


def test_a_call_of_a_stateful_set_is_permitted_at_both_ends(chart: cdk8s.Chart) -> None:
    orders = microservice(chart)
    orders.calls(stateful_set(chart), variable="DATABASE")
    (into,) = find(chart, "NetworkPolicy", "db")["spec"]["ingress"]

    assert into["ports"] == [{"port": 5432, "protocol": "TCP"}]
    assert into["from"][0]["podSelector"]["matchLabels"]["app"] == "orders"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": "a" * 53}, "name of a StatefulSet must have at most 52 characters, got 53"),
        ({"replicas": -1}, "replicas must be at least 0"),
        ({"partition": -1}, "partition must be at least 0"),
        ({"pod_management_policy": "Sometimes"}, "pod_management_policy"),
        ({"pdb_max_unavailable": 0}, "pdb_max_unavailable must be at least 1"),
        ({"service_name": "Db"}, "service_name"),
    ],
)
def test_refuses_a_stateful_set_that_could_not_work(chart: cdk8s.Chart, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        stateful_set(chart, **wrong)
    assert manifests(chart) == []


@pytest.mark.parametrize(("unavailable", "surge"), [(0, 0), (1, 1), ("0%", 0), (1, "10%")])
def test_refuses_a_daemon_set_that_replaces_nothing_or_both_ways(
    chart: cdk8s.Chart, unavailable: Any, surge: Any
) -> None:
    with pytest.raises(ConfigurationError, match="one of max_unavailable and max_surge of 'agent' must be 0"):
        daemon_set(chart, max_unavailable=unavailable, max_surge=surge)


def test_pods_of_a_daemon_set_are_not_spread(chart: cdk8s.Chart) -> None:
    daemon_set(chart, pod=Pod(scheduling=Scheduling(tolerations=(Toleration(key="spot"),))))
    pod = find(chart, "DaemonSet", "agent")["spec"]["template"]["spec"]

    assert "topologySpreadConstraints" not in pod
    assert "affinity" not in pod


def test_recreate_stops_the_old_pods_first(chart: cdk8s.Chart) -> None:
    microservice(chart, rollout=Rollout.recreate(min_ready_seconds=5))
    spec = find(chart, "Deployment", "orders")["spec"]

    assert spec["strategy"] == {"type": "Recreate"}
    assert spec["minReadySeconds"] == 5


def test_a_claim_of_one_node_fits_one_pod_that_is_recreated(app: cdk8s.App) -> None:
    chart = Chart(app, "shop", namespace="shop")
    Microservice(
        chart,
        "files-server",
        name="files-server",
        platform=PLATFORM,
        container=mounting(claim(chart).volume()),
        scaling=Replicas(1),
        rollout=Rollout.recreate(),
    )

    assert find(chart, "PersistentVolumeClaim", "files")["spec"]["accessModes"] == ["ReadWriteOnce"]
    assert findings(objects.manifests(chart)) == []


@pytest.mark.parametrize("rollout", [Rollout(), Rollout.recreate()])
def test_refuses_a_claim_of_one_node_for_several_pods(chart: cdk8s.Chart, rollout: Rollout) -> None:
    with pytest.raises(ConfigurationError, match=r"claim 'files' \(ReadWriteOnce\) of 'orders'.*make it a StatefulSet"):
        microservice(chart, main=mounting(claim(chart).volume()), rollout=rollout)


def test_refuses_a_claim_of_one_node_where_the_rollout_adds_a_pod(chart: cdk8s.Chart) -> None:
    with pytest.raises(
        ConfigurationError, match=r"got up to 2: a pod on another node.*give rollout=Rollout.recreate\(\)"
    ):
        Microservice(
            chart,
            "orders",
            name="orders",
            platform=PLATFORM,
            container=mounting(claim(chart).volume()),
            scaling=Replicas(1),
        )


def test_many_pods_may_mount_a_claim_of_many_nodes(chart: cdk8s.Chart) -> None:
    files = claim(chart, access_modes=("ReadWriteMany",))
    microservice(chart, main=mounting(files.volume("uploads", read_only=True)))
    (volume,) = [
        each
        for each in find(chart, "Deployment", "orders")["spec"]["template"]["spec"]["volumes"]
        if each["name"] == "uploads"
    ]

    assert volume["persistentVolumeClaim"] == {"claimName": "files", "readOnly": True}


def test_refuses_a_claim_of_one_node_in_each_other_kind(chart: cdk8s.Chart) -> None:
    files = PersistentVolumeClaimVolume(name="files", claim_name="files", access_modes=("ReadWriteOncePod",))
    several = JobOptions(deadline_seconds=60, completions=2, parallelism=2)

    with pytest.raises(
        ConfigurationError, match=r"of 'db' must be mounted by one pod at once.*mount a VolumeClaimTemplate"
    ):
        stateful_set(chart, container=mounting(files), replicas=2)
    with pytest.raises(ConfigurationError, match=r"of 'agent' must be mounted by one pod at once.*ReadWriteMany"):
        daemon_set(chart, container=mounting(files))
    with pytest.raises(ConfigurationError, match=r"of 'job' must be mounted by one pod at once.*run one pod at a time"):
        Job(chart, "job", name="job", platform=PLATFORM, container=mounting(files), options=several)


def test_refuses_a_claim_template_outside_a_stateful_set(chart: cdk8s.Chart) -> None:
    message = "claim template 'data' of '{}' must be mounted in a StatefulSet"
    main = mounting(DATA.volume)
    schedule, run = Schedule(cron="0 3 * * *"), JobOptions(deadline_seconds=60)

    with pytest.raises(ConfigurationError, match=message.format("orders")):
        microservice(chart, main=main)
    with pytest.raises(ConfigurationError, match=message.format("agent")):
        daemon_set(chart, container=main)
    with pytest.raises(ConfigurationError, match=message.format("report")):
        CronJob(chart, "report", name="report", platform=PLATFORM, container=main, schedule=schedule, options=run)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"size": "0"}, "size must be greater than zero, got '0'"),
        ({"size": "128m"}, "size must be a whole number of bytes"),
        ({"access_modes": ()}, "access_modes must have at least one mode"),
        ({"access_modes": ("ReadWriteOncePod", "ReadWriteMany")}, "no other mode with ReadWriteOncePod"),
        ({"access_modes": ("ReadWriteOnce", "ReadWriteOnce")}, "each access mode of a claim must be unique"),
        ({"access_modes": ("ReadWrite",)}, "access_modes"),
        ({"storage_class_name": "Fast"}, "storage_class_name"),
    ],
)
def test_refuses_storage_that_could_not_be_claimed(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Storage(**({"size": "1Gi"} | wrong))


def test_a_claim_template_has_the_labels_that_an_existing_one_has(chart: cdk8s.Chart) -> None:
    template = VolumeClaimTemplate(name="data", storage=Storage(size="10Gi"), labels={"app": "db"})
    stateful_set(chart, container=mounting(template))
    (claim,) = find(chart, "StatefulSet", "db")["spec"]["volumeClaimTemplates"]

    assert claim["metadata"] == {"name": "data", "labels": {"app": "db"}}
    with pytest.raises(ConfigurationError, match="labels"):
        VolumeClaimTemplate(name="data", storage=Storage(size="10Gi"), labels={"a b": "c"})
