"""Jobs of a sync: hardened, with a deadline, and with everything that their pods need."""

from pathlib import Path
from typing import Any

import cdk8s
import pytest
from schemas import validate
from support import as_yaml, find, manifests
from syrupy.assertion import SnapshotAssertion
from workload import samples
from workload.samples import IMAGE, PLATFORM, RESOURCES, microservice

from kubestock import App, Chart, Guardrails
from kubestock.checks import findings
from kubestock.delivery import arrange
from kubestock.errors import ConfigurationError
from kubestock.kube import objects
from kubestock.kube.peers import IpBlocks
from kubestock.values.references import SecretRef
from kubestock.values.sync import HOOK, WAVE
from kubestock.workload.callees import ExternalService
from kubestock.workload.container import Container
from kubestock.workload.env import EnvFrom
from kubestock.workload.hook import Hook
from kubestock.workload.job import Job
from kubestock.workload.joboptions import JobOptions
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod
from kubestock.workload.ports import Port
from kubestock.workload.priority import PriorityClass

MIGRATE = Container(image=IMAGE, resources=RESOURCES, args=("migrate",))


def job(chart: cdk8s.Chart, *, phase: Any = "Sync", deadline_seconds: int = 600, **changed: Any) -> Job:
    run = {each: changed.pop(each) for each in ("backoff_limit", "ttl_seconds_after_finished") if each in changed}
    given: dict[str, Any] = {
        "name": "migrate",
        "platform": PLATFORM,
        "container": MIGRATE,
        "options": JobOptions(deadline_seconds=deadline_seconds, **run),
        "hook": Hook(phase=phase),
    }
    return Job(chart, "migrate", **(given | changed))


def fullest(chart: cdk8s.Chart) -> None:
    made = job(
        chart,
        platform=Platform(part_of="shop", environment="production", pull_secrets=("registry",)),
        phase="PreSync",
        backoff_limit=2,
        ttl_seconds_after_finished=60,
        pod=Pod(
            init_containers=(samples.container(ports=(), name="wait"),),
            annotations={"example.com/a": "b"},
            service_account_annotations={"example.com/role": "migrate"},
        ),
    )
    made.calls(microservice(chart), variable="ORDERS")
    made.calls(ExternalService(host="db.example.com", port=5432, addresses=IpBlocks(ranges=("10.0.0.0/16",))))


def test_the_smallest_hook_is_hardened_and_ends(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    job(chart)

    assert as_yaml(manifests(chart)) == yaml_snapshot


def test_the_fullest_hook_uses_every_field(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    fullest(chart)

    assert as_yaml(manifests(chart)) == yaml_snapshot


def test_every_object_is_valid_against_the_strict_schema_of_1_27(chart: cdk8s.Chart) -> None:
    fullest(chart)

    for each in manifests(chart):
        validate(each)


def test_a_hook_allows_both_ends_of_a_call(app: cdk8s.App) -> None:
    chart = Chart(app, "shop", namespace="shop")
    orders = microservice(chart)
    job(chart).calls(orders, variable="ORDERS")
    (out,) = find(chart, "NetworkPolicy", "migrate")["spec"]["egress"][1:]
    (into,) = find(chart, "NetworkPolicy", "orders")["spec"]["ingress"]

    assert out["ports"] == into["ports"] == [{"port": 8080, "protocol": "TCP"}]
    assert into["from"][0]["podSelector"]["matchLabels"]["app"] == "migrate"
    assert find(chart, "Job", "migrate")["spec"]["template"]["spec"]["containers"][0]["env"] == [
        {"name": "ORDERS", "value": "http://orders:8080"}
    ]
    assert findings(objects.manifests(chart)) == []


def test_what_a_pre_sync_hook_needs_is_created_before_it(chart: cdk8s.Chart) -> None:
    job(chart, phase="PreSync")
    arrange(chart)
    waves = {
        each["kind"]: (each["metadata"]["annotations"][HOOK], each["metadata"]["annotations"].get(WAVE, "0"))
        for each in manifests(chart)
    }

    assert waves == {
        "ServiceAccount": ("PreSync", "-1"),
        "NetworkPolicy": ("PreSync", "-1"),
        "Job": ("PreSync", "0"),
    }


def test_a_migration_runs_after_its_secrets_and_before_the_workloads(chart: cdk8s.Chart) -> None:
    microservice(chart)
    job(chart)
    arrange(chart)
    wave = {
        (each["kind"], each["metadata"]["name"]): each["metadata"]["annotations"][WAVE] for each in manifests(chart)
    }

    assert wave["Job", "migrate"] == "1"
    assert wave["Deployment", "orders"] == "2"
    assert wave["ServiceAccount", "migrate"] == "-1"


def test_refuses_a_pre_sync_hook_that_needs_what_the_sync_creates(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    chart = Chart(app, "shop", namespace="shop")
    platform = Platform(part_of="shop", environment="production", priority_class_name="shop")
    PriorityClass(chart, "priority", labels=platform.labels("shop"), value=1000, description="the shop")
    job(chart, platform=platform, phase="PreSync")
    arrange(chart)

    with pytest.raises(ConfigurationError, match=r"before PriorityClass 'shop'.*change the phase of the hook to Sync"):
        app.synth()


def test_a_secret_that_is_not_sealed_is_reported_for_a_hook_too(app: cdk8s.App) -> None:
    chart = Chart(app, "shop", namespace="shop")
    secret = EnvFrom(source=SecretRef(name="db"))
    job(chart, container=Container(image=IMAGE, resources=RESOURCES, env_from=(secret,)))

    assert [each.rule for each in findings(objects.manifests(chart))] == ["references"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"deadline_seconds": 0}, "deadline_seconds must be at least 1"),
        ({"backoff_limit": -1}, "backoff_limit must be at least 0"),
        ({"ttl_seconds_after_finished": 59}, "ttl_seconds_after_finished must be at least 60"),
        ({"name": "Migrate"}, "name"),
        ({"container": samples.container(ports=(Port(8080),))}, "must have no ports, probes or lifecycle"),
    ],
)
def test_refuses_an_invalid_hook(chart: cdk8s.Chart, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        job(chart, **wrong)
    assert manifests(chart) == []


def test_each_attempt_ends_before_the_job_deletes_its_log(chart: cdk8s.Chart) -> None:
    job(chart, backoff_limit=1, deadline_seconds=100)
    spec = find(chart, "Job", "migrate")["spec"]

    assert spec["template"]["spec"]["activeDeadlineSeconds"] == 100
    assert spec["activeDeadlineSeconds"] == 320


def test_refuses_a_pre_sync_hook_in_a_namespace_that_the_sync_creates(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    chart = Chart(app, "shop", namespace="shop")
    Guardrails(chart, "guardrails", labels=PLATFORM.labels("shop"))
    job(chart, phase="PreSync")
    arrange(chart)

    with pytest.raises(
        ConfigurationError, match=r"Job/shop/migrate: is applied before Namespace 'shop'.*phase of the hook to Sync"
    ):
        app.synth()


def test_refuses_a_hook_without_a_deadline() -> None:
    with pytest.raises(ConfigurationError, match="JobOptions requires 'deadline_seconds', which is missing"):
        JobOptions()  # type: ignore[call-arg]  # refused


def test_refuses_a_duplicate_variable_and_an_unknown_phase(chart: cdk8s.Chart) -> None:
    orders, made = microservice(chart), job(chart)
    made.calls(orders, variable="ORDERS")

    with pytest.raises(ConfigurationError, match="variable 'ORDERS' of 'migrate' must hold one address, got two calls"):
        made.calls(ExternalService(host="api.example.com"), variable="ORDERS")
    with pytest.raises(ConfigurationError, match="phase"):
        job(chart, name="other", phase="Never")
