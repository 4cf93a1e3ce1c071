"""Compares the table of immutable fields with the real API server.

Skipped unless CLUSTER_TOOLS is a folder with kube-apiserver, etcd and kubectl, of release 1.27 or later.
"""

import copy
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from cluster.controlplane import Cluster, control_plane
from commandline import kubestock
from updates import UPDATES, Update

from kubestock.changes.change import Effect
from kubestock.changes.compare import compare
from kubestock.changes.defaults import DEFAULTS

DIST = Path(__file__).parent.parent.parent / "dist"
TOOLS = os.environ.get("CLUSTER_TOOLS")
IMMUTABLE = re.compile(
    r"immutable|cannot change|may not (be )?change|can ?not be (unset|less)|updates to .* forbidden|in tandem"
)
BUILT_IN = re.compile(r"v1|(apps|batch|policy|autoscaling)/v\d|[a-z.]+\.k8s\.io/v1")
NOT_NAMESPACED = {
    "ClusterRoleBinding",
    "IngressClass",
    "Namespace",
    "PersistentVolume",
    "PriorityClass",
    "StorageClass",
}
ONLY_IN_1_27 = {
    "StatefulSet history": "a later release allows the change",
    "suspended Job nodes": "a later release waits until the controller of Jobs says that it is suspended",
}
KEPT_BY_ITS_OLDER_NAME = "serviceAccountName"
"""The server copies it to `serviceAccount`, which no manifest has, so leaving it out changes nothing there."""
IDENTITY = {("metadata",), ("metadata", "name"), ("metadata", "namespace")}
pytestmark = pytest.mark.skipif(
    not TOOLS, reason="CLUSTER_TOOLS has no kube-apiserver: install Go and run 'make cluster-check'"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with control_plane(Path(TOOLS or ""), tmp_path_factory.mktemp("apiserver"), controllers=False) as found:
        yield found


def apply(server: Cluster, manifest: dict[str, Any], *, dry_run: bool = False) -> str:
    """Apply by server-side apply, and return the reason for a refusal, or an empty string."""
    version, kind, metadata = manifest["apiVersion"], manifest["kind"], manifest["metadata"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    plural = f"{kind.lower()[:-1]}ies" if kind.endswith("y") else f"{kind.lower()}{'es' if kind.endswith('s') else 's'}"
    inside = "" if kind in NOT_NAMESPACED else f"/namespaces/{metadata.get('namespace', 'default')}"
    query = "fieldManager=test&force=true" + ("&dryRun=All" if dry_run else "")
    path = f"{root}{inside}/{plural}/{metadata['name']}?{query}"
    answer = server.request("PATCH", path, manifest, "application/apply-patch+yaml")
    return str(answer["message"]) if answer["kind"] == "Status" else ""


def built_in() -> dict[str, dict[str, Any]]:
    """Return one object of every built-in kind in dist/, the one with the most fields."""
    fullest: dict[str, dict[str, Any]] = {}
    for path in DIST.rglob("*.yaml"):
        for document in yaml.load_all(path.read_bytes(), Loader=yaml.CSafeLoader):
            before = fullest.get(document["kind"], {})
            if BUILT_IN.fullmatch(document["apiVersion"]) and len(str(document)) > len(str(before)):
                fullest[document["kind"]] = document
    return fullest


def swept() -> dict[str, dict[str, Any]]:
    """Return the objects to change field by field: those of dist/, and one of each kind in the table of updates."""
    others: dict[str, dict[str, Any]] = {}
    for update in UPDATES:
        if update.asked and update.before["kind"] not in others:
            others[update.before["kind"]] = copy.deepcopy(update.before)
    # A claim may grow only after it is bound, and no controller binds it here.
    del others["PersistentVolumeClaim"]
    return {**others, **built_in()}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list) and value:
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, key))
    if path and path[0] not in ("apiVersion", "kind") and path not in IDENTITY:
        yield path


def variants(value: Any) -> list[Any]:
    """Return other values for a field, None to remove it: some of them are valid."""
    if isinstance(value, bool):
        return [not value, None]
    if isinstance(value, int):
        return [value + 1, max(value - 1, 0), None]
    if isinstance(value, str):
        number = re.match(r"\d+", value)
        more = [str(int(number[0]) + 1) + value[number.end() :]] if number else []
        others = [
            "Percent",
            "Pods",
            "Disabled",
            "Min",
            "Recreate",
            "NodePort",
            "UDP",
            "Never",
            "IfHealthyBudget",
            "edit",
        ]
        return [f"{value}x", *more, *others, None]
    return [None]


def changed(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    result = copy.deepcopy(document)
    place: Any = result
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return result


@pytest.mark.parametrize("update", [pytest.param(each, id=each.name) for each in UPDATES if each.asked])
def test_api_server_refuses_the_updates_of_the_table(server: Cluster, update: Update) -> None:
    if update.name in ONLY_IN_1_27 and not server.get("/version")["gitVersion"].startswith("v1.27."):
        pytest.skip(ONLY_IN_1_27[update.name])
    name = re.sub(r"[^a-z0-9]+", "-", update.name.lower())
    before, after = copy.deepcopy(update.before), copy.deepcopy(update.after)
    before["metadata"]["name"] = after["metadata"]["name"] = name

    assert apply(server, before) == ""
    why = apply(server, after, dry_run=True)

    assert bool(IMMUTABLE.search(why)) == update.refused, why
    assert bool(why) == update.refused, why


@pytest.mark.parametrize("kind", sorted(swept()))
def test_every_change_of_every_emitted_field_agrees_with_the_api_server(server: Cluster, kind: str) -> None:
    document = swept()[kind]
    namespace = document["metadata"].get("namespace")
    if namespace:
        apply(server, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    assert apply(server, document) == ""
    decided = 0
    for path in leaves(document):
        value: Any = document
        for key in path:
            value = value[key]
        for other in variants(value):
            wanted = changed(document, path, other)
            found = compare([document], [wanted])
            why = apply(server, wanted, dry_run=True)
            # The default of imagePullPolicy depends on the tag: that it is left out is told as a change all the same.
            kept = other is None and path[-1] in (KEPT_BY_ITS_OLDER_NAME, "imagePullPolicy")
            if not found or kept or (why and not IMMUTABLE.search(why)):
                continue
            decided += 1
            ours = found[0].effect in (Effect.RECREATE, Effect.HOOK)

            assert ours == bool(why), (path, other, why)
    assert decided > 3


def everywhere(value: Any, path: tuple[Any, ...], default: object) -> int:
    """Write a default down at all places of its path in a pod, and return their number."""
    if path[0] == "*":
        return sum(everywhere(each, path[1:], default) for each in value)
    if len(path) == 1:
        value[path[0]] = default
        return 1
    return everywhere(value[path[0]], path[1:], default) if path[0] in value else 0


@pytest.mark.parametrize("path", DEFAULTS, ids=".".join)
def test_a_default_that_is_written_down_changes_nothing_on_the_server(server: Cluster, path: tuple[Any, ...]) -> None:
    probe = {"httpGet": {"port": 80}}
    web = {"name": "web", "image": "web:1", "ports": [{"name": "http", "containerPort": 80}]}
    probed = {**web, **{f"{name}Probe": probe for name in ("liveness", "readiness", "startup")}}
    sources = {"secret": {"secretName": "a"}, "configMap": {"name": "a"}, "projected": {"sources": []}}
    volumes = [{"name": name.lower(), name: source} for name, source in sources.items()]
    pod = {"containers": [probed], "initContainers": [{**web, "name": "first"}], "volumes": volumes}
    name = re.sub(r"[^a-z]+", "-", ".".join(path).lower())
    labels = {"app": name}
    spec = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}}
    before = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}
    after = copy.deepcopy(before)
    places = everywhere(after["spec"]["template"]["spec"], path, DEFAULTS[path])  # type: ignore[index]  # a map of maps
    where = f"/apis/apps/v1/namespaces/default/deployments/{name}"

    assert apply(server, before) == ""
    first = server.get(where)
    assert apply(server, after) == ""
    second = server.get(where)

    assert places == 1
    assert second["spec"] == first["spec"]
    assert second["metadata"]["generation"] == 1


def test_live_diff_through_the_real_kubectl(server: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [each for each in built_in().values() if each["kind"] != "Namespace"]
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kubestock-production"}}
    for document in (namespace, *documents):
        apply(server, document)
    monkeypatch.setenv("KUBECONFIG", str(server.folder / "kubeconfig"))
    manifests = tmp_path / "manifests"
    manifests.mkdir()
    (manifests / "all.yaml").write_text(yaml.safe_dump_all(documents))
    live = (
        "diff",
        "--live",
        "--kubectl",
        server.tools / "kubectl",
        "--field-manager",
        "test",
        "--manifests",
        manifests,
    )
    same = kubestock(*live)
    documents = [
        changed(each, ("spec", "template", "spec", "terminationGracePeriodSeconds"), 77)
        if each["kind"] == "Deployment"
        else changed(each, ("roleRef", "name"), "edit")
        if each["kind"] == "RoleBinding"
        else each
        for each in documents
    ]
    (manifests / "all.yaml").write_text(yaml.safe_dump_all(documents))
    different = kubestock(*live)

    assert (same.code, same.out) == (0, f"no change (the live cluster → {manifests})\n"), same.err
    assert different.code == 1
    assert "cannot change roleRef" in different.out
    assert "spec.template.spec.terminationGracePeriodSeconds" in different.out
    assert "2 objects change: 1 immutable: must be recreated, 1 rolls pods" in different.out
