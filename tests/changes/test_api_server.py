"""The table of immutable fields against the API server itself.

Skipped unless KUBE_APISERVER and ETCD name the programs, of any release from 1.27.
"""

import copy
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from apiserver import ApiServer, started
from commandline import kubestock
from updates import UPDATES, Update

from kubestock.changes.change import Effect
from kubestock.changes.compare import compare

DIST = Path(__file__).parent.parent.parent / "dist"
APISERVER, ETCD = (os.environ.get(name, "") for name in ("KUBE_APISERVER", "ETCD"))
IMMUTABLE = re.compile(
    r"immutable|cannot change|may not (be )?change|can ?not be (unset|less)|updates to .* forbidden|in tandem"
)
BUILT_IN = re.compile(r"v1|(apps|batch|policy|autoscaling)/v\d|[a-z.]+\.k8s\.io/v1")
IDENTITY = {("metadata",), ("metadata", "name"), ("metadata", "namespace")}
pytestmark = pytest.mark.skipif(not (APISERVER and ETCD), reason="KUBE_APISERVER and ETCD name no programs")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    with started(APISERVER, ETCD, tmp_path_factory.mktemp("apiserver")) as found:
        yield found


def built_in() -> dict[str, dict[str, Any]]:
    """Return one object of every built-in kind in dist/, the fullest."""
    fullest: dict[str, dict[str, Any]] = {}
    for path in DIST.rglob("*.yaml"):
        for document in yaml.load_all(path.read_bytes(), Loader=yaml.CSafeLoader):
            before = fullest.get(document["kind"], {})
            if BUILT_IN.fullmatch(document["apiVersion"]) and len(str(document)) > len(str(before)):
                fullest[document["kind"]] = document
    return fullest


def swept() -> dict[str, dict[str, Any]]:
    """Return what is changed field by field: what we emit, and an object of each kind in the table of updates."""
    others: dict[str, dict[str, Any]] = {}
    for update in UPDATES:
        if update.asked and update.before["kind"] not in others:
            others[update.before["kind"]] = copy.deepcopy(update.before)
    # A claim may grow once it is bound, and nobody binds it here.
    del others["PersistentVolumeClaim"]
    return {**others, **built_in()}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list) and value:
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, key))
    if path and path[0] not in ("apiVersion", "kind") and path not in IDENTITY:
        yield path


def variants(value: Any) -> list[Any]:
    """Return other values for a field, None to take it away: some of them are valid."""
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
def test_api_server_refuses_what_the_table_says(server: ApiServer, update: Update) -> None:
    name = re.sub(r"[^a-z0-9]+", "-", update.name.lower())
    before, after = copy.deepcopy(update.before), copy.deepcopy(update.after)
    before["metadata"]["name"] = after["metadata"]["name"] = name

    assert server.apply(before) == ""
    why = server.apply(after, dry_run=True)

    assert bool(IMMUTABLE.search(why)) == update.refused, why
    assert bool(why) == update.refused, why


@pytest.mark.parametrize("kind", sorted(swept()))
def test_every_change_of_every_field_that_we_emit_is_judged_as_the_api_server_does(
    server: ApiServer, kind: str
) -> None:
    document = swept()[kind]
    namespace = document["metadata"].get("namespace")
    if namespace:
        server.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    assert server.apply(document) == ""
    decided = 0
    for path in leaves(document):
        value: Any = document
        for key in path:
            value = value[key]
        for other in variants(value):
            wanted = changed(document, path, other)
            found = compare([document], [wanted])
            why = server.apply(wanted, dry_run=True)
            if not found or (why and not IMMUTABLE.search(why)):
                continue
            decided += 1
            ours = found[0].effect is Effect.RECREATE

            assert ours == bool(why), (path, other, why)
    assert decided > 3


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="there is no kubectl")
def test_live_diff_through_the_real_kubectl(server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [each for each in built_in().values() if each["kind"] != "Namespace"]
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kubestock-production"}}
    for document in (namespace, *documents):
        server.apply(document)
    (tmp_path / "config").write_text(server.kubeconfig())
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    manifests = tmp_path / "manifests"
    manifests.mkdir()
    (manifests / "all.yaml").write_text(yaml.safe_dump_all(documents))
    live = ("diff", "--live", "--field-manager", "test", "--manifests", manifests)
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
