"""Production is delivered by a person, with the kinds of the chart and no others."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from kong_guide import TOKENS, read
from kong_model import Kong
from kong_requests import Request
from programs import running
from schemas import validate
from support import Manifest, pick

from kubestock.app.app import App
from kubestock.delivery import ApplicationSource, DeliverySettings, Notifications, SyncWindow
from kubestock.errors import ConfigurationError
from kubestock.kube import KubeObject
from kubestock.kube.objects import manifests
from kubestock.production import PRODUCTION, build_app

NAME = "kubestock-production"


def folders(app: App) -> tuple[list[Manifest], list[Manifest]]:
    (inner,) = app.folders
    return manifests(app), manifests(inner)


@pytest.fixture(scope="module")
def production() -> tuple[list[Manifest], list[Manifest]]:
    return folders(build_app(PRODUCTION))


def test_both_objects_are_valid_against_their_crds(production: tuple[list[Manifest], list[Manifest]]) -> None:
    _, argocd = production

    assert [each["kind"] for each in argocd] == ["AppProject", "Application"]
    for each in argocd:
        validate(each)


def test_the_project_permits_the_kinds_of_production_and_those_of_pods(
    production: tuple[list[Manifest], list[Manifest]],
) -> None:
    shipped, argocd = production
    spec = pick(argocd, "AppProject", NAME)["spec"]
    permitted = {
        (each["group"], each["kind"])
        for each in (*spec["clusterResourceWhitelist"], *spec["namespaceResourceWhitelist"])
    }
    emitted = {(each["apiVersion"].rpartition("/")[0], each["kind"]) for each in shipped}

    assert permitted == emitted | {("apps", "ReplicaSet"), ("", "Pod")}
    assert [(each["kind"], each["name"]) for each in spec["clusterResourceWhitelist"]] == [
        ("Namespace", "kubestock-production"),
        ("PriorityClass", "kubestock-production"),
    ]


def test_the_project_permits_objects_that_are_added_later(tmp_path: Path) -> None:
    app = build_app(PRODUCTION, outdir=str(tmp_path))
    spec = {"defaultBackend": {"service": {"name": "kong", "port": {"number": 80}}}}
    manifest = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "late"}, "spec": spec}
    KubeObject(app.charts[0], "late", manifest=manifest)
    app.synth()
    (project, _) = yaml.safe_load_all((tmp_path / "argocd" / "production.k8s.yaml").read_text())

    assert {"group": "networking.k8s.io", "kind": "Ingress"} in project["spec"]["namespaceResourceWhitelist"]


def test_replicas_are_ignored_only_for_workloads_with_an_autoscaler(
    production: tuple[list[Manifest], list[Manifest]],
) -> None:
    shipped, argocd = production
    ignored = pick(argocd, "Application", NAME)["spec"]["ignoreDifferences"]
    scaled = {each["spec"]["scaleTargetRef"]["name"] for each in shipped if each["kind"] == "HorizontalPodAutoscaler"}

    assert {each["name"] for each in ignored} == scaled
    assert all(each["jsonPointers"] == ["/spec/replicas"] for each in ignored)


def test_the_smoke_test_requests_the_health_of_each_service_and_paths_that_require_a_token(
    production: tuple[list[Manifest], list[Manifest]],
) -> None:
    (container,) = pick(production[0], "Job", "smoke-test")["spec"]["template"]["spec"]["containers"]

    named = ("products", "product", "inventory", "suppliers", "supplier", "orders", "order", "users", "identity")
    below = {"users": "/suppliers", "identity": "/suppliers"}
    below |= {"suppliers": "/purchase-orders", "supplier": "/purchase-orders"}

    assert container["args"] == [
        "200 /api/gateway/health",
        *(f"200 /api/{each}/health" for each in named),
        "200 /",
        *(f"401 /api/{each}{below.get(each, '')}" for each in named),
        *(f"401 /internal/{each}" for each in ("products", "inventory", "suppliers")),
    ]


def test_the_paths_of_the_smoke_test_exist_for_clients_with_a_token(
    production: tuple[list[Manifest], list[Manifest]],
) -> None:
    (container,) = pick(production[0], "Job", "smoke-test")["spec"]["template"]["spec"]["containers"]
    kong = Kong(*read(production[0]), TOKENS, running.answer)
    paths = [path for path in (each.split(" ")[1] for each in container["args"]) if not path.startswith("/internal")]

    assert {path: kong.send(Request(path=path, bearer="right")).status for path in paths} == dict.fromkeys(paths, 200)


@pytest.fixture(scope="module")
def preview() -> tuple[list[Manifest], list[Manifest]]:
    """Another environment, without a smoke test, with another delivery."""
    delivery = DeliverySettings(
        source=ApplicationSource(repo_url="git@github.com:acme/shop.git", path="deploy"),
        namespace="gitops",
        windows=(SyncWindow(kind="deny", schedule="0 0 * * 5", duration="72h"),),
        notifications=Notifications(subscriptions={"on-sync-failed": {"slack": "on-call"}}),
    )
    return folders(build_app(replace(PRODUCTION, delivery=delivery, environment="preview", smoke_test=None)))


def test_an_environment_without_a_smoke_test_has_no_job_but_that_of_the_pull_secret(
    preview: tuple[list[Manifest], list[Manifest]],
) -> None:
    shipped, argocd = preview
    permitted = pick(argocd, "AppProject", "kubestock-preview")["spec"]["namespaceResourceWhitelist"]

    jobs = {each["metadata"]["name"] for each in shipped if each["kind"] == "Job"}
    assert jobs == {"ecr-cred-creation"}
    assert {"group": "batch", "kind": "Job"} in permitted


def test_windows_notifications_and_the_file_come_from_the_settings(
    preview: tuple[list[Manifest], list[Manifest]],
) -> None:
    _, argocd = preview
    application = pick(argocd, "Application", "kubestock-preview")
    (found,) = pick(argocd, "AppProject", "kubestock-preview")["spec"]["syncWindows"]

    assert found["schedule"] == "0 0 * * 5"
    assert application["metadata"]["namespace"] == "gitops"
    assert (
        application["metadata"]["annotations"].items()
        >= {"notifications.argoproj.io/subscribe.on-sync-failed.slack": "on-call"}.items()
    )
    assert application["spec"]["source"]["path"] == "deploy"
    assert application["spec"]["source"]["directory"] == {"include": "preview.k8s.yaml"}


@pytest.mark.parametrize("wrong", [{"namespace": "Argo CD"}, {"namespace": ""}])
def test_refuses_an_invalid_namespace(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="namespace"):
        DeliverySettings(source=ApplicationSource(repo_url="git@github.com:acme/shop.git"), **wrong)
