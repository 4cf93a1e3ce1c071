"""Hooks, waves and projects of Argo CD."""

from typing import Any

import pytest
from shop import messages_of, shop

Manifest = dict[str, Any]

ARGO = "argocd.argoproj.io/"


def with_annotation(name: str, value: str) -> list[Manifest]:
    return [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "annotations": {name: value}}}]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (ARGO + "hook", "Presync"),
        (ARGO + "hook", "PreSync,PostSnyc"),
        (ARGO + "hook-delete-policy", "BeforeHookCreated"),
        ("helm.sh/hook", "preinstall"),
        ("helm.sh/hook-delete-policy", "hook-succeded"),
    ],
)
def test_finds_an_unknown_hook(name: str, value: str) -> None:
    assert len(messages_of(with_annotation(name, value), "unknown-hook")) == 1


@pytest.mark.parametrize(
    ("name", "value"), [(ARGO + "sync-wave", "second"), (ARGO + "sync-wave", "1.5"), ("helm.sh/hook-weight", "a")]
)
def test_finds_a_wave_that_is_not_a_number(name: str, value: str) -> None:
    assert len(messages_of(with_annotation(name, value), "unknown-wave")) == 1


@pytest.mark.parametrize(
    ("name", "value", "intended"),
    [
        (ARGO + "sync-waves", "1", "sync-wave"),
        (ARGO + "syncwave", "1", "sync-wave"),
        (ARGO + "hooks", "PreSync", "hook"),
        (ARGO + "hook-deletion-policy", "HookSucceeded", "hook-delete-policy"),
        ("argocd.argoproj.com/sync-wave", "1", "sync-wave"),
        ("argocd.argoproj/sync-wave", "1", "sync-wave"),
        ("helm.sh/hooks", "test", "hook"),
        (ARGO + "sync-options", "Prune=flase,ServerSideAply=true", "ServerSideApply"),
    ],
)
def test_finds_a_misspelled_annotation(name: str, value: str, intended: str) -> None:
    (found,) = messages_of(with_annotation(name, value), "unknown-sync-annotation")

    assert f"write {intended}" in found or found.endswith(f"/{intended}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (ARGO + "hook", "PreSync, PostSync"),
        (ARGO + "sync-wave", "-5"),
        (ARGO + "sync-options", "Prune=false,ServerSideApply=true, Delete=confirm"),
        (ARGO + "compare-options", "IgnoreExtraneous"),
        (ARGO + "tracking-id", "shop:/ConfigMap:shop/a"),
        (ARGO + "manifest-generate-paths", "."),
        ("helm.sh/hook", "pre-install,pre-upgrade"),
        ("helm.sh/hook-weight", "-1"),
        ("example.com/hook", "whatever"),
        ("helm.sh/resource-policy", "keep"),
    ],
)
def test_known_annotations_have_no_finding(name: str, value: str) -> None:
    assert messages_of(with_annotation(name, value), "unknown-hook", "unknown-wave", "unknown-sync-annotation") == []


def test_finds_a_sync_wave_that_is_a_label() -> None:
    identity = {"name": "a", "labels": {ARGO + "sync-wave": "1"}}
    chart = [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": identity}]

    assert messages_of(chart, "unknown-sync-annotation") == [
        "ConfigMap/a: has argocd.argoproj.io/sync-wave as a label, but Argo CD reads only the annotation; make it an "
        "annotation"
    ]


SERVER = "https://kubernetes.default.svc"
REPOSITORY = "https://git.example.com/shop.git"


def argo(kind: str, **spec: object) -> Manifest:
    identity = {"name": "shop", "namespace": "argocd"}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": kind, "metadata": identity, "spec": spec}


def deployed(project: Manifest | None = None, /, **application: object) -> list[str]:
    """Return the findings for the shop if one Application of one project deploys it."""
    permitted = {
        "sourceRepos": [REPOSITORY],
        "destinations": [{"server": SERVER, "namespace": "shop"}],
        "clusterResourceWhitelist": [{"group": "*", "kind": "*"}],
        **(project or {}),
    }
    spec = {
        "project": "shop",
        "source": {"repoURL": REPOSITORY, "path": "dist"},
        "destination": {"server": SERVER, "namespace": "shop"},
        **application,
    }
    return messages_of([*shop(), argo("AppProject", **permitted), argo("Application", **spec)], "project-permits")


def test_a_project_that_permits_all_objects_has_no_finding() -> None:
    assert deployed() == []


@pytest.mark.parametrize(
    "repositories", [["*"], ["https://git.example.com/*"], ["https://git.example.com/shop"], [REPOSITORY.upper()]]
)
def test_repositories_of_a_project_can_be_patterns(repositories: list[str]) -> None:
    assert deployed({"sourceRepos": repositories}) == []


@pytest.mark.parametrize(
    ("project", "what"),
    [
        ({"sourceRepos": []}, "the repository"),
        ({"sourceRepos": ["https://git.example.com/other.git"]}, "the repository"),
        ({"sourceRepos": ["*", f"!{REPOSITORY}"]}, "the repository"),
        ({"destinations": [{"server": SERVER, "namespace": "shop-*"}]}, "the namespace 'shop' of the cluster"),
        ({"destinations": [{"server": "https://elsewhere", "namespace": "shop"}]}, "the namespace 'shop'"),
        ({"clusterResourceWhitelist": None}, "the Namespace 'shop'"),
        ({"clusterResourceWhitelist": [{"group": "", "kind": "Namespace"}]}, "the PriorityClass 'shop-services'"),
        ({"namespaceResourceBlacklist": [{"group": "", "kind": "ResourceQuota"}]}, "a ResourceQuota of the group ''"),
        ({"namespaceResourceBlacklist": [{"group": "batch", "kind": "*"}]}, "a CronJob of the group 'batch'"),
    ],
)
def test_finds_an_object_that_a_project_does_not_permit(project: Manifest, what: str) -> None:
    found = deployed(project)

    assert any(f"deploys {what}" in each for each in found)


def test_finds_a_kind_that_a_project_does_not_list() -> None:
    listed = [{"group": "*", "kind": kind} for kind in ("Deployment", "Service", "ConfigMap", "Secret")]

    assert any(
        "deploys a CronJob of the group 'batch'" in each for each in deployed({"namespaceResourceWhitelist": listed})
    )


def test_finds_a_project_that_does_not_exist() -> None:
    (found,) = deployed(project="shops")

    assert "has the project 'shops', which is not in the manifests" in found
    assert deployed(project="default") == []


def test_a_destination_cluster_can_have_a_name() -> None:
    by_name = {"name": "in-cluster", "namespace": "shop"}

    assert deployed({"destinations": [by_name]}, destination={"name": "in-cluster", "namespace": "shop"}) == []
    assert deployed({"destinations": [by_name]}) == []  # the name and the address may mean the same cluster
    assert deployed({"destinations": [by_name]}, destination={"name": "other", "namespace": "shop"})
