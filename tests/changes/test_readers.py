from typing import Any

import pytest
from test_compare import Manifest, config, container, deployment

from kubestock.changes.change import Effect, ObjectChange
from kubestock.changes.compare import compare

MOUNT = {"name": "files", "mountPath": "/etc/shop"}


def reading(how: str, *, sub_path: bool = False, image: str = "web:1") -> Manifest:
    manifest = deployment()
    web, pod = container(manifest), manifest["spec"]["template"]["spec"]
    web["image"] = image
    volumes: dict[str, Any] = {
        "files": {"configMap": {"name": "settings"}},
        "projected files": {"projected": {"sources": [{"configMap": {"name": "settings"}}]}},
    }
    if how == "variable":
        source = {"configMapKeyRef": {"name": "settings", "key": "A"}}
        web["env"].append({"name": "C", "valueFrom": source})
    elif how == "variables":
        web["envFrom"] = [{"configMapRef": {"name": "settings"}}]
    else:
        pod["volumes"] = [{"name": "files", **volumes[how]}]
        web["volumeMounts"] = [{**MOUNT, "subPath": "a"} if sub_path else MOUNT]
    return manifest


def changed(before: list[Manifest], after: list[Manifest], kind: str = "ConfigMap") -> ObjectChange:
    found = [change for change in compare(before, after) if change.kind == kind]
    assert len(found) == 1
    return found[0]


OLD, NEW = config(data={"A": "1"}), config(data={"A": "2"})
RESTART = "kubectl rollout restart deployment/web --namespace shop"


@pytest.mark.parametrize("how", ["variable", "variables", "files", "projected files"])
def test_pods_that_are_not_restarted_keep_what_they_read(how: str) -> None:
    change = changed([OLD, reading(how)], [NEW, reading(how)])

    assert change.effect is Effect.AT_START
    assert change.notes[0].startswith("not restarted by this change: Deployment/web; ")
    assert change.notes[0].endswith(RESTART)
    assert ("updated within about a minute" in change.notes[0]) == ("files" in how)


def test_a_file_mounted_by_sub_path_is_not_updated() -> None:
    change = changed([OLD, reading("files", sub_path=True)], [NEW, reading("files", sub_path=True)])

    assert "follow" not in change.notes[0]


def test_pods_that_roll_with_the_change_read_it() -> None:
    change = changed([OLD, reading("variables")], [NEW, reading("variables", image="web:2")])

    assert change.effect is Effect.AT_START
    assert change.notes == ("read by new pods of Deployment/web",)


def test_a_change_that_no_workload_reads_is_in_force_at_once() -> None:
    change = changed([OLD, deployment()], [NEW, deployment()])

    assert change.effect is Effect.IN_FORCE
    assert change.notes == ("no workload of the manifests reads it; a program that watches it reads it at once",)


def test_a_workload_of_another_namespace_does_not_read_it() -> None:
    elsewhere = reading("variables")
    elsewhere["metadata"] = {**elsewhere["metadata"], "namespace": "elsewhere"}

    assert changed([OLD, elsewhere], [NEW, elsewhere]).effect is Effect.IN_FORCE


def test_a_job_reads_with_its_next_pod() -> None:
    cron = {**config("CronJob", name="web"), "apiVersion": "batch/v1"}
    cron["spec"] = {"jobTemplate": {"spec": {"template": reading("variables")["spec"]["template"]}}}

    assert changed([OLD, cron], [NEW, cron]).notes == ("read by new pods of CronJob/web",)


def test_readers_of_the_secret_are_those_of_its_sealed_secret() -> None:
    reader = deployment()
    container(reader)["envFrom"] = [{"secretRef": {"name": "settings"}}]
    before, after = (
        {**config("SealedSecret"), "apiVersion": "bitnami.com/v1alpha1", "spec": {"encryptedData": {"A": value}}}
        for value in ("b", "c")
    )
    change = changed([before, reader], [after, reader], "SealedSecret")

    assert change.effect is Effect.AT_START
    assert change.notes[0].endswith(RESTART)
