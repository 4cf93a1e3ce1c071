"""The AppProject of Argo CD, which permits one repository, one namespace, and the kinds of the chart."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from constructs import Construct

from kubestock.delivery.windows import SyncWindow
from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import argoproj
from kubestock.kube.objects import KubeObject, head, meta
from kubestock.kube.tree import Group
from kubestock.values import names
from kubestock.values.kinds import CLUSTER_SCOPED
from kubestock.values.labels import Labels
from kubestock.values.makers import is_left_alone, secret_made_by
from kubestock.values.value import checked

CLUSTER = "https://kubernetes.default.svc"
_ADDRESS = re.compile(r"https://[^/@\s]+/\S+|ssh://[^\s:]+@\S+|git@[^\s:]+:\S+")
_GLOB = re.compile(r"[*?\[\]{}!]")

Kind = tuple[str, str]
"""An API group (an empty string for the core group) and a kind."""

Manifests = Sequence[Mapping[str, Any]] | Callable[[], Sequence[Mapping[str, Any]]]
"""The manifests that are shipped, or a function that returns them when the project is written."""

_MADE: Mapping[Kind, tuple[Kind, ...]] = {
    ("apps", "Deployment"): (("apps", "ReplicaSet"), ("", "Pod")),
    ("apps", "StatefulSet"): (("apps", "ControllerRevision"), ("", "Pod")),
    ("apps", "DaemonSet"): (("apps", "ControllerRevision"), ("", "Pod")),
    ("batch", "Job"): (("", "Pod"),),
    ("batch", "CronJob"): (("batch", "Job"), ("", "Pod")),
}
"""The kinds that controllers create between a workload and its pods: Argo CD shows nothing below a forbidden kind."""


class ArgoProject(Group):
    """An AppProject that permits only what it names.

    Cluster-scoped objects are permitted by name: an Application of the project cannot write to another Namespace.
    (An Argo CD whose AppProjects do not support names permits every object of the kind.) Pods, and the objects that
    controllers create between a workload and its pods, are permitted as well: otherwise Argo CD shows neither pods nor
    logs.

    Args:
        scope: a chart other than the one that is shipped: an Application must not manage itself.
        id: the id of the construct.
        name: the name of the project.
        repo_url: the only permitted repository.
        manifests: the manifests that are shipped; only their kinds are permitted.
        destination: the only permitted namespace.
        labels: labels of the owner.
        namespace: the namespace of Argo CD. Defaults to argocd.
        kinds: permitted kinds, instead of those of `manifests`. Defaults to none.
        windows: when a sync is allowed. Defaults to always.
        sync_groups: groups that may only view, read logs, sync and roll back. Defaults to none: the policy of Argo CD
            applies.

    Raises:
        ConfigurationError: if `kinds` lacks a kind of the manifests, a manifest is in or is another namespace, or the
            repository is a pattern.

    See https://argo-cd.readthedocs.io/en/stable/user-guide/projects/
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        repo_url: str,
        manifests: Manifests,
        destination: str,
        labels: Labels,
        namespace: str = "argocd",
        kinds: Sequence[Kind] | None = None,
        windows: Sequence[SyncWindow] = (),
        sync_groups: Sequence[str] = (),
    ) -> None:
        names.dns_subdomain("name of the project", name)
        repository_address(repo_url)
        super().__init__(scope, id)
        self.name = name
        self._manifests, self._destination, self._kinds = manifests, destination, kinds
        known = head("argoproj.io/v1alpha1", "AppProject", meta(name, labels.metadata, namespace=namespace))
        roles = [_role(name, sync_groups)] if sync_groups else None
        sync_windows = [_window(each) for each in windows] or None

        def body() -> dict[str, Any]:
            kinds, found = self.kinds, shipped(manifests)
            spec = argoproj.AppProjectSpec(
                description=f"{destination} from {repo_url}",
                source_repos=[repo_url],
                destinations=[argoproj.AppProjectSpecDestinations(server=CLUSTER, namespace=destination)],
                cluster_resource_whitelist=list(_cluster_scoped(kinds, found)),
                namespace_resource_whitelist=[
                    argoproj.AppProjectSpecNamespaceResourceWhitelist(group=group, kind=kind)
                    for group, kind in _with_made(kinds)
                    if kind not in CLUSTER_SCOPED
                ],
                orphaned_resources=_orphans(found),
                roles=roles,
                sync_windows=sync_windows,
            )
            return {"spec": spec}

        self.object = KubeObject(self, "AppProject", manifest=known, body=body)
        if not callable(manifests):
            _ = self.kinds

    @property
    def kinds(self) -> list[Kind]:
        """The kinds that the project permits.

        Raises:
            ConfigurationError: if it lacks a kind that is shipped, or an object is shipped to another namespace.
        """
        found = shipped(self._manifests)
        emitted = emitted_kinds(found)
        _check_namespaces(found, self._destination)
        if self._kinds is None:
            return emitted
        permitted = sorted(set(self._kinds))
        if missing := [each for each in emitted if each not in permitted]:
            raise ConfigurationError(
                f"kinds of project {self.name!r} must permit every kind of the chart, but lack "
                f"{', '.join(_shown(each) for each in missing)}: the sync would fail; add them, or leave kinds out"
            )
        return permitted


def shipped(manifests: Manifests) -> Sequence[Mapping[str, Any]]:
    """Return the manifests that are shipped, as they are at this time."""
    return manifests() if callable(manifests) else manifests


def _with_made(kinds: Iterable[Kind]) -> list[Kind]:
    found = set(kinds)
    return sorted(found.union(*(_MADE.get(each, ()) for each in found)))


def _orphans(manifests: Iterable[Mapping[str, Any]]) -> argoproj.AppProjectSpecOrphanedResources:
    """Warn of objects that are not in Git, except Secrets that a shipped object creates without an ownerReference."""
    made = sorted({secret_made_by(each) for each in manifests if is_left_alone(each)})
    ignored = [argoproj.AppProjectSpecOrphanedResourcesIgnore(kind="Secret", name=name) for name in made]
    return argoproj.AppProjectSpecOrphanedResources(warn=True, ignore=ignored or None)


def _cluster_scoped(
    kinds: Iterable[Kind], manifests: Iterable[Mapping[str, Any]]
) -> Iterator[argoproj.AppProjectSpecClusterResourceWhitelist]:
    """Yield each cluster-scoped object by its name, and without a name a kind that has no object."""
    named: dict[Kind, list[str]] = {}
    for each in manifests:
        named.setdefault((_group(each["apiVersion"]), each["kind"]), []).append(each["metadata"]["name"])
    for group, kind in kinds:
        if kind in CLUSTER_SCOPED:
            known = sorted(named.get((group, kind), ()))
            for name in known or (None,):
                yield argoproj.AppProjectSpecClusterResourceWhitelist(group=group, kind=kind, name=name)


def emitted_kinds(manifests: Iterable[Mapping[str, Any]]) -> list[Kind]:
    """Return the kinds of the manifests, sorted."""
    return sorted({(_group(each["apiVersion"]), each["kind"]) for each in manifests})


def repository_address(address: str) -> str:
    """Return the address of a Git repository, after a check that it has no password.

    Raises:
        ConfigurationError: if it is not an address, contains a password, or is a pattern that several repositories
            match.
    """
    if _ADDRESS.fullmatch(address) is None:
        # The error does not show the address: it may contain a token.
        raise ConfigurationError(
            "repo_url must be the address of a Git repository, such as https://github.com/acme/shop.git, without a "
            "password"
        )
    if _GLOB.search(address):
        raise ConfigurationError(
            f"repo_url must be one repository, got the pattern {address!r}, which several can match; give its address"
        )
    return address


def _group(api_version: str) -> str:
    group, slash, _ = api_version.partition("/")
    return group if slash else ""


def _shown(kind: Kind) -> str:
    return f"{kind[1]}.{kind[0]}" if kind[0] else kind[1]


def _check_namespaces(manifests: Iterable[Mapping[str, Any]], destination: str) -> None:
    for each in manifests:
        is_namespace = (each["apiVersion"], each["kind"]) == ("v1", "Namespace")
        found = each["metadata"]["name"] if is_namespace else each["metadata"].get("namespace")
        if found not in (None, destination):
            raise ConfigurationError(
                f"{each['kind']} {each['metadata']['name']!r} must be in namespace {destination!r}, the only one that "
                f"the project may write to, got {found!r}; ship it with another project"
            )


def _role(project: str, groups: Sequence[str]) -> argoproj.AppProjectSpecRoles:
    actions = ("applications, get", "applications, sync", "logs, get")
    return argoproj.AppProjectSpecRoles(
        name="sync",
        description="Looks, reads logs, syncs and rolls back",
        groups=list(groups),
        policies=[f"p, proj:{project}:sync, {action}, {project}/*, allow" for action in actions],
    )


def _window(window: SyncWindow) -> argoproj.AppProjectSpecSyncWindows:
    return argoproj.AppProjectSpecSyncWindows(
        kind=window.kind,
        schedule=window.schedule,
        duration=window.duration,
        time_zone=window.time_zone,
        manual_sync=window.manual_sync,
        sync_overrun=window.sync_overrun,
        applications=["*"],
    )
