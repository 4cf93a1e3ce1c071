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
    assert changes[0].notes == ("a default is written down or left out",)


def test_another_value_than_the_default_rolls_the_pods() -> None:
    for value in ("OnFailure", None):
        before = deployment(restartPolicy="Always" if value else "Never")
        after = deployment(restartPolicy=value) if value else deployment()

        assert [change.effect for change in compare([before], [after])] == [Effect.ROLLS]


def test_the_mode_of_a_claim_is_immutable_except_for_its_default() -> None:
    def stateful(**spec: str) -> dict[str, Any]:
        claim = {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], **spec}}
        return custom("apps/v1", "StatefulSet", spec={"volumeClaimTemplates": [claim]})

    effects = [compare([stateful()], [stateful(volumeMode=mode)])[0].effect for mode in ("Filesystem", "Block")]

    assert effects == [Effect.HARMLESS, Effect.RECREATE]


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
    assert not is_default(kind, Difference(path, None, value))


def test_every_default_is_found_in_the_pod_template_of_its_kind() -> None:
    for path, value in DEFAULTS.items():
        in_a_job = ("spec", "jobTemplate", "spec", "template", "spec", *path)

        assert is_default("CronJob", Difference(in_a_job, value, None))
        assert not is_default("Deployment", Difference(in_a_job, value, None))
