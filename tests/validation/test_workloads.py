"""Everything that the constructors of workloads accept is valid for the API server."""

from typing import Any

import cdk8s
import pytest
from hypothesis import strategies as st
from validation.asking import everything_accepted_is_valid, objects
from validation.container_spaces import containers, jobs
from validation.oddities import accepted, amounts, likely_names, maps, maybe, numbers, sequences, shares, texts
from validation.pod_spaces import (
    cidrs,
    labels,
    peers,
    platforms,
    pods,
    related_objects,
    rights,
    rollouts,
    scaling,
    services,
)
from validation.validator import Releases
from workload.samples import IMAGE, PLATFORM, RESOURCES, container, fullest, smallest

from kubestock.kube.peers import Pods
from kubestock.values.off import Off
from kubestock.workload.access import ServiceAccount
from kubestock.workload.callees import ClusterService, ExternalService
from kubestock.workload.configmap import ConfigMap
from kubestock.workload.container import Container
from kubestock.workload.cronjob import CronJob, Schedule
from kubestock.workload.daemonset import DaemonSet
from kubestock.workload.hook import Hook
from kubestock.workload.ingress import Ingress, IngressPath, IngressRule, IngressTls
from kubestock.workload.job import Job
from kubestock.workload.joboptions import JobOptions
from kubestock.workload.microservice import Microservice
from kubestock.workload.mounts import VolumeMount
from kubestock.workload.persistentvolumeclaim import PersistentVolumeClaim
from kubestock.workload.priority import PriorityClass
from kubestock.workload.rollout import Rollout
from kubestock.workload.statefulset import StatefulSet
from kubestock.workload.storage import Storage, VolumeClaimTemplate

_labels = st.dictionaries(likely_names, likely_names, min_size=1, max_size=3)
ARGUMENTS: dict[str, st.SearchStrategy[Any]] = {
    "name": likely_names | texts,
    "platform": platforms,
    "container": containers,
    "pod": pods,
    "component": likely_names | texts,
    "config": maps | st.dictionaries(likely_names, texts),
    "services": st.lists(services, max_size=3, unique_by=lambda each: each.name).map(tuple),
    "scaling": scaling,
    "rollout": rollouts,
    "labels": maps | _labels | _labels,
    "pod_labels": maps | _labels | _labels,
    "selector": maps | _labels | _labels,
    "related_objects": related_objects,
}
"""The whole space of each argument of a microservice."""


def microservice(chart: cdk8s.Chart, **changes: Any) -> Microservice:
    given = {"name": "orders", "platform": PLATFORM, "container": container(), **changes}
    return Microservice(chart, "orders", **given)


def job(chart: cdk8s.Chart, **changes: Any) -> Job:
    plain = Container(image=IMAGE, resources=RESOURCES)
    given = {
        "name": "migrate",
        "platform": PLATFORM,
        "container": plain,
        "options": JobOptions(deadline_seconds=60),
        **changes,
    }
    return Job(chart, "migrate", **given)


def test_the_samples_are_valid(releases: Releases) -> None:
    found = [*objects(smallest), *objects(fullest)]

    assert {each["kind"] for each in found} >= {"Deployment", "Service", "HorizontalPodAutoscaler", "NetworkPolicy"}
    assert releases.refusals(found) == []


@pytest.mark.parametrize("argument", sorted(ARGUMENTS))
def test_every_accepted_argument_of_a_microservice_is_valid(releases: Releases, argument: str) -> None:
    def make(chart: cdk8s.Chart, value: Any) -> None:
        microservice(chart, **{argument: value})

    everything_accepted_is_valid(releases, ARGUMENTS[argument], make)


def test_all_accepted_arguments_of_a_microservice_together_are_valid(releases: Releases) -> None:
    everything_accepted_is_valid(
        releases, accepted(dict, {}, ARGUMENTS), lambda chart, changes: microservice(chart, **changes)
    )


def test_whomever_a_microservice_calls_its_policy_is_valid(releases: Releases) -> None:
    protocols = st.sampled_from(["TCP", "UDP", "SCTP"])
    external = accepted(
        ExternalService,
        {"host": "db.example.com"},
        {"host": texts, "port": numbers, "addresses": cidrs, "protocol": protocols},
    )
    inside = accepted(
        ClusterService,
        {"host": "db", "port": 5432, "peer": Pods(namespace="data")},
        {
            "host": likely_names | texts,
            "port": numbers,
            "peer": peers,
            "protocol": protocols,
            "scheme": maybe(texts),
            "target_port": maybe(numbers),
        },
    )
    forms = st.sampled_from(["{host}", "{port}", "tcp://{host}:{port}", "{host} {port}"])
    names = st.sampled_from(["DB_HOST", "DB_PORT", "db.url"]) | texts
    calls: st.SearchStrategy[dict[str, Any]] = accepted(
        dict,
        {"callee": ExternalService(host="db.example.com")},
        {"callee": external | inside, "variable": names, "variables": st.dictionaries(names, forms, max_size=2)},
    )

    everything_accepted_is_valid(releases, calls, lambda chart, call: microservice(chart).calls(**call))


def test_the_policy_of_a_microservice_is_valid_for_all_callers(releases: Releases) -> None:
    def make(chart: cdk8s.Chart, value: list[Any]) -> None:
        made = microservice(chart)
        for each in value:
            made.allow_from(each)

    everything_accepted_is_valid(releases, st.lists(peers, max_size=5), make)


RUNS = accepted(
    JobOptions,
    {"deadline_seconds": 60},
    {
        "deadline_seconds": numbers,
        "backoff_limit": numbers,
        "completions": numbers,
        "parallelism": numbers,
        "restart_policy": st.sampled_from(["Never", "OnFailure"]),
        "ttl_seconds_after_finished": maybe(numbers),
    },
)
HOOKS = accepted(
    Hook,
    {"phase": "Sync"},
    {
        "phase": st.sampled_from(["PreSync", "Sync", "PostSync", "SyncFail"]),
        "delete": sequences(st.sampled_from(["BeforeHookCreation", "HookSucceeded", "HookFailed"])),
        "wave": maybe(numbers),
    },
)
ENDING: dict[str, st.SearchStrategy[Any]] = {
    **{name: ARGUMENTS[name] for name in ("name", "platform", "pod", "component", "config")},
    "container": jobs,
    "run": RUNS,
    "suspend": st.booleans(),
}
"""The arguments that a Job and a CronJob share."""


def test_all_accepted_arguments_of_a_job_are_valid(releases: Releases) -> None:
    arguments = {**ENDING, "hook": maybe(HOOKS), "annotations": maps}

    everything_accepted_is_valid(releases, accepted(dict, {}, arguments), lambda chart, changes: job(chart, **changes))


def test_all_accepted_arguments_of_a_cron_job_are_valid(releases: Releases) -> None:
    fields = st.sampled_from(
        ["*", "?", "0", "5", "*/2", "1-3", "1-5/2", "MON", "JAN", "7", "32", "99999999999", "*/99"]
    )
    schedules = accepted(
        Schedule,
        {"cron": "0 3 * * *"},
        {
            "cron": st.lists(fields, min_size=5, max_size=5).map(" ".join) | texts,
            "time_zone": st.sampled_from(["UTC", "Europe/Zurich", "Etc/GMT+1", "Local", "localtime", "UCT", ""])
            | texts,
            "concurrency": st.sampled_from(["Allow", "Forbid", "Replace"]),
            "starting_deadline_seconds": maybe(numbers),
            "successful_jobs_history_limit": numbers,
            "failed_jobs_history_limit": numbers,
            "suspend": st.booleans(),
        },
    )
    arguments = {**{name: each for name, each in ENDING.items() if name != "suspend"}, "schedule": schedules}
    base = {"platform": PLATFORM, "container": Container(image=IMAGE, resources=RESOURCES), "name": "report"}
    plain = {**base, "schedule": Schedule(cron="0 3 * * *"), "options": JobOptions(deadline_seconds=60)}

    everything_accepted_is_valid(
        releases, accepted(dict, plain, arguments), lambda chart, given: CronJob(chart, "report", **given)
    )


STORAGE = accepted(
    Storage,
    {"size": "1Gi"},
    {
        "size": amounts,
        "access_modes": sequences(
            st.sampled_from(["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"])
        ),
        "storage_class_name": maybe(texts),
    },
)
TEMPLATES = accepted(
    VolumeClaimTemplate, {"name": "data", "storage": Storage(size="1Gi")}, {"name": texts, "storage": STORAGE}
)
SERVED: dict[str, st.SearchStrategy[Any]] = {
    name: ARGUMENTS[name] for name in ("name", "platform", "container", "pod", "component", "config", "services")
}
"""The arguments that all kinds share whose pods serve."""


def test_all_accepted_arguments_of_a_stateful_set_are_valid(releases: Releases) -> None:
    arguments = {
        **SERVED,
        "service_name": maybe(likely_names | texts),
        "replicas": numbers,
        "pod_management_policy": st.sampled_from(["OrderedReady", "Parallel"]),
        "partition": numbers,
        "min_ready_seconds": numbers,
        "revision_history_limit": numbers,
        "pdb_max_unavailable": shares,
    }
    base = {"name": "db", "platform": PLATFORM, "container": container()}

    everything_accepted_is_valid(
        releases, accepted(dict, base, arguments), lambda chart, given: StatefulSet(chart, "db", **given)
    )


def test_all_accepted_claims_of_a_stateful_set_are_valid(releases: Releases) -> None:
    def make(chart: cdk8s.Chart, templates: list[Any]) -> None:
        mounts = tuple(VolumeMount(volume=each, path=f"/{position}") for position, each in enumerate(templates))
        StatefulSet(chart, "db", name="db", platform=PLATFORM, container=container(mounts=mounts))

    everything_accepted_is_valid(releases, st.lists(TEMPLATES, max_size=2), make)


def test_all_accepted_arguments_of_a_daemon_set_are_valid(releases: Releases) -> None:
    arguments = {
        **SERVED,
        "max_unavailable": shares,
        "max_surge": shares,
        "min_ready_seconds": numbers,
        "revision_history_limit": numbers,
    }
    base = {"name": "agent", "platform": PLATFORM, "container": container()}

    everything_accepted_is_valid(
        releases, accepted(dict, base, arguments), lambda chart, given: DaemonSet(chart, "agent", **given)
    )


def test_every_accepted_claim_is_valid(releases: Releases) -> None:
    arguments = {"name": likely_names | texts, "storage": STORAGE, "component": texts, "annotations": maps}
    base = {"name": "files", "platform": PLATFORM, "storage": Storage(size="1Gi")}

    everything_accepted_is_valid(
        releases, accepted(dict, base, arguments), lambda chart, given: PersistentVolumeClaim(chart, "files", **given)
    )


def test_every_accepted_rollout_that_recreates_is_valid(releases: Releases) -> None:
    names = ("min_ready_seconds", "progress_deadline_seconds", "revision_history_limit")
    recreating = accepted(Rollout.recreate, {}, dict.fromkeys(names, numbers))

    everything_accepted_is_valid(releases, recreating, lambda chart, rollout: microservice(chart, rollout=rollout))


def test_every_accepted_config_map_is_valid(releases: Releases) -> None:
    arguments = {"name": likely_names | texts, "data": maps, "labels": labels}
    base = {"name": "flags", "data": {"beta": "on"}, "labels": PLATFORM.labels("flags")}

    everything_accepted_is_valid(
        releases, accepted(dict, base, arguments), lambda chart, given: ConfigMap(chart, "flags", **given)
    )


def test_every_accepted_priority_class_is_valid(releases: Releases) -> None:
    arguments = {"labels": labels, "value": numbers, "description": texts}
    base = {"labels": PLATFORM.labels("shop"), "value": 1, "description": "the shop"}

    everything_accepted_is_valid(
        releases, accepted(dict, base, arguments), lambda chart, given: PriorityClass(chart, "priority", **given)
    )


def test_every_accepted_account_is_valid(releases: Releases) -> None:
    arguments = {
        "labels": labels,
        "name": maybe(likely_names | texts),
        "annotations": maps,
        "rules": st.lists(rights, max_size=3),
    }

    everything_accepted_is_valid(
        releases,
        accepted(dict, {"labels": PLATFORM.labels("shop")}, arguments),
        lambda chart, given: ServiceAccount(chart, "account", **given),
    )


def test_every_accepted_ingress_is_valid(releases: Releases) -> None:
    hosts = st.sampled_from(["shop.example.com", "*.example.com", "shop", "a.b", "*", "*.*.a"]) | texts
    paths = st.tuples(
        st.sampled_from(["/", "/a", "/a/", "/a/./b", "/a%2fb", "/a b"]) | texts,
        st.sampled_from(["Prefix", "Exact", "ImplementationSpecific"]),
    )
    arguments = {
        "host": maybe(hosts),
        "paths": st.lists(paths, min_size=1, max_size=3),
        "ingress_class_name": likely_names | texts,
        "tls": st.none() | st.tuples(texts | likely_names, hosts),
        "name": maybe(texts),
        "annotations": maps,
        "controller": peers | st.just(Off("why")),
        "labels": labels,
    }
    base: dict[str, Any] = {
        "host": "shop.example.com",
        "paths": [("/", "Prefix")],
        "ingress_class_name": "nginx",
        "tls": None,
    }
    base |= {"controller": Off("why"), "labels": PLATFORM.labels("shop")}

    def make(chart: cdk8s.Chart, given: dict[str, Any]) -> None:
        host, paths, tls = given.pop("host"), given.pop("paths"), given.pop("tls")
        to = microservice(chart)
        rule = IngressRule(
            host=host, paths=tuple(IngressPath(to=to, path=path, path_type=kind) for path, kind in paths)
        )
        certificates = [] if tls is None else [IngressTls(tls[0], hosts=(tls[1],))]
        Ingress(chart, "ingress", rules=[rule], tls=certificates, **given)

    everything_accepted_is_valid(releases, accepted(dict, base, arguments), make)
