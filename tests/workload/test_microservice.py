import cdk8s
import pytest
from schemas import validate
from support import as_yaml, find, manifests
from syrupy.assertion import SnapshotAssertion
from workload.samples import PLATFORM, container, fullest, microservice, smallest

from kubestock.errors import ConfigurationError
from kubestock.workload.autoscaling import Replicas
from kubestock.workload.microservice import Microservice
from kubestock.workload.pod import Pod
from kubestock.workload.ports import Port
from kubestock.workload.probes import Probes
from kubestock.workload.rollout import Rollout
from kubestock.workload.service import Service


def test_the_smallest_microservice_is_a_hardened_worker(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    smallest(chart)

    assert as_yaml(manifests(chart)) == yaml_snapshot


def test_the_fullest_microservice_uses_every_field(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    fullest(chart)

    assert as_yaml(manifests(chart)) == yaml_snapshot


def test_every_object_is_valid_against_the_strict_schema_of_its_version(chart: cdk8s.Chart) -> None:
    smallest(chart)
    fullest(chart)

    for manifest in manifests(chart):
        # Native sidecars are a field of 1.28; everything else is known to 1.27.
        version = "1.28" if manifest["kind"] == "Deployment" else "1.27"
        validate(manifest, version)


def test_a_worker_without_ports_has_no_service(chart: cdk8s.Chart) -> None:
    worker = smallest(chart)

    assert not [each for each in manifests(chart) if each["kind"] == "Service"]
    with pytest.raises(ConfigurationError, match="'worker' must have a Service, got none; add a port to its container"):
        _ = worker.service


def test_service_selects_the_pods_of_its_deployment(chart: cdk8s.Chart) -> None:
    microservice(chart)
    selector = find(chart, "Service", "orders")["spec"]["selector"]
    pods = find(chart, "Deployment", "orders")["spec"]["template"]["metadata"]["labels"]

    assert selector.items() <= pods.items()


def test_an_autoscaled_deployment_sets_no_replicas(chart: cdk8s.Chart) -> None:
    fullest(chart)
    smallest(chart)

    assert "replicas" not in find(chart, "Deployment", "orders")["spec"]
    assert find(chart, "Deployment", "worker")["spec"]["replicas"] == 2


def test_a_microservice_may_be_kept_without_running(chart: cdk8s.Chart) -> None:
    Microservice(chart, "orders", name="orders", platform=PLATFORM, container=container(), scaling=Replicas(0))

    assert find(chart, "Deployment", "orders")["spec"]["replicas"] == 0


def test_names_and_selectors_do_not_depend_on_construct_ids(app: cdk8s.App) -> None:
    def synthesized(chart_id: str, id: str) -> list[object]:
        chart = cdk8s.Chart(app, chart_id, namespace=chart_id.removesuffix("-renamed"))
        Microservice(chart, id, name="orders", platform=PLATFORM, container=container(), config={"A": "b"})
        return [{**each, "metadata": {**each["metadata"], "namespace": "x"}} for each in manifests(chart)]

    first = synthesized("one", "orders")
    second = synthesized("two", "renamed")

    assert str(first).replace("'one'", "'two'") == str(second)


def test_a_change_of_configuration_changes_the_pod_template(app: cdk8s.App) -> None:
    def annotations(chart_id: str, level: str) -> dict[str, str]:
        chart = cdk8s.Chart(app, chart_id, namespace=chart_id)
        microservice(chart, config={"LOG_LEVEL": level})
        found: dict[str, str] = find(chart, "Deployment", "orders")["spec"]["template"]["metadata"]["annotations"]
        return found

    assert annotations("one", "info") == annotations("two", "info") != annotations("three", "debug")


def test_an_override_of_the_deployment_survives_a_later_call(chart: cdk8s.Chart) -> None:
    orders, inventory = microservice(chart), microservice(chart, "inventory")
    orders.deployment.override("/spec/minReadySeconds", 77)
    orders.calls(inventory, variable="INVENTORY_URL")

    assert find(chart, "Deployment", "orders")["spec"]["minReadySeconds"] == 77


def test_native_sidecars_start_first_and_keep_running(chart: cdk8s.Chart) -> None:
    fullest(chart)
    init = find(chart, "Deployment", "orders")["spec"]["template"]["spec"]["initContainers"]

    assert [(each["name"], each.get("restartPolicy")) for each in init] == [("proxy", "Always"), ("migrate", None)]


def test_every_container_has_its_own_writable_tmp(chart: cdk8s.Chart) -> None:
    fullest(chart)
    spec = find(chart, "Deployment", "orders")["spec"]["template"]["spec"]
    mounted = [
        mount["name"]
        for each in (*spec["containers"], *spec["initContainers"])
        for mount in each["volumeMounts"]
        if mount["mountPath"] == "/tmp"  # noqa: S108  # where programs expect it
    ]

    assert len(mounted) == len(set(mounted)) == 4
    assert set(mounted) <= {volume["name"] for volume in spec["volumes"]}


def test_a_relaxation_is_an_annotation_of_the_object_and_of_its_pods(chart: cdk8s.Chart) -> None:
    fullest(chart)
    deployment = find(chart, "Deployment", "orders")

    for metadata in (deployment["metadata"], deployment["spec"]["template"]["metadata"]):
        assert metadata["annotations"]["kubestock/relaxed-run-as-user"] == "the image owns its files as 1000"
        assert metadata["annotations"]["kubestock/relaxed-added-capabilities"] == "app: serves port 80 to old probes"


def test_refuses_a_chart_without_a_namespace(app: cdk8s.App) -> None:
    with pytest.raises(ConfigurationError, match="Microservice 'orders' must be in a chart with a namespace"):
        microservice(cdk8s.Chart(app, "nowhere"))


@pytest.mark.parametrize("name", ["Orders", "ms_orders", "o" * 64, "1st", ""])
def test_refuses_a_name_that_a_service_cannot_have(chart: cdk8s.Chart, name: str) -> None:
    with pytest.raises(ConfigurationError, match="name must"):
        Microservice(chart, "orders", name=name, platform=PLATFORM, container=container())


def test_refuses_a_second_workload_of_the_same_name(chart: cdk8s.Chart) -> None:
    microservice(chart)
    Microservice(chart, "again", name="orders", platform=PLATFORM, container=container())

    with pytest.raises(ConfigurationError, match="Deployment/shop/orders: exists twice"):
        chart.to_json()


def test_refuses_two_containers_of_one_name(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="each container name of 'orders' must be unique, got 'orders'"):
        microservice(chart, pod=Pod(sidecars=(container(name="orders", ports=()),)))


def test_refuses_one_port_in_two_containers_of_a_pod(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="port number 8080/TCP of 'orders' must be unique"):
        microservice(chart, pod=Pod(sidecars=(container(name="proxy", ports=(Port(8080, name="proxy"),)),)))
    with pytest.raises(ConfigurationError, match="port name 'http' of 'orders' must be unique"):
        microservice(chart, pod=Pod(sidecars=(container(name="proxy", ports=(Port(8081),)),)))


def test_refuses_a_service_over_a_port_that_no_container_has(chart: cdk8s.Chart) -> None:
    with pytest.raises(
        ConfigurationError, match=r"ports of Service 'orders' must be ports of a container \(http\), got 'grpc'"
    ):
        microservice(chart, services=(Service(ports=("grpc",)),))


def test_a_microservice_with_an_error_adds_nothing_to_the_chart(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError):
        microservice(chart, services=(Service(ports=("grpc",)),))

    assert manifests(chart) == []


def test_the_headless_host_resolves_to_the_pods(chart: cdk8s.Chart) -> None:
    assert fullest(chart).headless_host == "orders-pods.shop.svc.cluster.local"

    with pytest.raises(ConfigurationError, match="add Service"):
        _ = microservice(chart, "plain").headless_host


def test_percentages_and_numbers_of_a_rollout_stay_what_they_are(chart: cdk8s.Chart) -> None:
    microservice(chart, rollout=Rollout(max_surge="50%", max_unavailable=1))

    assert find(chart, "Deployment", "orders")["spec"]["strategy"]["rollingUpdate"] == {
        "maxSurge": "50%",
        "maxUnavailable": 1,
    }


def test_refuses_a_deadline_that_ends_before_a_slow_start(chart: cdk8s.Chart) -> None:
    slow = container(probes=Probes.http("/health", startup_seconds=200))

    with pytest.raises(ConfigurationError, match="progress_deadline_seconds of 'orders' must be greater than 610"):
        microservice(chart, main=slow)
    assert microservice(chart, main=slow, rollout=Rollout(progress_deadline_seconds=900))
