"""What Argo CD may do for a product: one repository, one namespace, and the kinds that its chart emits."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import cdk8s
from constructs import Construct
from kubestock_crds.io import argoproj

from kubestock.errors import ConfigurationError
from kubestock.kube.objects import KubeObject
from kubestock.kube.scope import unused_id
from kubestock.values import names
from kubestock.values.kinds import CLUSTER_SCOPED
from kubestock.values.labels import Labels
from kubestock.values.types import typed

CLUSTER = "https://kubernetes.default.svc"
_FIELD = r"(?:\*|[0-9A-Za-z]+(?:-[0-9A-Za-z]+)?(?:,[0-9A-Za-z]+(?:-[0-9A-Za-z]+)?)*)(?:/[0-9]+)?"
_SCHEDULE = re.compile(rf"{_FIELD}(?: {_FIELD}){{4}}")
_DURATION = re.compile(r"(?:[0-9]+h)?(?:[0-9]+m)?")

Kind = tuple[str, str]
"""An API group (empty for the core) and a kind."""


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class SyncWindow:
    """When a sync is allowed, or denied.

    Args:
        kind: allow or deny; where they meet, deny wins.
        schedule: when it begins, as cron writes it: minute hour day month weekday.
        duration: such as 4h or 1h30m.
        time_zone: of the schedule. Defaults to UTC.
        manual_sync: whether a person may sync outside an allowed window, or within a denied one. Defaults to
            false: the window then binds people, too, and all syncs here are a person's.

    Raises:
        ConfigurationError: if the schedule or the duration is none.

    See https://argo-cd.readthedocs.io/en/stable/user-guide/sync_windows/
    """

    kind: Literal["allow", "deny"]
    schedule: str
    duration: str
    time_zone: str = "UTC"
    manual_sync: bool = False

    def __post_init__(self) -> None:
        if not _SCHEDULE.fullmatch(self.schedule):
            raise ConfigurationError(
                f"schedule must have the five fields of cron, such as '0 9 * * 1-4', got {self.schedule!r}"
            )
        if not self.duration or not _DURATION.fullmatch(self.duration):
            raise ConfigurationError(f"duration must be such as 4h or 1h30m, got {self.duration!r}")


class ArgoProject(Construct):
    """An AppProject: everything that is not named is forbidden.

    Args:
        scope: a chart of its own, and not the one that is shipped: an Application must not manage itself.
        id: of the construct.
        name: of the project.
        repository: the only one.
        manifests: what is shipped: its kinds and no others are permitted.
        destination: the only namespace.
        labels: whose it is.
        namespace: where Argo CD is. Defaults to argocd.
        kinds: permitted instead of those of `manifests`. Defaults to none.
        windows: when a sync is allowed. Defaults to always.
        syncers: groups that may look, read logs, sync and roll back, and nothing else. Defaults to none: those of
            Argo CD's own policy.

    Raises:
        ConfigurationError: if `kinds` lacks a kind of the manifests, or one of them has another namespace.

    See https://argo-cd.readthedocs.io/en/stable/user-guide/projects/
    """

    @typed
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        repository: str,
        manifests: Sequence[Mapping[str, Any]],
        destination: str,
        labels: Labels,
        namespace: str = "argocd",
        kinds: Sequence[Kind] | None = None,
        windows: Sequence[SyncWindow] = (),
        syncers: Sequence[str] = (),
    ) -> None:
        names.dns_subdomain("name of the project", name)
        repository_address(repository)
        emitted = emitted_kinds(manifests)
        _refuse_elsewhere(manifests, destination)
        permitted = emitted if kinds is None else sorted(set(kinds))
        if missing := [each for each in emitted if each not in permitted]:
            raise ConfigurationError(
                f"kinds of project {name!r} must permit what the chart emits, and lack "
                f"{', '.join(_shown(each) for each in missing)}: the sync would fail; add them, or leave kinds out"
            )
        super().__init__(scope, unused_id(scope, id))
        self.name = name
        spec = argoproj.AppProjectSpec(
            description=f"{destination} from {repository}",
            source_repos=[repository],
            destinations=[argoproj.AppProjectSpecDestinations(server=CLUSTER, namespace=destination)],
            cluster_resource_whitelist=[
                argoproj.AppProjectSpecClusterResourceWhitelist(group=group, kind=kind)
                for group, kind in permitted
                if kind in CLUSTER_SCOPED
            ],
            namespace_resource_whitelist=[
                argoproj.AppProjectSpecNamespaceResourceWhitelist(group=group, kind=kind)
                for group, kind in permitted
                if kind not in CLUSTER_SCOPED
            ],
            orphaned_resources=argoproj.AppProjectSpecOrphanedResources(warn=True),
            roles=[_role(name, syncers)] if syncers else None,
            sync_windows=[_window(each) for each in windows] or None,
        )
        metadata = cdk8s.ApiObjectMetadata(name=name, namespace=namespace, labels=labels.metadata)
        manifest = argoproj.AppProject.manifest(metadata=metadata, spec=spec)
        self.object = KubeObject(self, "AppProject", manifest=manifest)


def emitted_kinds(manifests: Iterable[Mapping[str, Any]]) -> list[Kind]:
    """Return the kinds of manifests, sorted."""
    return sorted({(_group(each["apiVersion"]), each["kind"]) for each in manifests})


def repository_address(address: str) -> str:
    """Return the address of a Git repository, without anything confidential in it.

    Raises:
        ConfigurationError: if it is none, or carries a user's password.
    """
    if re.fullmatch(r"https://[^/@\s]+/\S+|ssh://[^\s:]+@\S+|git@[^\s:]+:\S+", address) is None:
        # It is not shown: it may hold a token.
        raise ConfigurationError(
            "repository must be an address of Git such as https://github.com/acme/shop.git, without a user's password"
        )
    return address


def _group(api_version: str) -> str:
    group, slash, _ = api_version.partition("/")
    return group if slash else ""


def _shown(kind: Kind) -> str:
    return f"{kind[1]}.{kind[0]}" if kind[0] else kind[1]


def _refuse_elsewhere(manifests: Iterable[Mapping[str, Any]], destination: str) -> None:
    for each in manifests:
        found = each["metadata"].get("namespace")
        if found not in (None, destination):
            raise ConfigurationError(
                f"{each['kind']} {each['metadata']['name']!r} must be in namespace {destination!r}, the only one that "
                f"the project may write to, got {found!r}; ship it from a project of its own"
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
        applications=["*"],
    )
