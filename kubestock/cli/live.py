"""The live cluster, as `kubectl diff --server-side` sees it.

kubectl asks the API server what each object would be after `apply` (a dry run: nothing is written), puts the
objects as they are and as they would be into two folders, and runs the program named in
KUBECTL_EXTERNAL_DIFF on them: here one that keeps the folders for us.
See https://kubernetes.io/docs/reference/kubectl/generated/kubectl_diff/
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kubestock.changes.change import Effect, ObjectChange
from kubestock.changes.compare import compare
from kubestock.changes.effects import is_recreated_hook
from kubestock.changes.hidden import confidential_texts
from kubestock.cli.manifests import read_documents
from kubestock.errors import ConfigurationError
from kubestock.values import documents

_KEEP = """#!/bin/sh
set -e
cp -R "$1" "$KUBESTOCK_DIFF_FOLDER/live"
cp -R "$2" "$KUBESTOCK_DIFF_FOLDER/merged"
"""
_DIFFERENT = 1
_REFUSED = re.compile(r'^The (?P<kind>\w+) "(?P<name>[^"]+)" is invalid: (?P<why>.*)', re.MULTILINE | re.DOTALL)
_NO_NAMESPACE = re.compile(r'namespaces "(?P<name>[^"]+)" not found')
_IMMUTABLE = re.compile(
    r"immutable|cannot change|(may|can) ?not (be )?(change|unset|less)|updates to .* (are )?forbidden|in tandem",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Which cluster, and how it is asked.

    Args:
        kubectl: the command.
        context: of the kubeconfig; None for its current one.
        field_manager: in whose name the dry run applies: a field that is no longer in the manifests disappears
            only if this manager owns it.
    """

    kubectl: str
    context: str | None
    field_manager: str


def compare_live(cluster: Cluster, manifests: Sequence[object]) -> tuple[list[ObjectChange], str]:
    """Return what applying the manifests would change in a cluster, and what kubectl warned of.

    What is in the cluster and not in the manifests is not found. The dry run ends at the first object that is
    refused; one that is immutable is told as such, and the others are asked again without it. So it is with the
    objects of a namespace that is yet to be created.

    Raises:
        ConfigurationError: if kubectl is missing or fails otherwise, with what it says.
    """
    asked = list(documents.objects(manifests))
    hidden = confidential_texts(asked)
    told: list[ObjectChange] = []
    said = ""
    changes: list[ObjectChange] = []
    while asked:
        message, sides = _dry_run(cluster, asked)
        said = _without(hidden, message.strip())
        if sides is not None:
            changes = compare(*sides)
            break
        understood, why = _refused(asked, said)
        if not understood:
            raise ConfigurationError(f"kubectl diff failed, so nothing is compared; mend what it says:\n{said}")
        told += [_change(each, why) for each in understood]
        asked = [each for each in asked if not any(each is other for other in understood)]
        said = ""
    return sorted([*told, *changes], key=lambda change: change.effect.urgency), said


def _dry_run(cluster: Cluster, asked: list[Any]) -> tuple[str, tuple[list[Any], list[Any]] | None]:
    """Return what kubectl said, and the objects as they are and as they would be; None if it failed."""
    with tempfile.TemporaryDirectory(prefix="kubestock-") as name:
        folder = Path(name)
        (folder / "manifests.yaml").write_text(yaml.safe_dump_all(asked), "utf-8")
        keep = folder / "keep"
        keep.write_text(_KEEP, "utf-8")
        keep.chmod(0o700)
        ran = _run(cluster, folder, keep)
        live, merged = folder / "live", folder / "merged"
        if ran.returncode <= _DIFFERENT and live.is_dir() and merged.is_dir():
            return ran.stderr, (_objects(live), _objects(merged))
        if not ran.stderr or "failed to run" in ran.stderr:
            raise ConfigurationError(
                f"{cluster.kubectl} diff could not run the program in KUBECTL_EXTERNAL_DIFF, {keep}; "
                "let TMPDIR name a folder without spaces in its path, from which programs may be run"
            )
        return ran.stderr, None


def _run(cluster: Cluster, folder: Path, keep: Path) -> subprocess.CompletedProcess[str]:
    context = [] if cluster.context is None else ["--context", cluster.context]
    command = [cluster.kubectl, "diff", *context, "--server-side", "--force-conflicts"]
    command += ["--field-manager", cluster.field_manager, "--filename", str(folder / "manifests.yaml")]
    environment = {**os.environ, "KUBECTL_EXTERNAL_DIFF": str(keep), "KUBESTOCK_DIFF_FOLDER": str(folder)}
    try:
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # the kubectl that the user names
    except OSError as error:
        raise ConfigurationError(
            f"{cluster.kubectl} cannot be run ({error.strerror}); install kubectl, or name it with --kubectl"
        ) from None


def _objects(folder: Path) -> list[Any]:
    return [document for path in sorted(folder.iterdir()) for document in read_documents(path.name, path.read_bytes())]


def _refused(asked: list[Any], said: str) -> tuple[list[Any], str]:
    """Return the objects that explain a failure, with the server's reason if they must be recreated."""
    missing = _NO_NAMESPACE.search(said)
    if missing is not None and _of(asked, "Namespace", missing["name"]):
        return [each for each in asked if documents.namespace(each) == missing["name"]], ""
    found = _REFUSED.search(said)
    if found is None or not _IMMUTABLE.search(found["why"]):
        return [], ""
    return _of(asked, found["kind"], found["name"])[:1], found["why"]


def _of(asked: list[Any], kind: str, name: str) -> list[Any]:
    return [each for each in asked if documents.text(each, "kind") == kind and documents.name(each) == name]


def _change(manifest: Any, why: str) -> ObjectChange:
    """Return what happens to an object that the dry run refused, or whose namespace does not exist yet."""
    immutable = Effect.HOOK if is_recreated_hook(manifest, manifest) else Effect.RECREATE
    return ObjectChange(
        group=documents.group(manifest),
        kind=documents.text(manifest, "kind"),
        namespace=documents.namespace(manifest),
        name=documents.name(manifest),
        effect=immutable if why else Effect.CREATED,
        notes=(f"the API server refuses the change: {' '.join(why.split())}",) if why else (),
    )


def _without(hidden: set[str], message: str) -> str:
    for text in sorted(hidden, key=len, reverse=True):
        message = message.replace(text, "***") if text else message
    return message
