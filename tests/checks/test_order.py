import copy
from typing import Any

import pytest
from shop import Manifest, messages_of, shop

from kubestock.checks import Places, judge

WAVE, HOOK = "argocd.argoproj.io/sync-wave", "argocd.argoproj.io/hook"
OWNER = "Deployment/shop/ms-orders"


def annotated(manifests: list[Manifest], kind: str, name: str, **annotations: str) -> list[Manifest]:
    keys = {"wave": WAVE, "hook": HOOK, "delete": "argocd.argoproj.io/hook-delete-policy"}
    for each in manifests:
        if (each["kind"], each["metadata"]["name"]) == (kind, name):
            found = each["metadata"].setdefault("annotations", {})
            found.update({keys[key]: value for key, value in annotations.items()})
    return manifests


def job(**spec: Any) -> Manifest:
    pod = {"restartPolicy": "Never", "containers": [{"name": "smoke", "image": "curl:8"}]}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "smoke", "namespace": "shop"},
        "spec": {"template": {"spec": pod}, **spec},
    }


def test_finds_an_object_above_its_namespace() -> None:
    namespaces = [each for each in shop() if each["kind"] == "Namespace"]
    others = [each for each in shop() if each["kind"] != "Namespace"]

    assert messages_of([*namespaces, *others], "namespace-order") == []
    found = messages_of([others[-1], *namespaces, *others[:-1]], "namespace-order")
    assert len(found) == 1
    assert "is above its Namespace 'shop' in the file; add the Namespace to the chart first" in found[0]


def test_a_namespace_with_an_earlier_wave_may_be_below_its_objects() -> None:
    others = [each for each in shop() if each["kind"] != "Namespace"]
    namespaces = annotated([each for each in shop() if each["kind"] == "Namespace"], "Namespace", "shop", wave="-9")

    assert messages_of([*others, *namespaces], "namespace-order") == []


def test_an_object_with_an_earlier_wave_may_be_below() -> None:
    role, binding = role_and_binding()

    assert messages_of(annotated([*shop(), binding, role], "RoleBinding", "viewer", wave="1"), "apply-order") == []


@pytest.mark.parametrize("one_file", [True, False])
def test_the_order_of_objects_is_checked_only_within_a_file(one_file: bool) -> None:
    role, binding = role_and_binding()
    manifests = annotated([binding, role], "RoleBinding", "viewer", wave="0")
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    where = {id(each): f"{0 if one_file else number}.yaml" for number, each in enumerate([*manifests, namespace])}

    class Files(Places):
        def file_of(self, document: Any) -> str:
            return where[id(document)]

    found = judge([*manifests, namespace], places=Files()).findings
    late = [each.rule for each in found if each.rule in ("namespace-order", "apply-order")]

    assert late == (["namespace-order", "namespace-order", "apply-order"] if one_file else [])


def test_the_order_of_a_chart_without_waves_is_not_checked() -> None:
    assert messages_of(shop(), "apply-order") == []


@pytest.mark.parametrize(
    ("needed", "workload", "fine"),
    [("0", "1", True), ("1", "0", False), ("0", "0", True), ("-5", "0", True), ("2", "10", True)],
)
def test_finds_pods_that_are_applied_before_the_objects_that_they_need(needed: str, workload: str, fine: bool) -> None:
    manifests = annotated(shop(), "SealedSecret", "ms-orders", wave=needed)
    for name in ("ms-orders", "ms-inventory"):
        annotated(manifests, "Deployment", name, wave=workload)
    found = [each for each in messages_of(manifests, "apply-order") if "SealedSecret 'ms-orders', which" in each]

    assert found == (
        []
        if fine
        else [
            f"{OWNER}: is applied before SealedSecret 'ms-orders', which it needs; set an earlier wave on that object"
        ]
    )


def test_finds_a_hook_that_runs_before_the_objects_that_it_needs() -> None:
    hook = job(activeDeadlineSeconds=60)
    hook["spec"]["template"]["spec"]["containers"][0]["envFrom"] = [{"configMapRef": {"name": "settings"}}]
    manifests = annotated([*shop(), hook], "Job", "smoke", hook="PreSync", delete="BeforeHookCreation")

    assert messages_of(manifests, "apply-order") == [
        "Job/shop/smoke: is applied before ConfigMap 'settings', which it needs; change the phase of the hook to Sync",
        "Job/shop/smoke: is applied before Namespace 'shop', which it needs; change the phase of the hook to Sync",
    ]
    annotated(manifests, "Job", "smoke", hook="PostSync")
    assert messages_of(manifests, "apply-order") == []


def test_finds_a_hook_without_a_deadline() -> None:
    hook = annotated([job()], "Job", "smoke", hook="PostSync")

    assert messages_of(hook, "hook-ends") == [
        "Job/shop/smoke: is a hook without activeDeadlineSeconds; set the longest time that it may run",
        "Job/shop/smoke: is a hook without argocd.argoproj.io/hook-delete-policy; set when it is deleted",
    ]
    assert messages_of(annotated([job()], "Job", "smoke"), "hook-ends") == []
    ended = annotated([job(activeDeadlineSeconds=60)], "Job", "smoke", hook="PostSync", delete="HookSucceeded")
    assert messages_of(ended, "hook-ends") == []


def role_and_binding() -> list[Manifest]:
    metadata = {"name": "viewer", "namespace": "shop"}
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": metadata, "rules": []}
    return [
        role,
        {**role, "kind": "RoleBinding", "metadata": dict(metadata), "roleRef": {"kind": "Role", "name": "viewer"}},
    ]


def scaler() -> Manifest:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "ms-orders"}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "ms-orders", "namespace": "shop"},
        "spec": {"scaleTargetRef": target, "maxReplicas": 2},
    }


def certificate() -> list[Manifest]:
    issuer = {"apiVersion": "cert-manager.io/v1", "kind": "Issuer", "metadata": {"name": "ca", "namespace": "shop"}}
    spec = {"secretName": "tls", "issuerRef": {"kind": "Issuer", "name": "ca"}}
    return [issuer, {**issuer, "kind": "Certificate", "metadata": {"name": "web", "namespace": "shop"}, "spec": spec}]


@pytest.mark.parametrize(
    ("added", "kind", "name", "message"),
    [
        (role_and_binding(), "Role", "viewer", "RoleBinding/shop/viewer: is applied before Role 'viewer'"),
        ([scaler()], "Deployment", "ms-orders", "HorizontalPodAutoscaler/shop/ms-orders: is applied before Deployment"),
        (certificate(), "Issuer", "ca", "Certificate/shop/web: is applied before Issuer 'ca'"),
        ([], "Namespace", "shop", "Deployment/shop/ms-orders: is applied before Namespace 'shop'"),
    ],
)
def test_finds_a_needed_object_with_a_later_wave(added: list[Manifest], kind: str, name: str, message: str) -> None:
    others = [each for each in shop() if (each["kind"], each["metadata"]["name"]) != ("HorizontalPodAutoscaler", name)]
    found = messages_of(annotated(copy.deepcopy([*others, *added]), kind, name, wave="5"), "apply-order")

    assert any(each.startswith(message) for each in found)
    assert not any(each.startswith(message) for each in messages_of([*others, *added], "apply-order"))


def test_finds_an_object_above_a_needed_one_in_a_chart_with_waves() -> None:
    role, binding = role_and_binding()
    arranged = annotated([*shop(), binding, role], "RoleBinding", "viewer", wave="0")

    assert messages_of(arranged, "apply-order") == [
        "RoleBinding/shop/viewer: is above Role 'viewer' in the file, which it needs; add that object to the "
        "chart first, or call arrange "
        "on the chart"
    ]
    binding["metadata"].pop("annotations")
    assert messages_of([*shop(), binding, role], "apply-order") == []


def test_finds_a_hook_that_is_a_deployment_or_a_pod_without_a_deadline() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "smoke", "namespace": "shop"}}
    bare = {**pod, "spec": {"containers": [{"name": "smoke", "image": "curl:8"}]}}
    hook = annotated([bare], "Pod", "smoke", hook="PostSync", delete="HookSucceeded")
    server = annotated(shop(), "Deployment", "ms-orders", hook="Sync", delete="BeforeHookCreation")

    assert messages_of(hook, "hook-ends") == [
        "Pod/shop/smoke: is a hook without activeDeadlineSeconds; set the longest time that it may run"
    ]
    assert messages_of(server, "hook-ends") == ["Deployment/shop/ms-orders: is a hook and never ends; make it a Job"]


def test_a_helm_hook_is_also_a_hook_for_argo_cd() -> None:
    hook = job()
    hook["metadata"]["annotations"] = {"helm.sh/hook": "post-install,post-upgrade"}

    assert len(messages_of([hook], "hook-ends")) == 2


@pytest.mark.parametrize("wave", ["²", "-²", "9" * 5000, "soon", ""], ids=["square", "minus", "long", "word", "none"])
def test_an_invalid_wave_counts_as_wave_zero(wave: str) -> None:
    manifests = annotated(annotated(shop(), "Namespace", "shop", wave="-1"), "SealedSecret", "ms-orders", wave=wave)

    assert messages_of(manifests, "apply-order") == []
