"""`kubestock diff --live` on a cluster that Argo CD has synced, through the real kubectl."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from cluster.conftest import CRDS, DIST, TOOLS
from cluster.controlplane import Cluster, control_plane
from commandline import Result, kubestock
from support import Manifest

APPLICATION = "kubestock-production"
INSTANCE = "app.kubernetes.io/instance"
Tracking = Callable[[Manifest], None]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """An API server with the CRDs of dist/; nothing runs in it."""
    with control_plane(Path(TOOLS or ""), tmp_path_factory.mktemp("diff"), controllers=False) as made:
        installed = made.kubectl("create", "--validate=ignore", "-f", CRDS or "")
        assert installed.returncode == 0, installed.stderr
        waited = made.kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all")
        assert waited.returncode == 0, waited.stderr
        yield made


def by_annotation(manifest: Manifest) -> None:
    metadata = manifest["metadata"]
    tracked = f"{APPLICATION}:{manifest['kind']}:{metadata.get('namespace', '')}/{metadata['name']}"
    notes = {"argocd.argoproj.io/tracking-id": tracked, "argocd.argoproj.io/installation-id": "shop"}
    metadata["annotations"] = {**metadata.get("annotations", {}), **notes}


def by_label(manifest: Manifest) -> None:
    manifest["metadata"]["labels"] = {**manifest["metadata"].get("labels", {}), INSTANCE: APPLICATION}


def sync(server: Cluster, manifests: list[Manifest], track: Tracking) -> None:
    """Apply as Argo CD does; the smoke test has run by then, and is gone."""
    targets = [copy.deepcopy(each) for each in manifests if each["kind"] != "Job"]
    for each in targets:
        track(each)
    listed = {"apiVersion": "v1", "kind": "List", "items": targets}
    done = server.kubectl(
        "apply", "--server-side", "--force-conflicts", "--field-manager=argocd-controller", "-f", "-", manifest=listed
    )
    assert done.returncode == 0, done.stderr


def diff(server: Cluster, *arguments: str) -> Result:
    kubectl = f"{server.tools / 'kubectl'} --kubeconfig {server.folder / 'kubeconfig'}"
    return kubestock("diff", "--live", "--kubectl", kubectl, *arguments)


@pytest.mark.parametrize(
    ("track", "note"),
    [
        (by_annotation, ""),
        (
            by_label,
            f"! Argo CD tracks these objects by label: {INSTANCE} is {APPLICATION} in the cluster, "
            "and is not compared\n",
        ),
    ],
)
def test_nothing_changes_after_a_sync(
    server: Cluster, production: list[Manifest], tmp_path: Path, track: Tracking, note: str
) -> None:
    sync(server, production, track)
    (tmp_path / "dist.yaml").write_text(yaml.safe_dump_all(production))
    ran = diff(server, "--manifests", str(tmp_path))

    assert (ran.code, ran.out) == (0, f"{note}no change (the live cluster → {tmp_path})\n"), ran.err


def test_a_release_is_told_field_by_field(server: Cluster, production: list[Manifest], tmp_path: Path) -> None:
    sync(server, production, by_annotation)
    released = copy.deepcopy(production)
    (deployment,) = [
        each for each in released if (each["kind"], each["metadata"]["name"]) == ("Deployment", "ms-product")
    ]
    deployment["spec"]["template"]["spec"]["containers"][0]["image"] = "example.com/ms-product:2"
    (priority,) = [each for each in released if each["kind"] == "PriorityClass"]
    priority["value"] += 1
    (tmp_path / "dist.yaml").write_text(yaml.safe_dump_all(released))
    ran = diff(server, "--manifests", str(tmp_path), "--json")

    assert ran.code == 1, ran.err
    assert json.loads(ran.out)["counts"] == {"immutable: must be recreated": 1, "rolls pods": 1}
    assert [field["path"] for each in json.loads(ran.out)["objects"] for field in each["fields"]] == [
        "spec.template.spec.containers[ms-product].image"
    ]


def test_what_a_viewer_may_not_ask_for_is_not_compared(
    server: Cluster, production: list[Manifest], tmp_path: Path
) -> None:
    """He may apply in the namespace of the product, and knows nothing of that of Argo CD."""
    sync(server, production, by_annotation)
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "argocd"}}
    assert server.kubectl("apply", "-f", "-", manifest=namespace).returncode == 0
    rights = ("create", "rolebinding", "outsider", "--clusterrole=cluster-admin", "--user=outsider")
    assert server.kubectl(*rights, "--namespace", APPLICATION).returncode == 0
    shipped = [each for each in production if each["kind"] in ("ConfigMap", "Service", "NetworkPolicy")]
    argo = list(yaml.safe_load_all((DIST / "argocd" / "production.k8s.yaml").read_text()))
    (tmp_path / "dist.yaml").write_text(yaml.safe_dump_all([*argo, *shipped]))
    kubectl = f"{server.tools / 'kubectl'} --kubeconfig {server.folder / 'kubeconfig'} --as outsider"
    ran = kubestock("diff", "--live", "--kubectl", kubectl, "--manifests", str(tmp_path))

    assert (ran.code, ran.out) == (0, f"no change; 2 objects not compared (the live cluster → {tmp_path})\n"), ran.err
    assert "kubestock: Application/argocd/kubestock-production is not compared: you may not get applications" in ran.err


ADDED = {
    ("networkpolicy", "default-deny"): {"spec": {"ingress": [{}]}},
    ("service", "ms-product"): {"spec": {"externalIPs": ["203.0.113.7"], "sessionAffinity": "ClientIP"}},
    ("serviceaccount", "ms-product"): {"metadata": {"annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:x"}}},
    ("configmap", "ms-product-config"): {"data": {"EXTRA": "1"}},
    ("podmonitor", "ms-product"): {"spec": {"jobLabel": "team"}},
    ("deployment", "ms-product"): {
        "spec": {
            "template": {
                "metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"}},
                "spec": {
                    "hostPID": True,
                    "containers": [
                        {"name": "ms-product", "env": [{"name": "DB_PASSWORD_2", "value": "canary"}]},
                        {"name": "shell", "image": "example.com/shell:1"},
                    ],
                    "volumes": [{"name": "host", "hostPath": {"path": "/"}}],
                },
            }
        }
    },
}
UNDECLARED = {
    "NetworkPolicy/default-deny": ["spec.ingress"],
    "Service/ms-product": ["spec.externalIPs", "spec.sessionAffinity", "spec.sessionAffinityConfig"],
    "ServiceAccount/ms-product": ['metadata.annotations["eks.amazonaws.com/role-arn"]'],
    "ConfigMap/ms-product-config": ["data.EXTRA"],
    "PodMonitor/ms-product": ["spec.jobLabel"],
    "Deployment/ms-product": [
        "spec.template.spec.containers[ms-product].env[DB_PASSWORD_2]",
        "spec.template.spec.containers[shell]",
        "spec.template.spec.hostPID",
        "spec.template.spec.volumes[host]",
    ],
}


def test_what_is_added_by_hand_is_told_though_applying_leaves_it(
    server: Cluster, production: list[Manifest], namespace: str, tmp_path: Path
) -> None:
    sync(server, production, by_annotation)
    (tmp_path / "dist.yaml").write_text(yaml.safe_dump_all(production))
    for (kind, name), patch in ADDED.items():
        how = "merge" if kind == "podmonitor" else "strategic"
        done = server.kubectl("patch", kind, name, "-n", namespace, f"--type={how}", "--patch", json.dumps(patch))
        assert done.returncode == 0, done.stderr
    scaled = server.kubectl("scale", "deployment", "frontend", "-n", namespace, "--replicas=5")
    assert scaled.returncode == 0, scaled.stderr
    ran = diff(server, "--manifests", str(tmp_path), "--json")
    sync(server, production, by_annotation)
    after_a_sync = diff(server, "--manifests", str(tmp_path), "--json")

    assert ran.code == 1, ran.err
    found = {
        f"{each['kind']}/{each['name']}": sorted(field["path"] for field in each["fields"])
        for each in json.loads(ran.out)["objects"]
    }
    assert found == UNDECLARED
    assert json.loads(ran.out)["counts"] == {"undeclared": len(UNDECLARED)}
    assert "canary" not in ran.out
    assert json.loads(after_a_sync.out)["objects"] == json.loads(ran.out)["objects"]


def test_what_another_tool_created_and_left_to_its_defaults_is_not_told(
    server: Cluster, production: list[Manifest], tmp_path: Path
) -> None:
    """Such a tool owns the defaults of the API server, too."""
    names = ("ms-inventory", "ms-inventory-config")
    own = [each for each in production if each["metadata"]["name"] in names]
    for each in own:
        copied = {**each, "metadata": {**each["metadata"], "namespace": "default"}}
        assert server.kubectl("create", "-f", "-", manifest=copied).returncode == 0
    moved = [{**each, "metadata": {**each["metadata"], "namespace": "default"}} for each in own]
    sync(server, moved, by_annotation)
    (tmp_path / "dist.yaml").write_text(yaml.safe_dump_all(moved))
    ran = diff(server, "--manifests", str(tmp_path))

    assert (ran.code, ran.out) == (0, f"no change (the live cluster → {tmp_path})\n"), ran.err


def test_a_subject_or_a_rule_that_is_added_to_a_list_of_ours_is_a_change(
    server: Cluster, production: list[Manifest], namespace: str, tmp_path: Path
) -> None:
    sync(server, production, by_annotation)
    (tmp_path / "dist.yaml").write_text(yaml.safe_dump_all(production))
    subject = {"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "mallory"}
    rule = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}
    for kind, name, path, value in (
        ("rolebinding", "kubestock-viewer", "/subjects/-", subject),
        ("role", "kubestock-viewer", "/rules/-", rule),
    ):
        patch = json.dumps([{"op": "add", "path": path, "value": value}])
        done = server.kubectl("patch", kind, name, "-n", namespace, "--type=json", "--patch", patch)
        assert done.returncode == 0, done.stderr
    ran = diff(server, "--manifests", str(tmp_path), "--json")
    changes = {each["kind"]: each for each in json.loads(ran.out)["objects"]}

    assert [field["what"] for kind in ("Role", "RoleBinding") for field in changes[kind]["fields"]] == ["removed"] * 2
    assert {changes[kind]["effect"] for kind in ("Role", "RoleBinding")} == {"in force at once"}


def test_a_policy_that_git_never_had_is_named(
    server: Cluster, production: list[Manifest], namespace: str, tmp_path: Path
) -> None:
    sync(server, production, by_annotation)
    (tmp_path / "dist.yaml").write_text(yaml.safe_dump_all(production))
    metadata = {"name": "open-all", "namespace": namespace}
    spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{}]}
    policy = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}
    assert server.kubectl("create", "-f", "-", manifest=policy).returncode == 0
    ran = diff(server, "--manifests", str(tmp_path), "--json")
    named = f"in force in the cluster but not in the manifests: NetworkPolicy/{namespace}/open-all"

    assert [each for each in json.loads(ran.out)["notes"] if each.startswith(named)] != []
