"""Workloads for many tests: a minimal one, and one that uses every field."""

from collections.abc import Mapping

import cdk8s

from kubestock.kube.peers import Pods
from kubestock.values.references import ConfigMapRef, SecretRef
from kubestock.workload.autoscaling import Autoscaler, ExternalMetric, PodsMetric, ScalingRules
from kubestock.workload.container import Container
from kubestock.workload.emptydir import EmptyDir
from kubestock.workload.env import EnvFrom, EnvValue, FieldRef, ResourceFieldRef
from kubestock.workload.image import ContainerImage
from kubestock.workload.lifecycle import Lifecycle
from kubestock.workload.microservice import Microservice
from kubestock.workload.mounts import VolumeMount
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod
from kubestock.workload.ports import Port
from kubestock.workload.probes import Exec, Grpc, HttpGet, Probe, Probes, TcpSocket
from kubestock.workload.projections import DownwardApi, ProjectedKeys, ServiceAccountToken
from kubestock.workload.resources import ContainerResources
from kubestock.workload.rollout import Rollout
from kubestock.workload.scheduling import NODE, ZONE, Scheduling, Toleration, TopologySpread
from kubestock.workload.security import ContainerSecurity, PodSecurity
from kubestock.workload.service import Service
from kubestock.workload.storage import PersistentVolumeClaimVolume
from kubestock.workload.volumes import (
    ConfigMapVolume,
    ProjectedVolume,
    SecretVolume,
)

IMAGE = ContainerImage("ghcr.io/acme/orders", tag="1.4.2")
RESOURCES = ContainerResources.of(cpu=("50m", "200m"), memory=("128Mi", "256Mi"))
PLATFORM = Platform(part_of="shop", environment="production")
DATABASE = SecretRef(name="orders-db", keys=("DB_USER", "DB_HOST"), checksum="0" * 64)
FLAGS = ConfigMapRef(name="flags", keys=("beta",), checksum="1" * 64)


def container(
    *,
    ports: tuple[Port, ...] = (Port(8080),),
    env: Mapping[str, EnvValue] | None = None,
    probes: Probes = Probes(),
    mounts: tuple[VolumeMount, ...] = (),
    lifecycle: Lifecycle | None = None,
    name: str | None = None,
) -> Container:
    return Container(
        image=IMAGE,
        resources=RESOURCES,
        ports=ports,
        env=env or {},
        probes=probes,
        mounts=mounts,
        lifecycle=lifecycle,
        name=name,
    )


def microservice(
    chart: cdk8s.Chart,
    name: str = "orders",
    *,
    main: Container | None = None,
    pod: Pod = Pod(),
    platform: Platform = PLATFORM,
    services: tuple[Service, ...] | None = None,
    config: Mapping[str, str] | None = None,
    rollout: Rollout = Rollout(),
) -> Microservice:
    return Microservice(
        chart,
        name,
        name=name,
        platform=platform,
        container=main or container(),
        pod=pod,
        services=services,
        config=config,
        rollout=rollout,
    )


def smallest(chart: cdk8s.Chart) -> Microservice:
    return Microservice(
        chart, "worker", name="worker", platform=PLATFORM, container=Container(image=IMAGE, resources=RESOURCES)
    )


def fullest(chart: cdk8s.Chart) -> Microservice:
    return Microservice(
        chart,
        "orders",
        name="orders",
        platform=Platform(
            part_of="shop",
            environment="production",
            pull_secrets=("registry",),
            scraper=Pods(namespace="monitoring", labels={"app": "prometheus"}),
            priority_class_name="shop",
        ),
        component="backend",
        container=full_container(),
        pod=full_pod(),
        config={"LOG_LEVEL": "info"},
        services=(
            Service(),
            Service(name="orders-pods", headless=True, publish_not_ready_addresses=True),
            Service(
                name="orders-public",
                type="LoadBalancer",
                ports=("http",),
                load_balancer_source_ranges=("203.0.113.0/24",),
            ),
        ),
        scaling=Autoscaler(
            min_replicas=3,
            max_replicas=9,
            cpu_percent=60,
            memory_percent=75,
            metrics=(
                PodsMetric(name="requests_per_second", average_value="100"),
                ExternalMetric(name="queue_length", average_value="30", labels={"queue": "orders"}),
            ),
            scale_down=ScalingRules(stabilization_window_seconds=600, percent=10, select_policy="Min"),
        ),
        rollout=Rollout(max_surge="25%", max_unavailable=1, min_ready_seconds=5, pdb_max_unavailable="50%"),
    )


def full_container() -> Container:
    return Container(
        name="app",
        image=ContainerImage(IMAGE.repository, tag=IMAGE.tag, digest="sha256:" + "a" * 64),
        resources=RESOURCES,
        ports=(
            Port(8080, service_port=80),
            Port(9090, name="metrics", metrics_path="/metrics"),
            Port(5353, name="dns", service_port=53, protocol="UDP"),
        ),
        probes=Probes(
            readiness=Probe(action=HttpGet(path="/ready", headers={"Host": "orders.example.com"}, scheme="HTTPS")),
            liveness=Probe(action=Grpc(port="metrics", service="orders"), termination_grace_period_seconds=5),
            startup=Probe(action=TcpSocket(), failure_threshold=30),
        ),
        env={
            "DB_HOST": DATABASE["DB_HOST"],
            "DB_URL": "postgres://$(DB_HOST):5432",
            "BETA": FLAGS["beta"],
            "POD_IP": FieldRef("status.podIP"),
            "MEMORY": ResourceFieldRef(resource="limits.memory", divisor="1Mi"),
        },
        env_from=(EnvFrom(source=SecretRef(name="extra", optional=True), prefix="EXTRA_"),),
        command=("node",),
        args=("server.js",),
        working_dir="/srv",
        mounts=(
            VolumeMount(volume=EmptyDir(name="cache", size_limit="1Gi", in_memory=True), path="/cache"),
            VolumeMount(
                volume=ConfigMapVolume(name="flags", source=FLAGS, mode=0o444), path="/flags/beta", sub_path="beta"
            ),
            VolumeMount(volume=SecretVolume(name="db", source=DATABASE, items={"DB_USER": "user"}), path="/db"),
            VolumeMount(
                volume=PersistentVolumeClaimVolume(name="data", claim_name="orders-data"), path="/data", read_only=True
            ),
            VolumeMount(volume=_projected(), path="/all"),
        ),
        lifecycle=Lifecycle(pre_stop=HttpGet(path="/drain"), drain_seconds=20, post_start=Exec(("true",))),
        security=ContainerSecurity(
            added_capabilities=("NET_BIND_SERVICE",), reasons={"added_capabilities": "serves port 80 to old probes"}
        ),
    )


def _projected() -> ProjectedVolume:
    return ProjectedVolume(
        name="all",
        sources=(
            ProjectedKeys(source=FLAGS),
            ProjectedKeys(source=DATABASE, items={"DB_USER": "user"}),
            ServiceAccountToken(path="token", audience="vault"),
            DownwardApi(items={"name": FieldRef("metadata.name")}),
        ),
    )


def full_pod() -> Pod:
    return Pod(
        init_containers=(container(name="migrate", ports=()),),
        native_sidecars=(container(name="proxy", ports=(Port(15000, name="proxy"),)),),
        sidecars=(container(name="log-shipper", ports=()),),
        scheduling=Scheduling(
            spread=(TopologySpread(topology_key=ZONE, required=True), TopologySpread(topology_key=NODE, max_skew=2)),
            node_selector={"kubernetes.io/arch": "arm64"},
            tolerations=(Toleration(key="spot", effect="NoExecute", toleration_seconds=60),),
            priority_class_name="orders",
        ),
        security=PodSecurity(run_as_user=1000, reasons={"run_as_user": "the image owns its files as 1000"}),
        termination_grace_period_seconds=60,
        annotations={"example.com/owner": "orders-team"},
        exemptions={"CKV_K8S_43": "built for this test"},
        service_account_annotations={"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/orders"},
    )
