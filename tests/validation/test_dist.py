"""What is committed, and what the examples make, is valid in every release; and the programs find what is not."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import Manifest
from test_examples import EXAMPLES, run, title
from validation.validator import Releases

DIST = [
    each
    for path in sorted((Path(__file__).parents[2] / "dist").rglob("*.yaml"))
    for each in yaml.safe_load_all(path.read_text())
]
CUSTOM = {"Application", "AppProject", "Certificate", "PodMonitor", "PrometheusRule", "SealedSecret"}


def test_dist_is_valid(releases: Releases) -> None:
    assert releases.refusals(DIST) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=title)
def test_what_an_example_makes_is_valid(releases: Releases, path: Path) -> None:
    made: list[Manifest] = [dict(each) for each in run(path)]

    assert made
    assert releases.refusals(made) == []


def test_every_kind_that_kubernetes_has_itself_is_judged(releases: Releases) -> None:
    judged = {each["kind"] for each in DIST if releases.judged(each) == {True}}
    not_judged = {each["kind"] for each in DIST if releases.judged(each) == {False}}

    assert judged | not_judged == {each["kind"] for each in DIST}
    assert not_judged <= CUSTOM


def one(kind: str) -> Manifest:
    return copy.deepcopy(next(each for each in DIST if each["kind"] == kind))


def broken(kind: str, **changes: Any) -> Manifest:
    found = one(kind)
    return {**found, "spec": {**found["spec"], **changes}}


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        ("Deployment", {"replicas": -1}, "spec.replicas: Invalid value: -1: must be greater than or equal to 0"),
        ("Deployment", {"replicas": 2**31}, "cannot unmarshal number 2147483648"),
        ("Deployment", {"replica": 1}, 'unknown field "spec.replica"'),
        ("Service", {"ports": []}, "spec.ports: Required value"),
        ("HorizontalPodAutoscaler", {"maxReplicas": 0}, "spec.maxReplicas: Invalid value: 0"),
        ("PodDisruptionBudget", {"maxUnavailable": "101%"}, "must not be greater than 100%"),
        ("NetworkPolicy", {"policyTypes": ["In"]}, "spec.policyTypes"),
        ("ResourceQuota", {"hard": {"pods": "1.5"}}, "must be an integer"),
        ("LimitRange", {"limits": [{"type": "Pod", "default": {"cpu": "1"}}]}, "spec.limits[0].default"),
    ],
)
def test_an_object_that_the_api_server_refuses_is_found(
    releases: Releases, kind: str, changes: dict[str, Any], message: str
) -> None:
    found = releases.refusals([broken(kind, **changes)])

    assert {each.partition(":")[0] for each in found if message in each} == set(releases.programs)


def test_a_namespaced_name_of_an_object_without_a_namespace_is_found(releases: Releases) -> None:
    namespace = one("Namespace")
    namespace["metadata"]["namespace"] = "shop"

    assert len(releases.refusals([namespace])) == len(releases.programs)
