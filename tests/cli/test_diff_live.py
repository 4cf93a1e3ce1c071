import base64
import json
from pathlib import Path

import pytest
import yaml
from cli.diffing import Manifest, config, deployment, live, priority, secret, write
from commandline import kubestock, on_a_terminal

FAILED = "kubectl diff failed, so nothing is compared; fix the error that it reports:"


def test_the_live_cluster_is_compared_through_kubectl_diff(kubectl: Path) -> None:
    new = {**config(A="1"), "metadata": {"name": "new"}}
    ran = live(kubectl, deployment("web:2"), config(A="1"), new)

    assert ran.code == 1
    assert ran.out.startswith("Deployment/web: rolls pods\n  ~ spec.template.spec.containers[web].image: ")
    assert "ConfigMap/new: created\n" in ran.out
    assert "2 objects change: 1 rolls pods, 1 created (the live cluster of context production → fresh)" in ran.out
    assert ran.err == "kubestock: kubectl reports: Warning: would violate PodSecurity"


def test_a_terminal_shows_that_kubectl_is_running(kubectl: Path) -> None:
    write("fresh", config(A="1"))
    seen = on_a_terminal("diff", "--live", "--manifests", "fresh", "--kubectl", str(kubectl))

    assert f"Comparing 1 objects with the cluster: {kubectl} diff" in seen
    assert "no change" in seen


def test_kubectl_runs_a_dry_run_on_the_server_with_the_field_manager(kubectl: Path) -> None:
    assert live(kubectl, config(A="1")).code == 0
    arguments = json.loads(Path("arguments.json").read_text())

    assert arguments[:-1] == [
        *("--context", "production", "diff", "--server-side", "--force-conflicts", "--show-managed-fields"),
        *("--field-manager", "argocd-controller", "--filename"),
    ]


def test_kubectl_gets_quoted_texts(kubectl: Path) -> None:
    live(kubectl, config(A="0o22", B="=", C="\u2028"))

    assert 'A: "0o22"\n  B: "="\n  C: "\\u2028"\n' in Path("given.yaml").read_text()


def test_an_immutable_object_is_reported_with_the_others(kubectl: Path) -> None:
    message = 'The PriorityClass "high" is invalid: value: Forbidden: may not be changed in an update.'
    ran = live(kubectl, priority(2), deployment("web:2"), refused={"high": message})

    assert ran.code == 1
    assert ran.out.startswith(
        "PriorityClass/high: immutable: must be recreated\n"
        "  ! the API server rejects the change: value: Forbidden: may not be changed in an update.\n"
    )
    assert "Deployment/web: rolls pods" in ran.out


def test_a_change_of_immutable_objects_only_is_reported(kubectl: Path) -> None:
    message = 'The PriorityClass "high" is invalid: value: Forbidden: may not be changed in an update.'
    ran = live(kubectl, priority(2), refused={"high": message})

    assert (ran.code, ran.err) == (1, "")
    assert "1 object changes: 1 immutable: must be recreated" in ran.out


def test_objects_of_a_namespace_that_does_not_exist_yet_are_created(kubectl: Path) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "new"}}
    inside = {**config(A="1"), "metadata": {"name": "inside", "namespace": "new"}}
    message = 'Error from server (NotFound): namespaces "new" not found'
    ran = live(kubectl, namespace, inside, refused={"inside": message})
    without = live(kubectl, inside, refused={"inside": message})

    assert "ConfigMap/new/inside: created\n" in ran.out
    assert "Namespace/new: created\n" in ran.out
    assert (without.code, without.out) == (2, "")


@pytest.mark.parametrize(
    "message",
    [
        "error: You must be logged in to the server",
        'The ConfigMap "settings" is invalid: data[_]: Invalid value: "a b"',
    ],
)
def test_fails_if_kubectl_fails(kubectl: Path, message: str) -> None:
    ran = live(kubectl, config(A="2"), refused={"settings": message})

    assert (ran.code, ran.out) == (2, "")
    assert (
        ran.err == f"kubestock: kubectl diff failed, so nothing is compared; fix the error that it reports: {message}"
    )


def test_refuses_a_kubectl_that_does_not_run_the_diff_program(kubectl: Path) -> None:
    ran = live(kubectl, config(A="2"), refused={"settings": "silent"})
    failed = live(kubectl, config(A="2"), refused={"settings": 'error: failed to run "/tmp/a": exec: not found'})

    assert (ran.code, failed.code) == (2, 2)
    assert "set TMPDIR to a folder whose path has no spaces" in ran.err
    assert "set TMPDIR to a folder whose path has no spaces" in failed.err


def test_values_of_secrets_in_messages_of_kubectl_are_hidden(kubectl: Path) -> None:
    value, other = (base64.b32encode(bytes([each] * 15)).decode() for each in (1, 2))
    Path("cluster.yaml").write_text(yaml.safe_dump_all([secret(other)]))
    shown = live(kubectl, secret(value))
    encoded = secret(value)["data"]["PASSWORD"]
    failed = live(kubectl, secret(value), refused={"db": f"error: data.PASSWORD: {encoded} ({value}) is not valid"})

    assert "~ data.PASSWORD: changed" in shown.out
    assert failed.err.endswith("data.PASSWORD: *** (***) is not valid")
    for text in (value, other, encoded, secret(other)["data"]["PASSWORD"]):
        assert text not in shown.out + shown.err + failed.out + failed.err


def test_the_temporary_files_are_deleted(kubectl: Path) -> None:
    live(kubectl, secret("one"))
    file = Path(json.loads(Path("arguments.json").read_text())[-1])

    assert file.name == "manifests.yaml"
    assert not file.parent.exists()


def shipped(manifest: Manifest, **labels: str) -> Manifest:
    """Return what Argo CD makes of a manifest that it ships."""
    notes = {"argocd.argoproj.io/tracking-id": "shop:v1:a", "argocd.argoproj.io/installation-id": "b"}
    return {**manifest, "metadata": {**manifest["metadata"], "annotations": notes, "labels": labels}}


def labelled(name: str, instance: str, value: str = "1") -> Manifest:
    return {**config(A=value), "metadata": {"name": name, "labels": {INSTANCE: instance, "team": "a"}}}


INSTANCE = "app.kubernetes.io/instance"
HOOK = {"argocd.argoproj.io/hook": "PostSync", "argocd.argoproj.io/hook-delete-policy": "HookSucceeded"}


def test_tracking_annotations_of_argo_cd_are_no_change(kubectl: Path) -> None:
    Path("cluster.yaml").write_text(yaml.safe_dump_all([shipped(config(A="1")), shipped(deployment("web:1"))]))

    assert live(kubectl, config(A="1"), deployment("web:1")).code == 0


def test_the_tracking_label_of_argo_cd_is_reported_once(kubectl: Path) -> None:
    Path("cluster.yaml").write_text(yaml.safe_dump_all([labelled("a", "shop"), labelled("b", "shop")]))
    same = live(kubectl, labelled("a", "orders"), labelled("b", "stock"))
    changed = live(kubectl, labelled("a", "orders"), labelled("b", "stock", "2"))
    note = f"! Argo CD tracks these objects by label: {INSTANCE} is shop in the cluster, and is not compared\n"

    assert (same.code, same.out) == (0, f"{note}no change (the live cluster of context production → fresh)\n")
    assert changed.code == 1
    assert '  ~ data.A: "1" → "2"\n\n' + note in changed.out
    assert f'labels["{INSTANCE}"]' not in changed.out


def test_another_changed_label_is_a_change(kubectl: Path) -> None:
    Path("cluster.yaml").write_text(yaml.safe_dump_all([labelled("a", "orders"), labelled("b", "stock")]))
    one = live(kubectl, labelled("a", "purchases"), labelled("b", "stock"))

    assert one.code == 1
    assert f'~ metadata.labels["{INSTANCE}"]: "orders" → "purchases"\n' in one.out


def test_a_hook_that_is_not_in_the_cluster_is_no_change(kubectl: Path) -> None:
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "smoke-test"}}
    hook = {**job, "metadata": {"name": "smoke-test", "namespace": "new", "annotations": HOOK}}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "new"}}
    gone = live(kubectl, config(A="1"), hook)
    before_its_namespace = live(kubectl, namespace, hook, refused={"smoke-test": 'namespaces "new" not found'})
    no_hook = live(kubectl, config(A="1"), job)

    assert (gone.code, no_hook.code) == (0, 1)
    assert "smoke-test" not in gone.out + before_its_namespace.out
    assert "Job/smoke-test: created\n" in no_hook.out


PROJECT = {"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject"}
FORBIDDEN = (
    'Error from server (Forbidden): appprojects.argoproj.io "shop" is forbidden: User "bob" cannot get resource '
    '"appprojects" in API group "argoproj.io" in the namespace "argocd"'
)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (
            'error: resource mapping not found for name: "shop" namespace: "argocd" from "a.yaml": no matches for kind '
            '"AppProject" in version "argoproj.io/v1alpha1"\nensure CRDs are installed first',
            "the cluster does not know this kind",
        ),
        (FORBIDDEN, "you may not get appprojects there"),
        (
            'Error from server (NotFound): namespaces "argocd" not found',
            "neither the cluster nor the manifests have the namespace argocd",
        ),
    ],
)
def test_an_object_that_cannot_be_compared_is_reported_with_the_others(kubectl: Path, message: str, why: str) -> None:
    projects = [{**PROJECT, "metadata": {"name": name, "namespace": "argocd"}} for name in ("shop", "other")]
    ran = live(kubectl, *projects, config(A="2"), refused={"shop": message})
    same = live(kubectl, *projects, config(A="1"), refused={"shop": message})

    assert (ran.code, same.code) == (1, 0)
    assert '~ data.A: "1" → "2"' in ran.out
    assert same.out == "no change; 2 objects not compared (the live cluster of context production → fresh)\n"
    for name in ("shop", "other"):
        assert f"kubestock: AppProject/argocd/{name} is not compared: {why}" in same.err


def test_json_has_the_objects_that_cannot_be_compared(kubectl: Path) -> None:
    project = {**PROJECT, "metadata": {"name": "shop", "namespace": "argocd"}}
    live(kubectl, project, config(A="1"), refused={"shop": FORBIDDEN})
    ran = kubestock("diff", "--live", "--manifests", "fresh", "--kubectl", kubectl, "--json")
    report = json.loads(ran.out)

    assert (ran.code, report["objects"], report["notes"]) == (0, [], [])
    assert report["not_compared"] == [
        {
            "group": "argoproj.io",
            "kind": "AppProject",
            "namespace": "argocd",
            "name": "shop",
            "why": "you may not get appprojects there",
        }
    ]


def test_a_missing_cluster_wide_permission_applies_to_cluster_scoped_objects(kubectl: Path) -> None:
    message = (
        'Error from server (Forbidden): namespaces "shop" is forbidden: User "bob" cannot get resource "namespaces" '
        'in API group "" in the namespace "shop"'
    )
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    ran = live(kubectl, namespace, config(A="1"), refused={"shop": message})

    assert ran.code == 0
    assert "kubestock: Namespace/shop is not compared: you may not get namespaces there" in ran.err


def test_roles_that_the_user_may_not_grant_are_not_compared(kubectl: Path) -> None:
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role"}
    roles = [{**role, "metadata": {"name": name, "namespace": "shop"}} for name in ("viewer", "operator")]
    message = (
        'Error from server (Forbidden): roles.rbac.authorization.k8s.io "viewer" is forbidden: user "bob" '
        '(groups=["a"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""]}'
    )
    Path("cluster.yaml").write_text(yaml.safe_dump_all(roles))
    ran = live(kubectl, *roles, refused={"viewer": message})

    assert ran.code == 0
    assert "Role/shop/viewer is not compared: you may not grant permissions that you do not have" in ran.err
    assert "operator" not in ran.err


def test_fails_if_no_object_can_be_compared(kubectl: Path) -> None:
    project = {**PROJECT, "metadata": {"name": "shop", "namespace": "argocd"}}
    ran = live(kubectl, project, refused={"shop": FORBIDDEN})

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(
        "kubestock: kubectl diff failed, so nothing is compared; fix the error that it reports: Error from"
    )


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (
            'spec.template: Invalid value: core.PodTemplateSpec{Env: {"A", "confidential"}}: field is immutable',
            "spec.template: field is immutable",
        ),
        (
            'spec.clusterIPs[0]: Invalid value: []string{"confidential"}: may not change once set',
            "spec.clusterIPs[0]: may not change once set",
        ),
        (
            '\n* spec.template: Invalid value: a{"confidential"}: field is immutable\n'
            "* spec.completionMode: Invalid value: b: field is immutable",
            "spec.template: field is immutable; spec.completionMode: field is immutable",
        ),
        (
            "spec: Forbidden: spec is immutable after creation except resources.requests for bound claims\n"
            '  core.PersistentVolumeClaimSpec{\n-  "confidential"',
            "spec: Forbidden: spec is immutable after creation except resources.requests for bound claims",
        ),
    ],
)
def test_values_in_the_reason_of_the_server_are_left_out(kubectl: Path, reason: str, expected: str) -> None:
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "migrate"}}
    ran = live(kubectl, job, refused={"migrate": f'The Job "migrate" is invalid: {reason}'})

    assert ran.out.startswith(
        "Job/migrate: immutable: must be recreated\n"
        f"  ! the API server rejects the change: {expected}\n"
        "  ! a running one is stopped, and its work starts again\n"
    )
    assert "confidential" not in ran.out + ran.err


def test_the_kubectl_command_can_have_arguments(kubectl: Path) -> None:
    live(kubectl, config(A="1"))
    ran = kubestock("diff", "--live", "--manifests", "fresh", "--kubectl", f"{kubectl} --kubeconfig 'my config'")

    assert ran.code == 0
    assert json.loads(Path("arguments.json").read_text())[:3] == ["--kubeconfig", "my config", "diff"]


def policy(**spec: object) -> Manifest:
    whole = {"podSelector": {}, "policyTypes": ["Ingress"], **spec}
    metadata = {"name": "default-deny"}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": whole}


def added_by(manager: str, fields: Manifest, owned: Manifest, **entry: str) -> None:
    """Let a manager own fields of the default-deny policy in the cluster, and stay their owner."""
    entries = [{"manager": manager, "operation": "Update", "fieldsType": "FieldsV1", "fieldsV1": owned, **entry}]
    Path("others.json").write_text(json.dumps({"default-deny": {"fields": fields, "managers": entries}}))
    Path("cluster.yaml").write_text(yaml.safe_dump(policy(**fields.get("spec", {}))))


OPEN: Manifest = {"spec": {"ingress": [{}]}}
OWNED: Manifest = {"f:spec": {"f:ingress": {}}}


def test_a_rule_that_was_added_by_hand_is_reported(kubectl: Path) -> None:
    added_by("kubectl-patch", OPEN, OWNED)
    ran = live(kubectl, policy())

    assert ran.code == 1
    assert ran.out.startswith("NetworkPolicy/default-deny: undeclared\n  ? spec.ingress: [{}]\n")
    assert "1 object changes: 1 undeclared" in ran.out


@pytest.mark.parametrize(
    ("manager", "entry"),
    [("argocd-controller", {"operation": "Apply"}), ("kube-controller-manager", {"subresource": "status"})],
)
def test_fields_of_the_manager_or_a_subresource_are_not_reported(
    kubectl: Path, manager: str, entry: dict[str, str]
) -> None:
    added_by(manager, OPEN, OWNED, **entry)

    assert live(kubectl, policy()).code == 0


def test_a_declared_field_is_a_change_and_not_undeclared(kubectl: Path) -> None:
    added_by("kubectl-patch", {}, OWNED)
    ran = live(kubectl, policy(ingress=[{"from": [{"podSelector": {}}]}]))

    assert "undeclared" not in ran.out
    assert "in force at once" in ran.out


def test_a_change_and_an_undeclared_field_of_an_object_are_reported_together(kubectl: Path) -> None:
    added_by("kubectl-patch", OPEN, OWNED)
    changed = policy()
    changed["spec"]["podSelector"] = {"matchLabels": {"app": "web"}}
    ran = live(kubectl, changed)

    assert ran.out.startswith("NetworkPolicy/default-deny: undeclared\n")
    assert "  + spec.podSelector.matchLabels: " in ran.out
    assert "  ? spec.ingress: [{}]" in ran.out
    assert "1 object changes: 1 undeclared" in ran.out


@pytest.mark.parametrize(
    "fields",
    [
        {"metadata": {"annotations": {"note": "x"}}},
        {"metadata": {"finalizers": ["example.com/a"]}},
        {"spec": {"ingress": []}},
    ],
)
def test_metadata_without_effect_is_not_reported(kubectl: Path, fields: Manifest) -> None:
    owned = {"f:metadata": {"f:annotations": {"f:note": {}}, "f:finalizers": {}}, "f:spec": {"f:ingress": {}}}
    added_by("kubectl-edit", fields, owned)
    ran = live(kubectl, policy())

    assert "?" not in ran.out


NAMESPACE: Manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}


def listed(*objects: Manifest) -> None:
    inside = [{**each, "metadata": {**each["metadata"], "namespace": "shop"}} for each in objects]
    Path("listed.json").write_text(json.dumps({"items": inside}))
    Path("cluster.yaml").write_text(yaml.safe_dump_all([NAMESPACE, config(A="1")]))


def test_a_policy_that_is_only_in_the_cluster_is_listed_and_does_not_count(kubectl: Path) -> None:
    binding = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "mallory"}}
    owned = {**policy(), "metadata": {"name": "made", "ownerReferences": [{"kind": "Certificate"}]}}
    listed(policy(), binding, owned)
    ran = live(kubectl, NAMESPACE, config(A="1"))

    assert ran.code == 0
    assert ran.out.startswith(
        "! in force in the cluster but not in the manifests: "
        "NetworkPolicy/shop/default-deny, RoleBinding/shop/mallory\n"
    )


def test_a_policy_of_the_manifests_is_not_listed(kubectl: Path) -> None:
    own = {**policy(), "metadata": {"name": "default-deny", "namespace": "shop"}}
    listed(policy())
    Path("cluster.yaml").write_text(yaml.safe_dump_all([NAMESPACE, own]))

    assert "in force in the cluster" not in live(kubectl, NAMESPACE, own).out


def test_a_missing_permission_to_list_is_reported(kubectl: Path) -> None:
    listed()
    Path("listed.json").write_text("forbidden")
    ran = live(kubectl, NAMESPACE, config(A="1"))

    assert ran.code == 0
    assert (
        "! policies and roles that are only in the cluster are not listed: you may not list those of namespace shop"
        in ran.out
    )


def test_a_namespace_that_is_not_in_the_manifests_is_not_searched(kubectl: Path) -> None:
    listed(policy())

    assert "in force in the cluster" not in live(kubectl, config(A="1")).out
