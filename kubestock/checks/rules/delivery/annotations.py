"""Rules about the spelling of annotations for Argo CD and Helm."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.sync import DELETE_POLICY, HOOK, WAVE

_ARGO, _HELM = "argocd.argoproj.io/", "helm.sh/"
_HELM_WEIGHT = "helm.sh/hook-weight"
_OPTIONS = "argocd.argoproj.io/sync-options"
_KNOWN = (HOOK, DELETE_POLICY, WAVE, _OPTIONS, "argocd.argoproj.io/compare-options")
_OF_HELM = ("helm.sh/hook", _HELM_WEIGHT, "helm.sh/hook-delete-policy", "helm.sh/resource-policy")
_OTHERS = frozenset(
    {
        *_KNOWN,
        *_OF_HELM,
        "argocd.argoproj.io/hydrate",
        "argocd.argoproj.io/ignore-healthcheck",
        "argocd.argoproj.io/refresh",
        "argocd.argoproj.io/skip-reconcile",
        "helm.sh/chart",
        "helm.sh/hook-output-log-policy",
    }
)
_VALUES: Mapping[str, frozenset[str]] = {
    HOOK: frozenset({"PreSync", "Sync", "PostSync", "SyncFail", "Skip", "PreDelete", "PostDelete"}),
    DELETE_POLICY: frozenset({"HookSucceeded", "HookFailed", "BeforeHookCreation"}),
    "helm.sh/hook": frozenset(
        {
            "crd-install",
            "post-delete",
            "post-install",
            "post-rollback",
            "post-upgrade",
            "pre-delete",
            "pre-install",
            "pre-rollback",
            "pre-upgrade",
            "test",
            "test-failure",
            "test-success",
        }
    ),
    "helm.sh/hook-delete-policy": frozenset({"before-hook-creation", "hook-succeeded", "hook-failed"}),
}
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
_OPTION_NAMES = frozenset(
    {
        "ApplyOutOfSyncOnly",
        "ClientSideApplyMigration",
        "CreateNamespace",
        "Delete",
        "FailOnSharedResource",
        "Force",
        "IgnoreExtraneous",
        "Prune",
        "PruneLast",
        "PrunePropagationPolicy",
        "Replace",
        "RespectIgnoreDifferences",
        "ServerSideApply",
        "ServerSideDiff",
        "SkipDryRunOnMissingResource",
        "SkipSchemaValidation",
        "Validate",
    }
)


@rule(
    "unknown-hook",
    title="A hook has an unknown phase or delete policy",
    source="https://argo-cd.readthedocs.io/en/stable/user-guide/resource_hooks/",
    fails="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders, annotations: {argocd.argoproj.io/hook: Presync}}
    """,
    passes="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders, annotations: {argocd.argoproj.io/hook: PreSync}}
    """,
)
def unknown_hook(inventory: Inventory) -> Iterator[Problem]:
    """An object with an unknown phase is applied with all others, or never.

    An object with an unknown delete policy is never deleted.
    """
    for document in inventory.objects:
        for name, known in _VALUES.items():
            for value in filter(None, map(str.strip, documents.annotation(document, name).split(","))):
                if value not in known:
                    yield _problem(document, name, repr(value), f"write one of {', '.join(sorted(known))}")


@rule(
    "unknown-wave",
    title="A wave is not a whole number",
    source="https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/",
    fails="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders, annotations: {argocd.argoproj.io/sync-wave: first}}
    """,
    passes="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders, annotations: {argocd.argoproj.io/sync-wave: "-1"}}
    """,
)
def unknown_wave(inventory: Inventory) -> Iterator[Problem]:
    """A wave that is not a whole number counts as wave 0, so the object is applied with those that have no wave."""
    for document in inventory.objects:
        for name in (WAVE, _HELM_WEIGHT):
            value = documents.annotation(document, name)
            if value and not _WHOLE.fullmatch(value):
                yield _problem(document, name, repr(value), "write a whole number in quotes")


@rule(
    "unknown-sync-annotation",
    title="An annotation or an option of Argo CD or Helm does not exist",
    source="https://argo-cd.readthedocs.io/en/stable/user-guide/annotations-and-labels/",
    fails="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders, annotations: {argocd.argoproj.io/syncwave: "1"}}
    """,
    passes="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders, annotations: {argocd.argoproj.io/sync-wave: "1"}}
    """,
)
def unknown_sync_annotation(inventory: Inventory) -> Iterator[Problem]:
    """Argo CD and Helm ignore annotations that they do not know, and labels with the name of an annotation."""
    for document in inventory.objects:
        metadata = documents.mapping(document, "metadata")
        for name in documents.mapping(metadata, "annotations"):
            intended = _intended(name)
            if intended:
                message = f"has the annotation {name}, which does not exist in Argo CD or Helm"
                yield Problem(document, message, fix=f"write {intended}", field=("metadata", "annotations", name))
        for name in documents.mapping(metadata, "labels"):
            if name in _KNOWN:
                message = f"has {name} as a label, but Argo CD reads only the annotation"
                yield Problem(document, message, fix="make it an annotation", field=("metadata", "labels", name))
        for option in filter(None, map(str.strip, documents.annotation(document, _OPTIONS).split(","))):
            if option.partition("=")[0] not in _OPTION_NAMES:
                close = get_close_matches(option.partition("=")[0], sorted(_OPTION_NAMES), n=1)
                fix = f"write {close[0]}" if close else f"write one of {', '.join(sorted(_OPTION_NAMES))}"
                yield _problem(document, _OPTIONS, repr(option), fix)


def _intended(name: str) -> str:
    """Return the annotation that is similar to a misspelled one, or an empty text if no annotation is similar."""
    if "/" not in name or name in _OTHERS:
        return ""
    prefix = name.partition("/")[0] + "/"
    if prefix not in (_ARGO, _HELM) and not get_close_matches(prefix, [_ARGO, _HELM], cutoff=0.8):
        return ""
    known = _OF_HELM if prefix.startswith("helm") else _KNOWN
    return next(iter(get_close_matches(name, known, n=1, cutoff=0.9)), "")


def _problem(document: Document, name: str, value: str, fix: str) -> Problem:
    return Problem(
        document, f"has {name}: {value}, which does not exist", fix=fix, field=("metadata", "annotations", name)
    )
