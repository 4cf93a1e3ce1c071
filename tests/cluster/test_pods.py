"""Real controllers create every pod of production, also while all of it rolls out at its largest."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from cluster.controlplane import Cluster, wait_until
from cluster.nodes import NODES, Namespace, amounts
from support import Manifest

from kubestock.values.quantities import Quantity

OPERATOR = ("--as=somebody", "--as-group=kubestock:operators")


@pytest.fixture(scope="session")
def observed(cluster: Cluster, namespace: str, applied: subprocess.CompletedProcess[str]) -> Namespace:
    assert applied.returncode == 0, applied.stderr
    return Namespace(cluster, namespace)


@pytest.fixture(scope="session")
def smallest(observed: Namespace, production: list[Manifest]) -> dict[str, int]:
    """Every Deployment at the fewest replicas of its autoscaler, which are what it asks for at first."""
    fewest = {name: each["minReplicas"] for name, each in autoscaled(production).items()}
    wait_until("the smallest number of pods is created", lambda: observed.replicas() == fewest)
    wait_until("they are available", lambda: available(observed) == fewest)
    return fewest


@pytest.fixture(scope="session")
def largest(observed: Namespace, production: list[Manifest], smallest: object) -> dict[str, int]:
    """Every Deployment at the most replicas that its autoscaler may ask for."""
    most = {name: each["maxReplicas"] for name, each in autoscaled(production).items()}
    for name, replicas in most.items():
        scaled = observed.kubectl("scale", f"deployment/{name}", f"--replicas={replicas}", *OPERATOR)
        assert scaled.returncode == 0, scaled.stderr
    wait_until("the largest number of pods is created", lambda: observed.replicas() == most)
    wait_until("they are available", lambda: available(observed) == most)
    return most


@pytest.fixture(scope="session")
def surge(observed: Namespace, largest: dict[str, int]) -> dict[str, Quantity]:
    """What the quota counts while everything rolls out at once: at its largest, and one pod more of each."""
    restarted = observed.kubectl("rollout", "restart", "deployment", *OPERATOR)
    assert restarted.returncode == 0, restarted.stderr
    more = {name: replicas + 1 for name, replicas in largest.items()}
    wait_until("each Deployment has one pod more", lambda: observed.replicas() == more)
    wait_until("the quota counts them", lambda: observed.used()["pods"].amount == sum(more.values()))
    return observed.used()


@pytest.fixture(scope="session")
def rolled_out(observed: Namespace, largest: dict[str, int], surge: object) -> dict[str, int]:
    """How many pods of each Deployment are of its newest template, when it says that it is done."""
    wait_until(
        "the rollout is done",
        lambda: available(observed) == observed.replicas("updatedReplicas") == observed.replicas() == largest,
    )
    wait_until("the pods of the old template are gone", lambda: settled(observed, largest))
    return observed.replicas("updatedReplicas")


def settled(observed: Namespace, wanted: dict[str, int]) -> bool:
    """All pods are available, none is being deleted, and each disruption budget has counted them.

    A Deployment does not count a pod that is being deleted, but it is there until its node has stopped it. The API
    server evicts such a pod regardless of its budget, because it is lost already.
    """
    available_now = available(observed)
    budgets = {
        each["metadata"]["name"]: each["status"].get("currentHealthy")
        for each in observed.items("poddisruptionbudgets", "apis/policy/v1")
    }
    return len(observed.serving_pods()) == sum(wanted.values()) and available_now == budgets == wanted


def available(observed: Namespace) -> dict[str, int]:
    observed.tend_pods()
    return observed.replicas("availableReplicas")


def autoscaled(production: list[Manifest]) -> dict[str, Manifest]:
    scalers = [each["spec"] for each in production if each["kind"] == "HorizontalPodAutoscaler"]
    return {each["scaleTargetRef"]["name"]: each for each in scalers}


def test_every_deployment_is_autoscaled(production: list[Manifest]) -> None:
    assert set(autoscaled(production)) == {
        each["metadata"]["name"] for each in production if each["kind"] == "Deployment"
    }


def test_every_deployment_gets_the_pods_that_its_autoscaler_begins_with(
    observed: Namespace, smallest: dict[str, int]
) -> None:
    assert observed.replicas("availableReplicas") == smallest
    assert observed.refusals() == []


def test_the_first_pods_of_every_deployment_are_in_different_zones(
    observed: Namespace, smallest: dict[str, int]
) -> None:
    found: dict[str, set[str]] = {name: set() for name in smallest}
    for pod in observed.serving_pods():
        found[pod["metadata"]["labels"]["app.kubernetes.io/name"]].add(NODES[pod["spec"]["nodeName"]])

    assert {name: len(places) for name, places in found.items()} == smallest


def test_the_test_after_a_sync_gets_its_pod_and_ends(observed: Namespace, smallest: object) -> None:
    def conditions() -> list[str]:
        observed.tend_pods()
        jobs = observed.items("jobs", "apis/batch/v1")
        (job,) = [each for each in jobs if each["metadata"]["name"] == "smoke-test"]
        return [each["type"] for each in job["status"].get("conditions", []) if each["status"] == "True"]

    wait_until("the Job is complete", lambda: "Complete" in conditions())

    assert observed.refusals() == []


def test_no_pod_of_production_is_refused_at_its_largest(observed: Namespace, largest: dict[str, int]) -> None:
    assert len(observed.serving_pods()) == sum(largest.values())
    assert observed.refusals() == []


def test_pods_that_a_deployment_gains_are_created_together_which_is_why_starts_are_repeated(
    observed: Namespace, smallest: dict[str, int], largest: dict[str, int]
) -> None:
    created: dict[str, list[datetime]] = {name: [] for name in largest}
    for pod in observed.serving_pods():
        moment = datetime.fromisoformat(pod["metadata"]["creationTimestamp"])
        created[pod["metadata"]["labels"]["app.kubernetes.io/name"]].append(moment)
    gained = {name: sorted(moments)[smallest[name] :] for name, moments in created.items()}

    assert {name: len(moments) for name, moments in gained.items()} == {
        name: most - smallest[name] for name, most in largest.items()
    }
    assert all(moments[-1] - moments[0] <= timedelta(seconds=5) for moments in gained.values()), gained


def test_all_of_production_rolls_out_at_its_largest_within_its_quota(
    observed: Namespace, surge: dict[str, Quantity], rolled_out: dict[str, int], largest: dict[str, int]
) -> None:
    (quota,) = observed.items("resourcequotas")
    hard = amounts(quota["spec"]["hard"])

    assert rolled_out == largest
    assert set(surge) == set(hard)
    assert [name for name in hard if surge[name] > hard[name]] == []
    assert observed.refusals() == []


def test_the_quota_leaves_the_headroom_that_it_names(observed: Namespace, surge: dict[str, Quantity]) -> None:
    (quota,) = observed.items("resourcequotas")
    ratios = {
        name: float(Quantity(str(hard)).amount / surge[name].amount) for name, hard in quota["spec"]["hard"].items()
    }

    assert quota["metadata"]["annotations"]["kubestock/headroom"].startswith("25%")
    # The quota admits the pods of Jobs, too: the test after a sync, and those that write the pull secret.
    assert all(1.25 <= ratio < 1.4 for ratio in ratios.values()), ratios


def test_every_service_finds_every_pod_it_stands_for(
    observed: Namespace, production: list[Manifest], rolled_out: dict[str, int]
) -> None:
    services = [each for each in production if each["kind"] == "Service"]

    def addresses() -> dict[str, int]:
        found = dict.fromkeys((each["metadata"]["name"] for each in services), 0)
        for piece in observed.items("endpointslices", "apis/discovery.k8s.io/v1"):
            ready = [each for each in piece["endpoints"] or [] if each["conditions"]["ready"]]
            found[piece["metadata"]["labels"]["kubernetes.io/service-name"]] += len(ready) if piece["ports"] else 0
        return found

    expected = {
        each["metadata"]["name"]: rolled_out[each["spec"]["selector"]["app.kubernetes.io/name"]] for each in services
    }
    wait_until("each service has its endpoints", lambda: addresses() == expected)

    assert all(expected.values())


def test_every_disruption_budget_lets_a_node_be_drained(
    observed: Namespace, production: list[Manifest], rolled_out: dict[str, int]
) -> None:
    wait_until("the budgets see all pods", lambda: settled(observed, rolled_out))
    budgets = [each["status"] for each in observed.items("poddisruptionbudgets", "apis/policy/v1")]

    assert all(each["disruptionsAllowed"] >= 1 for each in budgets), budgets
    assert len(budgets) == len(rolled_out)


def test_a_disruption_budget_stops_evictions_at_its_minimum(observed: Namespace, rolled_out: dict[str, int]) -> None:
    wait_until("nothing is going on", lambda: settled(observed, rolled_out))
    (budget,) = [
        each
        for each in observed.items("poddisruptionbudgets", "apis/policy/v1")
        if each["metadata"]["name"] == "ms-product"
    ]
    pods = [
        each["metadata"]["name"]
        for each in observed.serving_pods()
        if each["metadata"]["labels"]["app.kubernetes.io/name"] == "ms-product"
    ]
    answers = [observed.evict(name) for name in pods]

    assert answers.count("Success") == budget["status"]["disruptionsAllowed"]
    assert answers.count("TooManyRequests") == len(pods) - budget["status"]["disruptionsAllowed"] > 0


def test_a_node_is_drained_while_its_pods_move_elsewhere(observed: Namespace, rolled_out: dict[str, int]) -> None:
    node = next(iter(NODES))
    wait_until("all pods run", lambda: settled(observed, rolled_out))
    assert any(each["spec"]["nodeName"] == node for each in observed.serving_pods())
    with ThreadPoolExecutor() as pool:
        drained = pool.submit(observed.cluster.kubectl, "drain", node, "--delete-emptydir-data", "--timeout=120s")
        wait_until("the node is drained", lambda: available(observed) and drained.done())
    wait_until("all pods run again", lambda: available(observed) == rolled_out)
    observed.cluster.kubectl("uncordon", node)

    assert drained.result().returncode == 0, drained.result().stderr
    assert [each for each in observed.serving_pods() if each["spec"]["nodeName"] == node] == []


def test_no_pod_carries_a_token_of_its_service_account(observed: Namespace, smallest: object) -> None:
    volumes = [one for each in observed.serving_pods() for one in each["spec"].get("volumes", [])]

    assert volumes
    assert [each for each in volumes if "projected" in each and "kube-api-access" in each["name"]] == []


def test_a_quota_without_room_for_the_surge_is_found(observed: Namespace, rolled_out: dict[str, int]) -> None:
    observed.kubectl("create", "quota", "narrow", f"--hard=pods={sum(rolled_out.values())}")
    wait_until("it counts", lambda: len(observed.items("resourcequotas")) > 1)
    observed.kubectl("rollout", "restart", "deployment/kong", *OPERATOR)
    wait_until("the refusal is reported", observed.refusals)
    observed.kubectl("delete", "quota", "narrow")

    assert any("exceeded quota: narrow" in each for each in observed.refusals())
