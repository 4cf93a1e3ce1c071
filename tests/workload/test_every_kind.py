"""What all kinds of workloads have in common: labels, names of their objects, and objects that are left out."""

from collections.abc import Callable

import cdk8s
import pytest
from support import find, manifests
from workload.samples import PLATFORM, container

from kubestock import Microservice, Pods
from kubestock.values import Off
from kubestock.workload import (
    ClusterService,
    CronJob,
    DaemonSet,
    Job,
    JobOptions,
    RelatedObjects,
    Schedule,
    StatefulSet,
    Workload,
)

RUN = JobOptions(deadline_seconds=60)
Kind = Callable[..., Workload]


def job(chart: cdk8s.Chart, **further: object) -> Workload:
    return Job(chart, "a", name="a", platform=PLATFORM, container=container(ports=()), options=RUN, **further)  # type: ignore[arg-type]  # each given by name below


def cron_job(chart: cdk8s.Chart, **further: object) -> Workload:
    schedule = Schedule(cron="0 3 * * *")
    made = {"platform": PLATFORM, "container": container(ports=()), "options": RUN, "schedule": schedule, **further}
    return CronJob(chart, "a", name="a", **made)  # type: ignore[arg-type]  # each of its own type


def served(kind: Kind) -> Kind:
    return lambda chart, **further: kind(chart, "a", name="a", platform=PLATFORM, container=container(), **further)


KINDS: dict[str, Kind] = {
    "Deployment": served(Microservice),
    "StatefulSet": served(StatefulSet),
    "DaemonSet": served(DaemonSet),
    "Job": job,
    "CronJob": cron_job,
}


@pytest.mark.parametrize("kind", KINDS)
def test_further_labels_are_on_every_object_of_every_kind(chart: cdk8s.Chart, kind: str) -> None:
    KINDS[kind](chart, labels={"team": "shop"})

    assert {each["metadata"]["labels"].get("team") for each in manifests(chart)} == {"shop"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_policy_of_every_kind_has_the_given_name(chart: cdk8s.Chart, kind: str) -> None:
    KINDS[kind](chart, related_objects=RelatedObjects(network_policy="a-policy"))

    assert find(chart, "NetworkPolicy", "a-policy")


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_that_is_left_out_is_an_annotation_of_every_kind(chart: cdk8s.Chart, kind: str) -> None:
    KINDS[kind](chart, related_objects=RelatedObjects(network_policy=Off("a mesh decides")))

    assert not [each for each in manifests(chart) if each["kind"] == "NetworkPolicy"]
    assert "a mesh decides" in find(chart, kind, "a")["metadata"]["annotations"].values()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_call_a_service_outside_the_app(chart: cdk8s.Chart, kind: str) -> None:
    postgres = ClusterService(host="db.data", port=5432, peer=Pods(namespace="data"))
    KINDS[kind](chart).calls(postgres, variable="DB")
    rules = find(chart, "NetworkPolicy", "a")["spec"]["egress"]

    assert [each["port"] for rule in rules for each in rule["ports"]] == [53, 53, 5432]
    assert "db.data:5432" in str(find(chart, kind, "a"))
