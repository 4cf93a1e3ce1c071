"""Rules about the end of hooks."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.sync import phase
from kubestock.checks.finding import Problem, Severity
from kubestock.values import documents
from kubestock.values.sync import DELETE_POLICY

_HELM_DELETE_POLICY = "helm.sh/hook-delete-policy"


@rule(
    "hook-ends",
    title="A hook may never end, or is never deleted",
    severity=Severity.WARNING,
    source="https://argo-cd.readthedocs.io/en/stable/user-guide/resource_hooks/",
    fails="""
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: migrate
          annotations:
            argocd.argoproj.io/hook: PreSync
            argocd.argoproj.io/hook-delete-policy: BeforeHookCreation
        spec:
          template:
            spec: {restartPolicy: Never, containers: [{name: migrate, image: "shop/migrate:1.0"}]}
    """,
    passes="""
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: migrate
          annotations:
            argocd.argoproj.io/hook: PreSync
            argocd.argoproj.io/hook-delete-policy: BeforeHookCreation
        spec:
          activeDeadlineSeconds: 300
          template:
            spec: {restartPolicy: Never, containers: [{name: migrate, image: "shop/migrate:1.0"}]}
    """,
)
def hook_ends(inventory: Inventory) -> Iterator[Problem]:
    """A hook that does not end blocks the sync, and with it all later releases.

    A hook that is not deleted blocks the next hook with the same name.
    """
    for workload in inventory.workloads:
        hook = workload.document
        if not phase(hook):
            continue
        if workload.kind not in ("Job", "Pod"):
            yield workload.problem("is a hook and never ends", fix="make it a Job", field=("kind",))
        elif documents.whole(hook, "spec", "activeDeadlineSeconds") is None:
            yield workload.problem(
                "is a hook without activeDeadlineSeconds", fix="set the longest time that it may run", field=("spec",)
            )
        if not documents.annotation(hook, DELETE_POLICY) and not documents.annotation(hook, _HELM_DELETE_POLICY):
            yield workload.problem(
                f"is a hook without {DELETE_POLICY}", fix="set when it is deleted", field=("metadata", "annotations")
            )
