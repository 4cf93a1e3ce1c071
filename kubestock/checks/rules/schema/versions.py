"""Whether the API server has the kinds, in the versions that are named."""

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
    title="The API server has no such kind",
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
    """The API server answers `no matches for kind`, and Argo CD syncs nothing at all."""
    for document in inventory.objects:
        version, kind = documents.text(document, "apiVersion"), documents.text(document, "kind")
        if not version and not kind:
            continue
        if not version or not kind:
            lacking = "kind" if version else "apiVersion"
            yield Problem(document, f"{lacking} is missing", fix="add it")
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
    title="The API server no longer has a version of a kind",
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
    """What was applied before an upgrade of the cluster lives on, and can no longer be changed or made again."""
    for document in inventory.objects:
        version, kind = documents.text(document, "apiVersion"), documents.text(document, "kind")
        removal = REMOVED.get((version, kind))
        if removal is not None and not _is_before(inventory.release, removal.release):
            yield Problem(
                document,
                f"{version} {kind} was removed in Kubernetes {removal.release}",
                fix=f"write it for {removal.replacement}" if removal.replacement else "take it out",
                field=("apiVersion",),
            )


def _is_own(version: str, kind: str) -> bool:
    """Whether the API server alone decides which kinds there are: a CRD has a group with a dot."""
    group, _, name = version.rpartition("/")
    unstable = "alpha" in name or "beta" in name
    if "." not in group:
        # Files of programs, such as skaffold/v3, are no objects.
        return kind in SERVED or (group in _GROUPS and (not unstable or not group))
    return group in _GROUPS and not unstable


def _is_before(release: str, removal: str) -> bool:
    try:
        return bool(release) and tuple(map(int, release.split(".")[:2])) < tuple(map(int, removal.split(".")))
    except ValueError:
        return False
