"""What the AppProject permits, and the errors for what it would not permit."""

from collections.abc import Callable
from typing import Any

import cdk8s
import pytest
from schemas import validate
from support import Manifest, as_yaml, find, manifests
from syrupy.assertion import SnapshotAssertion

from kubestock.delivery.project import ArgoProject
from kubestock.delivery.windows import SyncWindow
from kubestock.errors import ConfigurationError
from kubestock.values.labels import Labels

LABELS = Labels(name="shop", part_of="shop", environment="production", component="delivery")
REPOSITORY = "https://github.com/acme/shop.git"
NAMESPACE: Manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
DEPLOYMENT: Manifest = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "shop"},
}


@pytest.fixture
def project(chart: cdk8s.Chart) -> Callable[..., ArgoProject]:
    def make(**changed: Any) -> ArgoProject:
        given: dict[str, Any] = {
            "name": "shop",
            "repo_url": REPOSITORY,
            "manifests": [NAMESPACE, DEPLOYMENT],
            "destination": "shop",
            "labels": LABELS,
        }
        return ArgoProject(chart, "project", **(given | changed))

    return make


def test_the_smallest_project_permits_what_is_emitted(
    chart: cdk8s.Chart, project: Callable[..., ArgoProject], yaml_snapshot: SnapshotAssertion
) -> None:
    project()

    assert as_yaml(manifests(chart)) == yaml_snapshot


@pytest.mark.parametrize(
    ("maker", "ignored"),
    [
        ({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"annotations": {"kubestock/makes-secret": "m"}}}, True),
        ({"apiVersion": "batch/v1", "kind": "Job", "metadata": {}}, False),
        ({"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "spec": {"secretName": "m"}}, True),
        ({"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "spec": {"target": {"name": "m"}}}, False),
        (
            {
                "apiVersion": "external-secrets.io/v1",
                "kind": "ExternalSecret",
                "spec": {"target": {"name": "m", "creationPolicy": "Orphan"}},
            },
            True,
        ),
        ({"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret"}, False),
    ],
)
def test_it_does_not_warn_of_a_secret_that_is_created_without_an_owner(
    chart: cdk8s.Chart, project: Callable[..., ArgoProject], maker: Manifest, ignored: bool
) -> None:
    metadata = {"name": "any", "namespace": "shop", **maker.get("metadata", {})}
    project(manifests=[{**maker, "metadata": metadata}])
    orphaned = find(chart, "AppProject", "shop")["spec"]["orphanedResources"]

    assert orphaned == {"warn": True, **({"ignore": [{"kind": "Secret", "name": "m"}]} if ignored else {})}


def test_the_fullest_project_has_windows_and_a_role(
    chart: cdk8s.Chart, project: Callable[..., ArgoProject], yaml_snapshot: SnapshotAssertion
) -> None:
    project(
        namespace="gitops",
        kinds=[("", "Namespace"), ("apps", "Deployment"), ("batch", "Job")],
        windows=[
            SyncWindow(kind="allow", schedule="0 9 * * 1-4", duration="8h", time_zone="Europe/Zurich"),
            SyncWindow(kind="deny", schedule="0 0 24 12 *", duration="72h", manual_sync=True),
        ],
        sync_groups=["acme:operators"],
    )

    assert as_yaml(manifests(chart)) == yaml_snapshot


def test_an_app_project_has_no_field_that_its_crd_does_not_know(
    chart: cdk8s.Chart, project: Callable[..., ArgoProject]
) -> None:
    project(windows=[SyncWindow(kind="allow", schedule="0 9 * * 1-4", duration="8h")], sync_groups=["acme:operators"])

    for each in manifests(chart):
        validate(each)


def test_cluster_scoped_kinds_are_permitted_separately(chart: cdk8s.Chart, project: Callable[..., ArgoProject]) -> None:
    project()
    spec = find(chart, "AppProject", "shop")["spec"]

    assert spec["clusterResourceWhitelist"] == [{"group": "", "kind": "Namespace", "name": "shop"}]
    assert {"group": "apps", "kind": "Deployment"} in spec["namespaceResourceWhitelist"]
    assert spec["destinations"] == [{"namespace": "shop", "server": "https://kubernetes.default.svc"}]


def test_a_cluster_scoped_kind_without_an_object_is_permitted_without_a_name(
    chart: cdk8s.Chart, project: Callable[..., ArgoProject]
) -> None:
    project(kinds=[("", "Namespace"), ("apps", "Deployment"), ("scheduling.k8s.io", "PriorityClass")])

    assert find(chart, "AppProject", "shop")["spec"]["clusterResourceWhitelist"][1:] == [
        {"group": "scheduling.k8s.io", "kind": "PriorityClass"}
    ]


def test_objects_that_controllers_create_for_pods_are_shown_by_argo_cd(
    chart: cdk8s.Chart, project: Callable[..., ArgoProject]
) -> None:
    project()

    assert find(chart, "AppProject", "shop")["spec"]["namespaceResourceWhitelist"] == [
        {"group": "", "kind": "Pod"},
        {"group": "apps", "kind": "Deployment"},
        {"group": "apps", "kind": "ReplicaSet"},
    ]


def test_the_sync_role_has_no_other_rights(chart: cdk8s.Chart, project: Callable[..., ArgoProject]) -> None:
    project(sync_groups=["acme:operators"])
    (role,) = find(chart, "AppProject", "shop")["spec"]["roles"]

    assert [policy.split(", ")[2:4] for policy in role["policies"]] == [
        ["applications", "get"],
        ["applications", "sync"],
        ["logs", "get"],
    ]


def test_refuses_a_project_that_lacks_a_kind_of_the_chart(project: Callable[..., ArgoProject]) -> None:
    with pytest.raises(ConfigurationError, match=r"lack Deployment\.apps: the sync would fail"):
        project(kinds=[("", "Namespace")])


def test_refuses_a_kind_of_another_api_group(project: Callable[..., ArgoProject]) -> None:
    with pytest.raises(ConfigurationError, match=r"lack Deployment\.apps"):
        project(kinds=[("", "Namespace"), ("extensions", "Deployment")])


def test_refuses_an_object_of_another_namespace(project: Callable[..., ArgoProject]) -> None:
    elsewhere = {**DEPLOYMENT, "metadata": {"name": "web", "namespace": "monitoring"}}

    with pytest.raises(ConfigurationError, match=r"'web' must be in namespace 'shop'.*got 'monitoring'"):
        project(manifests=[NAMESPACE, elsewhere])


def test_refuses_another_namespace_than_its_own(project: Callable[..., ArgoProject]) -> None:
    other = {**NAMESPACE, "metadata": {"name": "kube-system"}}

    with pytest.raises(ConfigurationError, match=r"Namespace 'kube-system' must be in namespace 'shop'"):
        project(manifests=[NAMESPACE, other, DEPLOYMENT])


@pytest.mark.parametrize(
    "repository", ["https://github.com/*/b.git", "https://github.com/acme/*", "git@github.com:a/{b,c}"]
)
def test_refuses_a_pattern_for_the_repository(project: Callable[..., ArgoProject], repository: str) -> None:
    with pytest.raises(ConfigurationError, match="repo_url must be one repository, got the pattern"):
        project(repo_url=repository)


@pytest.mark.parametrize(
    "repository",
    ["https://ci:canary@github.com/acme/shop.git", "ssh://git:canary@github.com/acme/shop.git", "shop", "http://a/b"],
)
def test_refuses_an_invalid_address_or_one_with_a_password(
    project: Callable[..., ArgoProject], repository: str
) -> None:
    with pytest.raises(ConfigurationError, match="repo_url must be the address of a Git rep") as refused:
        project(repo_url=repository)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    "repository", [REPOSITORY, "ssh://git@github.com/acme/shop.git", "git@github.com:acme/shop.git"]
)
def test_accepts_an_address_without_a_password(
    chart: cdk8s.Chart, project: Callable[..., ArgoProject], repository: str
) -> None:
    project(repo_url=repository)

    assert find(chart, "AppProject", "shop")["spec"]["sourceRepos"] == [repository]
