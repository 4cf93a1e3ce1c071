"""The label that Argo CD writes to every object that it syncs, and that no manifest has.

See https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/
"""

from collections.abc import Sequence
from typing import Any

from kubestock.changes.identity import identity_of
from kubestock.values import documents

ANNOTATIONS = frozenset({"argocd.argoproj.io/installation-id", "argocd.argoproj.io/tracking-id"})
LABEL = "app.kubernetes.io/instance"
_SEVERAL = 2
_PATH = ("metadata", "labels", LABEL)


def without_tracking_label(
    live: Sequence[dict[str, Any]], wanted: Sequence[dict[str, Any]]
) -> tuple[list[dict[str, Any]], str]:
    """Return the objects of a cluster with the label of their manifest if Argo CD tracks by it, and a note about that.

    Argo CD then writes the name of its Application to the label. This is recognized if the cluster has one value where
    the manifests have several. A single label that differs from its manifest is a change like any other.
    """
    own = {identity_of(each): documents.text(each, *_PATH) for each in wanted}
    differing: dict[str, set[str]] = {}
    for each in live:
        found, asked = documents.text(each, *_PATH), own.get(identity_of(each))
        if asked is not None and found and found != asked:
            differing.setdefault(found, set()).add(asked)
    names = {name for name, asked in differing.items() if len(asked) >= _SEVERAL}
    if not names:
        return list(live), ""
    value = ", ".join(sorted(names))
    return [_with_own(each, names, own.get(identity_of(each))) for each in live], (
        f"Argo CD tracks these objects by label: {LABEL} is {value} in the cluster, and is not compared"
    )


def _with_own(manifest: dict[str, Any], names: set[str], own: str | None) -> dict[str, Any]:
    if own is None or documents.text(manifest, *_PATH) not in names:
        return manifest
    labels = {key: value for key, value in documents.mapping(manifest, "metadata", "labels").items() if key != LABEL}
    return {**manifest, "metadata": {**manifest["metadata"], "labels": {**labels, **({LABEL: own} if own else {})}}}
