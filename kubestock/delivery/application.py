"""What Argo CD watches: a folder of a repository, and the namespace that should look like it."""

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
    "ServerSideApply=true",  # fields that others own, such as replicas, stay theirs
    "PruneLast=true",  # what is no longer in Git goes when everything new is healthy
    "CreateNamespace=false",  # the chart has its Namespace, with its labels
    "FailOnSharedResource=true",  # two Applications that hold one object would take turns
)
_COMPARE = {"argocd.argoproj.io/compare-options": "ServerSideDiff=true"}
"""Compares what the API server would make of the manifests, as a sync does; before 3.6 it is not the default."""


class Source(Value):
    """Where the manifests are.

    Args:
        repository: of Git.
        path: of the folder.
        include: the files in it. Defaults to every file.
        revision: branch, tag or commit. Defaults to main.
    """

    repository: str
    path: str = "dist"
    include: str | None = None
    revision: str = "main"

    def check(self) -> None:
        repository_address(self.repository)
        if not self.path or self.path.startswith("/") or ".." in self.path.split("/"):
            raise ConfigurationError(f"path must be a folder within the repository, got {self.path!r}")
        if not self.revision:
            raise ConfigurationError("revision must name a branch, a tag or a commit, got an empty text")


class Retry(Value):
    """How often a sync that failed is tried again, in seconds between: first, twice that, and so on up to `longest`."""

    limit: int = 3
    first: int = 10
    factor: int = 2
    longest: int = 180

    def check(self) -> None:
        whole("limit", self.limit, minimum=0)
        seconds("first", self.first, minimum=1)
        whole("factor", self.factor, minimum=1)
        seconds("longest", self.longest, minimum=self.first)


class Notifications(Value):
    """Who hears of what: triggers of Argo CD notifications, such as on-sync-failed, and for each its services.

    Args:
        subscriptions: of a trigger: a service such as slack, and the recipients there.
    """

    subscriptions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def annotations(self) -> dict[str, str]:
        """Return the annotations that subscribe."""
        found = {
            f"{_NOTIFY}{trigger}.{service}": recipients
            for trigger, services in self.subscriptions.items()
            for service, recipients in services.items()
        }
        return annotation_map("subscriptions", found)


class ArgoApplication(Group):
    """An Application that a person syncs: nothing is applied by itself.

    It has no finalizer: who deletes the Application leaves the product running. Argo CD compares by server-side diff,
    and the Application's page shows the least versions of what the manifests need.

    Args:
        scope: a chart of its own, and not the one that is shipped.
        id: of the construct.
        name: of the Application.
        project: what it may do.
        source: where the manifests are.
        manifests: what is shipped; workloads with an autoscaler in them keep their number of pods.
        destination: the namespace.
        labels: whose it is.
        namespace: where Argo CD is. Defaults to argocd.
        retry: of a sync that failed.
        notifications: Defaults to none.
        kept_revisions: to which one can go back in Argo CD. Defaults to 10.

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
        source: Source,
        manifests: Manifests,
        destination: str,
        labels: Labels,
        namespace: str = "argocd",
        retry: Retry = Retry(),
        notifications: Notifications = Notifications(),
        kept_revisions: int = 10,
    ) -> None:
        names.dns_subdomain("name of the application", name)
        whole("kept_revisions", kept_revisions, minimum=1)
        super().__init__(scope, id)
        annotations = {**_COMPARE, **notifications.annotations()}
        metadata = meta(name, labels.metadata, annotations, namespace)
        known = head("argoproj.io/v1alpha1", "Application", metadata)
        source_of = argoproj.ApplicationSpecSource(
            repo_url=source.repository,
            path=source.path,
            target_revision=source.revision,
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
                revision_history_limit=kept_revisions,
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
        duration=f"{retry.first}s", factor=retry.factor, max_duration=f"{retry.longest}s"
    )
    return argoproj.ApplicationSpecSyncPolicyRetry(limit=retry.limit, backoff=backoff)


def _scaled(manifests: Iterable[Mapping[str, Any]]) -> list[argoproj.ApplicationSpecIgnoreDifferences]:
    """Return one exception for each workload that an autoscaler scales: its number of pods is not Git's to say."""
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
