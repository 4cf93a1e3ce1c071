"""What the Application syncs, who starts a sync, and which fields it ignores."""

from collections.abc import Callable
from typing import Any

import cdk8s
import pytest
from schemas import validate
from support import Manifest, as_yaml, find, manifests, pick
from syrupy.assertion import SnapshotAssertion

from kubestock.delivery import ApplicationSource, ArgoApplication, ArgoProject, Notifications, Retry
from kubestock.errors import ConfigurationError
from kubestock.values.labels import Labels

LABELS = Labels(name="shop", part_of="shop", environment="production", component="delivery")
REPOSITORY = "https://github.com/acme/shop.git"
SHIPPED: list[Manifest] = [
    *(
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": "shop"}}
        for name in ("web", "worker")
    ),
    {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}},
    },
]


@pytest.fixture
def application(chart: cdk8s.Chart) -> Callable[..., ArgoApplication]:
    project = ArgoProject(
        chart,
        "project",
        name="shop",
        repo_url=REPOSITORY,
        manifests=SHIPPED,
        destination="shop",
        labels=LABELS,
    )

    def make(**changed: Any) -> ArgoApplication:
        given: dict[str, Any] = {
            "name": "shop",
            "project": project,
            "source": ApplicationSource(repo_url=REPOSITORY),
            "manifests": SHIPPED,
            "destination": "shop",
            "labels": LABELS,
        }
        return ArgoApplication(chart, "application", **(given | changed))

    return make


def test_it_compares_as_the_api_server_does(chart: cdk8s.Chart, application: Callable[..., ArgoApplication]) -> None:
    application()
    annotations = find(chart, "Application", "shop")["metadata"]["annotations"]

    assert annotations == {"argocd.argoproj.io/compare-options": "ServerSideDiff=true"}


@pytest.mark.parametrize(
    ("group", "others"),
    [
        ("bitnami.com/v1alpha1", {"Needs sealed-secrets": "0.36.0 or later"}),
        ("monitoring.coreos.com/v1", {"Needs Prometheus Operator": "0.65.0 or later"}),
        ("external-secrets.io/v1", {"Needs External Secrets": "1.0.0 or later"}),
        ("apps/v1", {}),
    ],
)
def test_it_shows_the_least_versions_of_what_the_manifests_need(
    chart: cdk8s.Chart, application: Callable[..., ArgoApplication], group: str, others: dict[str, str]
) -> None:
    shipped = {"apiVersion": group, "kind": "Any", "metadata": {"name": "any", "namespace": "shop"}}
    application(manifests=[shipped])
    info = find(chart, "Application", "shop")["spec"]["info"]

    assert {each["name"]: each["value"] for each in info} == {"Needs Argo CD": "3.3 or later", **others}


def fullest(application: Callable[..., ArgoApplication]) -> None:
    application(
        namespace="gitops",
        source=ApplicationSource(
            repo_url=REPOSITORY, path="deploy/dist", include="production.k8s.yaml", target_revision="v1.4.2"
        ),
        retry=Retry(limit=5, duration_seconds=5, factor=3, max_duration_seconds=300),
        notifications=Notifications(subscriptions={"on-sync-failed": {"slack": "on-call", "email": "ops@example.com"}}),
        revision_history_limit=3,
    )


def test_the_smallest_application_is_synced_by_a_person(
    chart: cdk8s.Chart, application: Callable[..., ArgoApplication], yaml_snapshot: SnapshotAssertion
) -> None:
    application()

    assert as_yaml([pick(manifests(chart), "Application", "shop")]) == yaml_snapshot


def test_the_fullest_application_uses_every_field(
    chart: cdk8s.Chart, application: Callable[..., ArgoApplication], yaml_snapshot: SnapshotAssertion
) -> None:
    fullest(application)

    assert as_yaml([pick(manifests(chart), "Application", "shop")]) == yaml_snapshot


def test_an_application_has_no_field_that_its_crd_does_not_know(
    chart: cdk8s.Chart, application: Callable[..., ArgoApplication]
) -> None:
    fullest(application)

    validate(find(chart, "Application", "shop"))


def test_sync_is_not_automated(chart: cdk8s.Chart, application: Callable[..., ArgoApplication]) -> None:
    fullest(application)

    assert "automated" not in find(chart, "Application", "shop")["spec"]["syncPolicy"]


def test_only_the_replicas_of_a_workload_with_an_autoscaler_are_ignored(
    chart: cdk8s.Chart, application: Callable[..., ArgoApplication]
) -> None:
    application()

    assert find(chart, "Application", "shop")["spec"]["ignoreDifferences"] == [
        {"name": "web", "namespace": "shop", "group": "apps", "kind": "Deployment", "jsonPointers": ["/spec/replicas"]}
    ]


def test_without_an_autoscaler_nothing_is_ignored(
    chart: cdk8s.Chart, application: Callable[..., ArgoApplication]
) -> None:
    application(manifests=SHIPPED[:2])

    assert "ignoreDifferences" not in find(chart, "Application", "shop")["spec"]


@pytest.mark.parametrize("path", ["", "/dist", "../dist", "dist/../.."])
def test_refuses_a_folder_outside_the_repository(path: str) -> None:
    with pytest.raises(ConfigurationError, match="path must be a folder within the repository"):
        ApplicationSource(repo_url=REPOSITORY, path=path)


def test_refuses_an_empty_revision() -> None:
    with pytest.raises(ConfigurationError, match="target_revision must name a branch"):
        ApplicationSource(repo_url=REPOSITORY, target_revision="")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"limit": -1}, "limit must be at least 0"),
        ({"duration_seconds": 0}, "duration_seconds must be at least 1"),
        ({"factor": 0}, "factor must be at least 1"),
        ({"duration_seconds": 60, "max_duration_seconds": 30}, "max_duration_seconds must be at least 60"),
    ],
)
def test_refuses_a_retry_without_a_delay(wrong: dict[str, int], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Retry(**wrong)


def test_refuses_to_keep_no_revision(application: Callable[..., ArgoApplication]) -> None:
    with pytest.raises(ConfigurationError, match="revision_history_limit must be at least 1"):
        application(revision_history_limit=0)
