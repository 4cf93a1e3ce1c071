"""Rules about the kinds and versions of objects."""

from collections.abc import Iterator
from difflib import get_close_matches

from kubestock.checks.definition import rule
from kubestock.checks.facts.apis import REMOVED, SERVED, STABLE
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem
from kubestock.values import documents

_GROUPS = frozenset(each.rpartition("/")[0] for each in STABLE)


@rule(
    "api-version",
    title="The API server does not have this kind in this version",
    source="https://kubernetes.io/docs/reference/kubernetes-api/",
    fails="""
        apiVersion: v1
        kind: PodDisruptionBudget
        metadata: {name: orders}
        spec: {maxUnavailable: 1, selector: {matchLabels: {app: orders}}}
    """,
    passes="""
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: orders}
        spec: {maxUnavailable: 1, selector: {matchLabels: {app: orders}}}
    """,
)
def api_version(inventory: Inventory) -> Iterator[Problem]:
    """The API server answers `no matches for kind`, and the sync of Argo CD fails for all objects."""
    for document in inventory.objects:
        version, kind = documents.text(document, "apiVersion"), documents.text(document, "kind")
        if not version and not kind:
            continue
        if not version or not kind:
            missing = "kind" if version else "apiVersion"
            yield Problem(document, f"{missing} is missing", fix="add it")
        elif (version, kind) not in REMOVED and kind not in STABLE.get(version, ()) and _is_own(version, kind):
            known = SERVED.get(kind)
            near = get_close_matches(kind, STABLE.get(version, SERVED), n=1)
            yield Problem(
                document,
                f"the API server has no {kind} in {version}",
                fix=f"write apiVersion: {known[-1]}" if known else f"write kind: {near[0]}" if near else "correct it",
                field=("apiVersion",) if known else ("kind",),
            )


@rule(
    "removed-api",
    title="An object has a removed API version",
    source="https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
    fails="""
        apiVersion: batch/v1beta1
        kind: CronJob
        metadata: {name: reports}
        spec:
          schedule: "0 3 * * *"
          jobTemplate:
            spec:
              template: {spec: {restartPolicy: Never, containers: [{name: reports, image: "shop/reports:1.0"}]}}
    """,
    passes="""
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: reports}
        spec:
          schedule: "0 3 * * *"
          jobTemplate:
            spec:
              template: {spec: {restartPolicy: Never, containers: [{name: reports, image: "shop/reports:1.0"}]}}
    """,
)
def removed_api(inventory: Inventory) -> Iterator[Problem]:
    """Such an object can no longer be created or changed.

    An object that exists before the upgrade of the cluster stays.
    """
    for document in inventory.objects:
        version, kind = documents.text(document, "apiVersion"), documents.text(document, "kind")
        removal = REMOVED.get((version, kind))
        if removal is not None and not _is_before(inventory.release, removal.release):
            yield Problem(
                document,
                f"{version} {kind} was removed in Kubernetes {removal.release}",
                fix=f"migrate it to {removal.replacement}" if removal.replacement else "remove it",
                field=("apiVersion",),
            )


def _is_own(version: str, kind: str) -> bool:
    """Whether the API server itself defines the kinds of a group, so that no CRD can define others."""
    group, _, name = version.rpartition("/")
    unstable = "alpha" in name or "beta" in name
    if "." not in group:
        # Files of tools, such as skaffold/v3, are not Kubernetes objects.
        return kind in SERVED or (group in _GROUPS and (not unstable or not group))
    return group in _GROUPS and not unstable


def _is_before(release: str, removal: str) -> bool:
    try:
        return bool(release) and tuple(map(int, release.split(".")[:2])) < tuple(map(int, removal.split(".")))
    except ValueError:
        return False
