"""Claims that only one node can mount."""

from typing import Any

import pytest

from kubestock.checks import findings

RECREATE = {"replicas": 1, "strategy": {"type": "Recreate"}}


def objects(kind: str, spec: dict[str, Any], modes: tuple[str, ...] = ("ReadWriteOnce",)) -> list[dict[str, Any]]:
    labels = {"app": "files"}
    volume = {"name": "files", "persistentVolumeClaim": {"claimName": "files"}}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "files"}], "volumes": [volume]}}
    claim = {"accessModes": [*modes]}
    metadata = {"name": "files", "namespace": "shop"}
    return [
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": claim},
        {
            "apiVersion": "apps/v1",
            "kind": kind,
            "metadata": metadata,
            "spec": {"selector": {"matchLabels": labels}, "template": template, **spec},
        },
    ]


def messages_of(manifests: list[dict[str, Any]]) -> list[str]:
    return [str(each) for each in findings(manifests) if each.rule == "claim-of-one-node"]


@pytest.mark.parametrize(
    ("kind", "spec", "pods"),
    [
        ("Deployment", {"replicas": 1}, 2),
        ("Deployment", {**RECREATE, "replicas": 3}, 3),
        ("StatefulSet", {"replicas": 2}, 2),
        ("DaemonSet", {}, 2),
    ],
)
def test_finds_a_single_node_claim_that_several_pods_mount(kind: str, spec: dict[str, Any], pods: int) -> None:
    assert messages_of(objects(kind, spec)) == [
        f"{kind}/shop/files: mounts PersistentVolumeClaim 'files', which only one node can mount, in up to {pods} pods "
        "at once; run one pod with strategy Recreate, use volumeClaimTemplates for a claim for each pod, or use access "
        "mode ReadWriteMany [claim-of-one-node]"
    ]


@pytest.mark.parametrize(
    ("kind", "spec", "modes"),
    [
        ("Deployment", RECREATE, ("ReadWriteOnce",)),
        ("StatefulSet", {"replicas": 1}, ("ReadWriteOncePod",)),
        ("Deployment", {"replicas": 3}, ("ReadWriteOnce", "ReadWriteMany")),
        ("DaemonSet", {}, ("ReadOnlyMany",)),
    ],
)
def test_a_claim_that_all_pods_can_mount_has_no_finding(
    kind: str, spec: dict[str, Any], modes: tuple[str, ...]
) -> None:
    assert messages_of(objects(kind, spec, modes)) == []


def test_a_claim_in_another_namespace_is_a_different_claim() -> None:
    claim, workload = objects("Deployment", {"replicas": 3})
    claim = {**claim, "metadata": {"name": "files", "namespace": "other"}}

    assert messages_of([claim, workload]) == []
