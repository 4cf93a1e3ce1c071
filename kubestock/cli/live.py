"""The live cluster, as `kubectl diff --server-side` sees it.

kubectl asks the API server what each object would be after `apply` (a dry run: nothing is written), puts the
objects as they are and as they would be into two folders, and runs the program named in
KUBECTL_EXTERNAL_DIFF on them: here one that keeps the folders for us.
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
from kubestock.cli.alone import in_the_cluster_alone
from kubestock.cli.refusals import Refusal, understood
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
"""Objects as they are, and as they would be."""

_DIFFERENT = 1
_NOTHING = "kubectl diff failed, so nothing is compared; mend what it says:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Which cluster, and how it is asked.

    Args:
        kubectl: the words of the command.
        context: of the kubeconfig; None for its current one.
        field_manager: in whose name the dry run applies: a field that is no longer in the manifests disappears
            only if this manager owns it.
    """

    kubectl: Sequence[str]
    context: str | None
    field_manager: str

    @property
    def command(self) -> list[str]:
        """The words of kubectl, with the context."""
        return [*self.kubectl, *([] if self.context is None else ["--context", self.context])]


@dataclass(slots=True)
class _Found:
    """What is known by now."""

    changes: list[ObjectChange] = field(default_factory=list)
    not_compared: list[NotCompared] = field(default_factory=list)

    def add(self, refusal: Refusal) -> None:
        for each in refusal.objects:
            if refusal.unknown:
                self.not_compared.append(NotCompared(identity=identity_of(each), why=refusal.unknown))
            elif refusal.immutable or not is_hook(each):
                self.changes.append(_change(each, refusal.immutable))


def compare_live(cluster: Cluster, manifests: Sequence[object]) -> tuple[Comparison, str]:
    """Return what applying the manifests would change in a cluster, and what kubectl warned of.

    Of what the manifests do not have, fields of their own objects are found, and policies and roles in their
    namespaces. The dry run ends at the first object that is refused; one that is immutable is told as such, one of a
    kind that the cluster does not know or does not let us read is skipped, and the dry run is repeated without it. So
    it is with the objects of a namespace that is yet to be created. A hook that the cluster lacks is no change: Argo CD
    creates it for each sync, and deletes it.

    Raises:
        ConfigurationError: if kubectl is missing or fails otherwise, with what it says; or if nothing is compared.
    """
    everything = asked = list(documents.objects(manifests))
    hidden = confidential_texts(asked)
    found = _Found()
    notes: tuple[str, ...] = ()
    said = ""
    sides: _Sides | None = None
    while asked:
        said, sides = _dry_run(cluster, asked)
        if sides is not None:
            differing, notes = _compared(*sides)
            found.changes += with_undeclared(differing, asked, sides[1], manager=cluster.field_manager)
            break
        refusal = understood(asked, said)
        if refusal is None:
            raise ConfigurationError(f"{_NOTHING}\n{_without(hidden, said)}")
        found.add(refusal)
        asked = [each for each in asked if not any(each is other for other in refusal.objects)]
        if not asked and not found.changes and found.not_compared:
            raise ConfigurationError(f"{_NOTHING}\n{_without(hidden, said)}")
        said = ""
    notes = (*notes, *in_the_cluster_alone(cluster.command, list(documents.objects(manifests))))
    changes = tuple(most_urgent_first(found.changes))
    comparison = Comparison(
        changes=changes,
        not_compared=tuple(found.not_compared),
        notes=notes,
        consequences=consequences(*_whole(everything, sides or ([], []), changes)),
    )
    return comparison, _without(hidden, said)


def _whole(manifests: list[Document], sides: _Sides, changes: Iterable[ObjectChange]) -> _Sides:
    """Return all objects as they are and as they would be: those that do not differ are as the manifests say."""
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


def _dry_run(cluster: Cluster, asked: list[Any]) -> tuple[str, _Sides | None]:
    """Return what kubectl said, and the objects as they are and as they would be; None if it failed."""
    with tempfile.TemporaryDirectory(prefix="kubestock-") as name:
        folder = Path(name)
        (folder / "manifests.yaml").write_text(to_yaml(asked), "utf-8")
        keep = folder / "keep"
        keep.write_text(_KEEP, "utf-8")
        keep.chmod(0o700)
        ran = _run(cluster, folder, keep)
        said = ran.stderr.strip()
        live, merged = folder / "live", folder / "merged"
        if ran.returncode <= _DIFFERENT and live.is_dir() and merged.is_dir():
            return said, (_objects(live), _objects(merged))
        if not said or "failed to run" in said:
            raise ConfigurationError(
                f"{cluster.kubectl[0]} diff could not run the program in KUBECTL_EXTERNAL_DIFF, {keep}; "
                "let TMPDIR name a folder without spaces in its path, from which programs may be run"
            )
        return said, None


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
    """Return what happens to an object that the dry run refused, or whose namespace does not exist yet."""
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
    return tuple(filter(None, (f"the API server refuses the change: {why}", recreating)))


def _without(hidden: set[str], message: str) -> str:
    for text in sorted(hidden, key=len, reverse=True):
        message = message.replace(text, "***") if text else message
    return message
