from typing import Any

import pytest
from test_compare import Manifest, custom, deployment

from kubestock.changes.change import Effect
from kubestock.changes.compare import compare
from kubestock.changes.defaults import DEFAULTS, is_default
from kubestock.changes.fields import Difference


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (deployment(), deployment(restartPolicy="Always")),
        (deployment(dnsPolicy="ClusterFirst"), deployment()),
    ],
    ids=["written down", "left out"],
)
def test_a_default_that_is_written_down_or_left_out_rolls_no_pods(before: Manifest, after: Manifest) -> None:
    changes = compare([before], [after])

    assert [change.effect for change in changes] == [Effect.HARMLESS]


def test_another_value_than_the_default_rolls_the_pods() -> None:
    for value in ("OnFailure", None):
        before = deployment(restartPolicy="Always" if value else "Never")
        after = deployment(restartPolicy=value) if value else deployment()

        assert [change.effect for change in compare([before], [after])] == [Effect.ROLLS]


def stateful(head: Manifest | None = None, **spec: str) -> Manifest:
    claim = {**(head or {}), "metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], **spec}}
    return custom("apps/v1", "StatefulSet", spec={"volumeClaimTemplates": [claim]})


def test_the_mode_of_a_claim_is_immutable_except_for_its_default() -> None:
    effects = [compare([stateful()], [stateful(volumeMode=mode)])[0].effect for mode in ("Filesystem", "Block")]

    assert effects == [Effect.HARMLESS, Effect.RECREATE]


def test_the_kind_of_a_claim_template_may_be_written_down() -> None:
    written = stateful({"apiVersion": "v1", "kind": "PersistentVolumeClaim"})

    assert [each.effect for each in compare([stateful()], [written])] == [Effect.HARMLESS]
    assert [each.effect for each in compare([written], [stateful()])] == [Effect.HARMLESS]
    assert compare([stateful()], [stateful({"kind": "Claim"})])[0].effect is Effect.RECREATE


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("Deployment", {"progressDeadlineSeconds": 600, "revisionHistoryLimit": 10}),
        ("StatefulSet", {"podManagementPolicy": "OrderedReady", "revisionHistoryLimit": 10}),
        ("CronJob", {"successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1, "concurrencyPolicy": "Allow"}),
        ("Service", {"type": "ClusterIP", "sessionAffinity": "None"}),
    ],
)
def test_a_default_of_a_controller_is_no_change(kind: str, spec: dict[str, Any]) -> None:
    versions = {"CronJob": "batch/v1", "Service": "v1"}
    plain, written = ({"kind": kind, "apiVersion": versions.get(kind, "apps/v1"), "spec": each} for each in ({}, spec))
    named = [{**each, "metadata": {"name": "orders"}} for each in (plain, written)]

    assert [each.effect for each in compare(named[:1], named[1:])] == [Effect.HARMLESS]


def test_replicas_are_not_a_default_because_they_may_have_been_scaled() -> None:
    found = [custom("apps/v1", "Deployment", spec=each) for each in ({}, {"replicas": 1})]

    assert [each.effect for each in compare(found[:1], found[1:])] == [Effect.SCALES]


@pytest.mark.parametrize(
    ("image", "policy", "effect"),
    [
        ("acme/orders:1.4.2", "IfNotPresent", Effect.HARMLESS),
        ("registry.example.com:5000/orders", "Always", Effect.HARMLESS),
        ("acme/orders:latest", "Always", Effect.HARMLESS),
        (f"acme/orders@sha256:{'0' * 64}", "IfNotPresent", Effect.HARMLESS),
        ("acme/orders:1.4.2", "Always", Effect.ROLLS),
        ("acme/orders:latest", "IfNotPresent", Effect.ROLLS),
    ],
)
def test_the_default_pull_policy_depends_on_the_tag(image: str, policy: str, effect: Effect) -> None:
    plain, written = (
        deployment(containers=[{"name": "main", "image": image, **each}]) for each in ({}, {"imagePullPolicy": policy})
    )

    assert [each.effect for each in compare([plain], [written])] == [effect]


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("Deployment", ("spec", "template", "spec", "initContainers", "restartPolicy"), "Always"),
        ("ConfigMap", ("data", "restartPolicy"), "Always"),
        ("Deployment", ("spec", "restartPolicy"), "Always"),
        ("Deployment", ("spec", "template", "spec", "terminationGracePeriodSeconds"), "30"),
    ],
)
def test_the_same_value_of_another_field_is_not_a_default(kind: str, path: tuple[str, ...], value: str) -> None:
    assert not is_default(Difference(path, None, value), {"kind": kind}, {"kind": kind})


def test_every_default_is_found_in_the_pod_template_of_its_kind() -> None:
    for path, value in DEFAULTS.items():
        in_a_job = ("spec", "jobTemplate", "spec", "template", "spec", *path)

        assert is_default(Difference(in_a_job, value, None), {"kind": "CronJob"}, {"kind": "CronJob"})
        assert not is_default(Difference(in_a_job, value, None), {"kind": "Deployment"}, {"kind": "Deployment"})
