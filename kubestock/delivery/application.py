"""The Application of Argo CD: the folder of a repository that it syncs, and the namespace that it syncs to."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from constructs import Construct

from kubestock.delivery.project import CLUSTER, ArgoProject, Manifests, repository_address, shipped
from kubestock.delivery.versions import least_versions
from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import argoproj
from kubestock.kube.objects import KubeObject, head, meta
from kubestock.kube.tree import Group
from kubestock.values import documents, names
from kubestock.values.labels import Labels, annotation_map
from kubestock.values.numbers import seconds, whole
from kubestock.values.value import Value, checked

_NOTIFY = "notifications.argoproj.io/subscribe."
_OPTIONS = (
    "ServerSideApply=true",  # leaves fields of other managers, such as replicas, to them
    "PruneLast=true",  # deletes what Git no longer has, after everything new is healthy
    "CreateNamespace=false",  # the chart has a Namespace with labels
    "FailOnSharedResource=true",  # two Applications with the same object would overwrite each other
)
_COMPARE = {"argocd.argoproj.io/compare-options": "ServerSideDiff=true"}
"""Compares the manifests as the API server would apply them. Argo CD does so by default from 3.6 on."""


class ApplicationSource(Value):
    """The folder of a Git repository that has the manifests.

    Args:
        repo_url: the address of the Git repository.
        path: the path of the folder.
        include: a pattern for the files of the folder. Defaults to every file.
        target_revision: branch, tag or commit. Defaults to main.
    """

    repo_url: str
    path: str = "dist"
    include: str | None = None
    target_revision: str = "main"

    def check(self) -> None:
        repository_address(self.repo_url)
        if not self.path or self.path.startswith("/") or ".." in self.path.split("/"):
            raise ConfigurationError(f"path must be a folder within the repository, got {self.path!r}")
        if not self.target_revision:
            raise ConfigurationError("target_revision must name a branch, a tag or a commit, got an empty string")


class Retry(Value):
    """How Argo CD retries a failed sync.

    Args:
        limit: the maximum number of retries. Defaults to 3.
        duration_seconds: the delay before the first retry. Defaults to 10.
        factor: each later delay is the previous one times this number. Defaults to 2.
        max_duration_seconds: the maximum delay. Defaults to 180.
    """

    limit: int = 3
    duration_seconds: int = 10
    factor: int = 2
    max_duration_seconds: int = 180

    def check(self) -> None:
        whole("limit", self.limit, minimum=0)
        seconds("duration_seconds", self.duration_seconds, minimum=1)
        whole("factor", self.factor, minimum=1)
        seconds("max_duration_seconds", self.max_duration_seconds, minimum=self.duration_seconds)


class Notifications(Value):
    """Notifications of Argo CD: for each trigger, such as on-sync-failed, the services that it notifies.

    Args:
        subscriptions: by trigger: each service, such as slack, with its recipients.
    """

    subscriptions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def annotations(self) -> dict[str, str]:
        """Return the annotations that subscribe the recipients."""
        found = {
            f"{_NOTIFY}{trigger}.{service}": recipients
            for trigger, services in self.subscriptions.items()
            for service, recipients in services.items()
        }
        return annotation_map("subscriptions", found)


class ArgoApplication(Group):
    """An Application without automated sync: a person starts every sync.

    The Application has no finalizer: if it is deleted, the product keeps running. Argo CD compares by server-side diff,
    and the page of the Application shows the least versions of the programs that the manifests need.

    Args:
        scope: a chart other than the one that is shipped.
        id: the id of the construct.
        name: the name of the Application.
        project: the AppProject that limits the Application.
        source: the folder of the manifests.
        manifests: the manifests that are shipped; the sync leaves the replicas of workloads with an autoscaler alone.
        destination: the namespace that the manifests are applied to.
        labels: labels of the owner.
        namespace: the namespace of Argo CD. Defaults to argocd.
        retry: how Argo CD retries a failed sync.
        notifications: the subscriptions to notifications. Defaults to none.
        revision_history_limit: the number of revisions to which Argo CD can roll back. Defaults to 10.

    See https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        project: ArgoProject,
        source: ApplicationSource,
        manifests: Manifests,
        destination: str,
        labels: Labels,
        namespace: str = "argocd",
        retry: Retry = Retry(),
        notifications: Notifications = Notifications(),
        revision_history_limit: int = 10,
    ) -> None:
        names.dns_subdomain("name of the application", name)
        whole("revision_history_limit", revision_history_limit, minimum=1)
        super().__init__(scope, id)
        annotations = {**_COMPARE, **notifications.annotations()}
        metadata = meta(name, labels.metadata, annotations, namespace)
        known = head("argoproj.io/v1alpha1", "Application", metadata)
        source_of = argoproj.ApplicationSpecSource(
            repo_url=source.repo_url,
            path=source.path,
            target_revision=source.target_revision,
            directory=argoproj.ApplicationSpecSourceDirectory(include=source.include) if source.include else None,
        )

        def body() -> dict[str, Any]:
            spec = argoproj.ApplicationSpec(
                project=project.name,
                destination=argoproj.ApplicationSpecDestination(server=CLUSTER, namespace=destination),
                source=source_of,
                sync_policy=argoproj.ApplicationSpecSyncPolicy(sync_options=list(_OPTIONS), retry=_retry(retry)),
                ignore_differences=_scaled(shipped(manifests)) or None,
                info=_needs(shipped(manifests)),
                revision_history_limit=revision_history_limit,
            )
            return {"spec": spec}

        self.object = KubeObject(self, "Application", manifest=known, body=body)


def _needs(manifests: Iterable[Mapping[str, Any]]) -> list[argoproj.ApplicationSpecInfo]:
    return [
        argoproj.ApplicationSpecInfo(name=f"Needs {program}", value=f"{version} or later")
        for program, version in least_versions(manifests).items()
    ]


def _retry(retry: Retry) -> argoproj.ApplicationSpecSyncPolicyRetry:
    backoff = argoproj.ApplicationSpecSyncPolicyRetryBackoff(
        duration=f"{retry.duration_seconds}s", factor=retry.factor, max_duration=f"{retry.max_duration_seconds}s"
    )
    return argoproj.ApplicationSpecSyncPolicyRetry(limit=retry.limit, backoff=backoff)


def _scaled(manifests: Iterable[Mapping[str, Any]]) -> list[argoproj.ApplicationSpecIgnoreDifferences]:
    """Return an ignored difference for each workload with an autoscaler: the autoscaler sets the number of replicas."""
    found = []
    for each in manifests:
        if each["kind"] != "HorizontalPodAutoscaler":
            continue
        target = documents.mapping(each, "spec", "scaleTargetRef")
        found.append(
            argoproj.ApplicationSpecIgnoreDifferences(
                group=documents.text(target, "apiVersion").partition("/")[0],
                kind=documents.text(target, "kind"),
                name=documents.text(target, "name"),
                namespace=each["metadata"].get("namespace"),
                json_pointers=["/spec/replicas"],
            )
        )
    return found
