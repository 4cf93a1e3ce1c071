from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubestock.values.footprint import pod_resources, rollout_footprint

Manifest = dict[str, Any]
CPU = st.one_of(st.none(), st.integers(0, 40))


def workload(kind: str = "Deployment", containers: object = None, **spec: object) -> Manifest:
    template = {"spec": {"containers": containers or [container("100m")]}}
    return {
        "apiVersion": "batch/v1" if kind == "Job" else "apps/v1",
        "kind": kind,
        "metadata": {"name": "ms-orders", "namespace": "shop"},
        "spec": {"template": template, **spec},
    }


def container(request: str, limit: str | None = None) -> Manifest:
    limits = {} if limit is None else {"limits": {"cpu": limit}}
    return {"name": "main", "resources": {"requests": {"cpu": request}, **limits}}


def autoscaler(most: object) -> Manifest:
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "ms-orders", "namespace": "shop"},
        "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "ms-orders"}, "maxReplicas": most},
    }


def rolling(surge: object) -> Manifest:
    return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge}}


def test_the_footprint_has_every_key_of_a_quota_even_without_workloads() -> None:
    footprint = rollout_footprint([])

    assert set(footprint) == {
        "requests.cpu",
        "requests.memory",
        "requests.ephemeral-storage",
        "limits.cpu",
        "limits.memory",
        "limits.ephemeral-storage",
        "pods",
        "persistentvolumeclaims",
        "requests.storage",
    }
    assert not any(footprint.values())


@pytest.mark.parametrize(
    ("spec", "pods"),
    [
        ({}, 2),
        ({"replicas": 4}, 5),
        ({"replicas": 5}, 7),
        ({"replicas": 0}, 0),
        ({"replicas": 3, "strategy": rolling(1)}, 4),
        ({"replicas": 3, "strategy": rolling("34%")}, 5),
        ({"replicas": 3, "strategy": rolling("200%")}, 9),
        ({"replicas": 3, "strategy": rolling("a lot")}, 4),
        ({"replicas": 3, "strategy": rolling(2**31)}, 4),
        ({"replicas": 3, "strategy": rolling(f"{2**31}%")}, 4),
        ({"replicas": 2**63}, 2),
        ({"replicas": 3, "strategy": {"type": "Recreate"}}, 3),
        ({"replicas": "three"}, 2),
    ],
)
def test_a_deployment_counts_its_replicas_and_its_surge_rounded_up(spec: Manifest, pods: int) -> None:
    footprint = rollout_footprint([workload(**spec)])

    assert footprint["pods"] == pods
    assert footprint["requests.cpu"] == Fraction(pods, 10)


def test_an_autoscaled_deployment_counts_its_maximum_and_the_surge_of_the_maximum() -> None:
    deployment = workload(strategy=rolling("25%"))

    assert rollout_footprint([autoscaler(8), deployment])["pods"] == 10
    assert rollout_footprint([autoscaler("many"), deployment])["pods"] == 0


def test_an_autoscaler_of_another_namespace_does_not_count() -> None:
    elsewhere = autoscaler(8)
    elsewhere["metadata"]["namespace"] = "staging"

    assert rollout_footprint([elsewhere, workload(replicas=4)])["pods"] == 5


@pytest.mark.parametrize(
    ("kind", "spec", "pods"),
    [
        ("StatefulSet", {"replicas": 3}, 3),
        ("DaemonSet", {}, 0),
        ("Job", {}, 1),
        ("Job", {"parallelism": 4}, 4),
        ("Job", {"parallelism": 0}, 0),
        ("Job", {"completions": 0}, 0),
        ("Job", {"parallelism": 4, "completions": 3}, 3),
        ("Job", {"completions": 9}, 1),
    ],
)
def test_other_workloads_count_the_pods_that_run_at_once(kind: str, spec: Manifest, pods: int) -> None:
    assert rollout_footprint([workload(kind, **spec)])["pods"] == pods


@pytest.mark.parametrize(("surge", "pods"), [(None, 10), (1, 11), ("25%", 13)])
def test_a_daemon_set_counts_one_pod_for_each_node_and_its_surge(surge: object, pods: int) -> None:
    agent = workload("DaemonSet", updateStrategy=rolling(surge))

    assert rollout_footprint([agent], nodes=10)["pods"] == pods
    assert rollout_footprint([workload("DaemonSet")])["pods"] == 0


@pytest.mark.parametrize(("policy", "cores"), [("Forbid", 2), ("Replace", 4), ("Allow", 4), (None, 4)])
def test_a_cron_job_counts_as_two_jobs_unless_it_forbids_them(policy: str | None, cores: int) -> None:
    job = {"parallelism": 2, "template": {"spec": {"containers": [container("1")]}}}
    spec = {"concurrencyPolicy": policy, "jobTemplate": {"spec": job}}

    assert (
        rollout_footprint([{"kind": "CronJob", "metadata": {"name": "nightly"}, "spec": spec}])["requests.cpu"] == cores
    )


def test_claims_count_as_storage_and_those_of_a_stateful_set_for_each_replica() -> None:
    claim = {"kind": "PersistentVolumeClaim", "spec": {"resources": {"requests": {"storage": "1Gi"}}}}
    stateful = workload("StatefulSet", replicas=3, volumeClaimTemplates=[{"spec": claim["spec"]}, {"spec": {}}])
    footprint = rollout_footprint([claim, stateful])

    assert footprint["persistentvolumeclaims"] == 7
    assert footprint["requests.storage"] == 4 * 2**30


def test_a_bare_pod_counts_its_containers() -> None:
    bare = {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [container("100m")]}}
    footprint = rollout_footprint([bare])

    assert footprint["pods"] == 1
    assert footprint["requests.cpu"] == Fraction(1, 10)


def test_items_of_a_list_are_counted() -> None:
    assert rollout_footprint([{"kind": "List", "items": [workload(replicas=4), None]}])["pods"] == 5


def test_a_limit_without_a_request_is_also_the_request() -> None:
    limited = {"name": "main", "resources": {"limits": {"memory": "1Gi"}}}
    footprint = rollout_footprint([workload("StatefulSet", [limited])])

    assert footprint["requests.memory"] == footprint["limits.memory"] == 1024**3


def test_a_limit_range_sets_what_containers_leave_out() -> None:
    limits = {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": "defaults", "namespace": "shop"},
        "spec": {
            "limits": [{"type": "Container", "default": {"memory": "64Mi"}, "max": {"cpu": 1}, "min": {"cpu": "10m"}}]
        },
    }
    footprint = rollout_footprint([limits, workload("StatefulSet", [{"name": "main"}])])

    assert footprint["requests.memory"] == footprint["limits.memory"] == 64 * 1024**2
    assert footprint["limits.cpu"] == footprint["requests.cpu"] == 1


def test_overhead_is_added_to_every_request_and_to_the_limits_that_are_set() -> None:
    resources = pod_resources({"containers": [container("100m", "1")], "overhead": {"cpu": "250m", "memory": "1Mi"}})

    assert resources["requests"] == {"cpu": Fraction(7, 20), "memory": 1024**2}
    assert resources["limits"] == {"cpu": Fraction(5, 4)}


def test_resources_of_the_pod_override_those_of_its_containers() -> None:
    spec = {"containers": [container("100m")], "resources": {"requests": {"cpu": "2"}}}

    assert pod_resources(spec)["requests"] == {"cpu": 2}


@pytest.mark.parametrize("quantity", ["a lot", "-1", True, None, [], float("nan"), "1e999999999", "9" * 5000])
def test_an_invalid_quantity_counts_as_zero(quantity: object) -> None:
    broken = {"name": "main", "resources": {"requests": {"cpu": quantity}}}

    assert rollout_footprint([workload("StatefulSet", [broken])])["requests.cpu"] == 0


@pytest.mark.parametrize(("quantity", "cores"), [(2, 2), (0.5, Fraction(1, 2)), ("1e-1", Fraction(1, 10))])
def test_numbers_are_read_as_yaml_loads_them(quantity: object, cores: Fraction) -> None:
    number = {"name": "main", "resources": {"requests": {"cpu": quantity}}}

    assert rollout_footprint([workload("StatefulSet", [number])])["requests.cpu"] == cores


@given(main=st.lists(CPU, max_size=3), initial=st.lists(st.tuples(CPU, st.booleans()), max_size=5))
def test_one_pod_counts_the_maximum_over_its_lifetime(
    main: list[int | None], initial: list[tuple[int | None, bool]]
) -> None:
    def declared(millicores: int | None, *, sidecar: bool = False) -> Manifest:
        requests = {} if millicores is None else {"requests": {"cpu": f"{millicores}m"}}
        return {"resources": requests, **({"restartPolicy": "Always"} if sidecar else {})}

    spec = {
        "containers": [declared(each) for each in main],
        "initContainers": [declared(each, sidecar=sidecar) for each, sidecar in initial],
    }
    running: set[int] = set()
    moments = [0]
    start = [(millicores or 0, sidecar) for millicores, sidecar in initial]
    for position, (_, sidecar) in enumerate(start):
        running.add(position)
        moments.append(sum(start[each][0] for each in running))
        if not sidecar:
            running.remove(position)
    moments.append(sum(start[each][0] for each in running) + sum(each or 0 for each in main))

    assert pod_resources(spec)["requests"].get("cpu", 0) * 1000 == max(moments)
