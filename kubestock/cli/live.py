"""Compares manifests with a live cluster, through `kubectl diff --server-side`.

kubectl requests from the API server what each object would be after `apply` (a dry run: nothing is written), writes
the live objects and the merged objects into two folders, and runs the program in KUBECTL_EXTERNAL_DIFF on them. Here,
that program copies the folders.
See https://kubernetes.io/docs/reference/kubectl/generated/kubectl_diff/
"""

import os
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kubestock.changes.change import Comparison, Effect, NotCompared, ObjectChange
from kubestock.changes.compare import compare, most_urgent_first
from kubestock.changes.consequences import consequences
from kubestock.changes.effects import is_hook, is_recreated_hook
from kubestock.changes.hidden import confidential_texts
from kubestock.changes.identity import identity_of
from kubestock.changes.immutable import rules_of
from kubestock.changes.tracking import without_tracking_label
from kubestock.changes.undeclared import with_undeclared
from kubestock.cli.kubectl_errors import Cause, cause_of
from kubestock.cli.undeclared import undeclared_objects
from kubestock.errors import ConfigurationError
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.yaml.reader import read_documents
from kubestock.yaml.writer import to_yaml

_KEEP = """#!/bin/sh
set -e
cp -R "$1" "$KUBESTOCK_DIFF_FOLDER/live"
cp -R "$2" "$KUBESTOCK_DIFF_FOLDER/merged"
"""
_Sides = tuple[list[Any], list[Any]]
"""The live objects, and the merged objects."""

_DIFFERENT = 1
_FAILED = "kubectl diff failed, so nothing is compared; fix the error that it reports:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A cluster, and how to access it.

    Args:
        kubectl: the words of the kubectl command.
        context: the context of the kubeconfig, or None for the current one.
        field_manager: the field manager of the dry run. A field that is no longer in the manifests is removed only if
            this manager owns it.
    """

    kubectl: Sequence[str]
    context: str | None
    field_manager: str

    @property
    def command(self) -> list[str]:
        """The words of the kubectl command, with the context."""
        return [*self.kubectl, *([] if self.context is None else ["--context", self.context])]


@dataclass(slots=True)
class _Result:
    """The result so far."""

    changes: list[ObjectChange] = field(default_factory=list)
    not_compared: list[NotCompared] = field(default_factory=list)

    def add(self, cause: Cause) -> None:
        for each in cause.objects:
            if cause.unknown:
                self.not_compared.append(NotCompared(identity=identity_of(each), why=cause.unknown))
            elif cause.immutable or not is_hook(each):
                self.changes.append(_change(each, cause.immutable))


def compare_live(cluster: Cluster, manifests: Sequence[object]) -> tuple[Comparison, str]:
    """Return what applying the manifests would change in a cluster, and the warnings of kubectl.

    The result includes what is in the cluster but not in the manifests: fields of the same objects, and policies and
    roles in the same namespaces.

    A dry run ends at the first object that the API server rejects. An immutable object is reported as a change. An
    object is skipped if the cluster does not know its kind, if you may not read it, or if its namespace does not exist
    yet. The dry run is then repeated with the other objects. A hook that is not in the cluster is no change: Argo CD
    creates it for each sync, and deletes it.

    Raises:
        ConfigurationError: if kubectl is missing, if it fails for another reason, or if no object can be compared.
    """
    everything = remaining = list(documents.objects(manifests))
    hidden = confidential_texts(remaining)
    result = _Result()
    notes: tuple[str, ...] = ()
    output = ""
    sides: _Sides | None = None
    while remaining:
        output, sides = _dry_run(cluster, remaining)
        if sides is not None:
            differing, notes = _compared(*sides)
            result.changes += with_undeclared(differing, remaining, sides[1], manager=cluster.field_manager)
            break
        cause = cause_of(remaining, output)
        if cause is None:
            raise ConfigurationError(f"{_FAILED}\n{_redacted(hidden, output)}")
        result.add(cause)
        remaining = [each for each in remaining if not any(each is other for other in cause.objects)]
        if not remaining and not result.changes and result.not_compared:
            raise ConfigurationError(f"{_FAILED}\n{_redacted(hidden, output)}")
        output = ""
    notes = (*notes, *undeclared_objects(cluster.command, everything))
    changes = tuple(most_urgent_first(result.changes))
    comparison = Comparison(
        changes=changes,
        not_compared=tuple(result.not_compared),
        notes=notes,
        consequences=consequences(*_whole(everything, sides or ([], []), changes)),
    )
    return comparison, _redacted(hidden, output)


def _whole(manifests: list[Document], sides: _Sides, changes: Iterable[ObjectChange]) -> _Sides:
    """Return all live objects and all merged objects. An object that does not change is as in the manifests."""
    live, merged = ({identity_of(each): each for each in side} for side in sides)
    created = {each.identity for each in changes if each.effect is Effect.CREATED} | (merged.keys() - live.keys())
    named = {identity_of(each): each for each in manifests}
    before = [live.get(name, each) for name, each in named.items() if name not in created or is_hook(each)]
    return before, [merged.get(name, each) for name, each in named.items()]


def _compared(live: list[Any], merged: list[Any]) -> tuple[list[ObjectChange], tuple[str, ...]]:
    live, note = without_tracking_label(live, merged)
    absent = {identity_of(each) for each in merged if is_hook(each)} - {identity_of(each) for each in live}
    changes = compare(live, [each for each in merged if identity_of(each) not in absent])
    return changes, (note,) if note else ()


def _dry_run(cluster: Cluster, manifests: list[Any]) -> tuple[str, _Sides | None]:
    """Return the messages of kubectl, and the live and merged objects, or None if it failed."""
    with tempfile.TemporaryDirectory(prefix="kubestock-") as name:
        folder = Path(name)
        (folder / "manifests.yaml").write_text(to_yaml(manifests), "utf-8")
        keep = folder / "keep"
        keep.write_text(_KEEP, "utf-8")
        keep.chmod(0o700)
        ran = _run(cluster, folder, keep)
        output = ran.stderr.strip()
        live, merged = folder / "live", folder / "merged"
        if ran.returncode <= _DIFFERENT and live.is_dir() and merged.is_dir():
            return output, (_objects(live), _objects(merged))
        if not output or "failed to run" in output:
            raise ConfigurationError(
                f"{cluster.kubectl[0]} diff could not run the program in KUBECTL_EXTERNAL_DIFF, {keep}; "
                "set TMPDIR to a folder whose path has no spaces, and that permits programs to run"
            )
        return output, None


def _run(cluster: Cluster, folder: Path, keep: Path) -> subprocess.CompletedProcess[str]:
    command = [*cluster.command, "diff", "--server-side", "--force-conflicts", "--show-managed-fields"]
    command += ["--field-manager", cluster.field_manager, "--filename", str(folder / "manifests.yaml")]
    environment = {**os.environ, "KUBECTL_EXTERNAL_DIFF": str(keep), "KUBESTOCK_DIFF_FOLDER": str(folder)}
    try:
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # the kubectl that the user names
    except OSError as error:
        raise ConfigurationError(
            f"{cluster.kubectl[0]} cannot be run ({error.strerror}); install kubectl, or name it with --kubectl"
        ) from None


def _objects(folder: Path) -> list[Any]:
    read = [read_documents(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]
    return [document for found in read for document in found if document is not None]


def _change(manifest: Any, why: str) -> ObjectChange:
    """Return the change of an object that the dry run rejected, or whose namespace does not exist yet."""
    group, kind, namespace, name = identity_of(manifest)
    immutable = Effect.HOOK if is_recreated_hook(manifest, manifest) else Effect.RECREATE
    return ObjectChange(
        group=group,
        kind=kind,
        namespace=namespace,
        name=name,
        effect=immutable if why else Effect.CREATED,
        notes=_notes(manifest, immutable, why) if why else (),
    )


def _notes(manifest: Any, effect: Effect, why: str) -> tuple[str, ...]:
    rules = rules_of(manifest)
    recreating = rules.recreating if rules is not None and effect is Effect.RECREATE else ""
    return tuple(filter(None, (f"the API server rejects the change: {why}", recreating)))


def _redacted(hidden: set[str], message: str) -> str:
    for text in sorted(hidden, key=len, reverse=True):
        message = message.replace(text, "***") if text else message
    return message
