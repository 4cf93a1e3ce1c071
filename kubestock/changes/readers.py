"""Which workloads read a ConfigMap or a Secret, and when they read a change of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from kubestock.changes.change import Effect
from kubestock.changes.identity import Identity
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.footprint import pod_spec

RESTARTABLE = frozenset({"Deployment", "StatefulSet", "DaemonSet"})
"""Workloads that replace their running pods; a Job or CronJob reads a change with its next pod."""

_MAKES = {"ConfigMap": "ConfigMap", "Secret": "Secret", "SealedSecret": "Secret", "ExternalSecret": "Secret"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A workload that reads a ConfigMap or a Secret.

    Args:
        workload: the identity of the workload.
        live: whether it mounts files that are updated while the pod runs.
    """

    workload: Identity
    live: bool


class Readers:
    """The workloads that read each ConfigMap and Secret, and which of them start new pods with the change.

    Args:
        manifests: the manifests after the change.
        restarted: the workloads whose pods are replaced or new.
    """

    def __init__(self, manifests: Mapping[Identity, Document], restarted: Collection[Identity]) -> None:
        self._restarted = restarted
        self._readers: dict[tuple[str, str, str], list[Reader]] = {}
        for identity, manifest in manifests.items():
            live: dict[tuple[str, str], bool] = {}
            for kind, name, follows in _sources(pod_spec(manifest) or {}):
                live[kind, name] = live.get((kind, name), True) and follows
            for (kind, name), follows in live.items():
                reader = Reader(workload=identity, live=follows)
                self._readers.setdefault((kind, identity[2], name), []).append(reader)

    def effect_on(self, source: Identity) -> tuple[Effect, str]:
        """Return when a change of the data of a ConfigMap, Secret or SealedSecret is read, and by which workloads."""
        _, kind, namespace, name = source
        readers = self._readers.get((_MAKES.get(kind, kind), namespace, name), [])
        waiting = [each for each in readers if each.workload[1] in RESTARTABLE and each.workload not in self._restarted]
        if not readers:
            return Effect.IN_FORCE, "no workload of the manifests reads it; a program that watches it reads it at once"
        if not waiting:
            return Effect.AT_START, f"read by new pods of {_names(readers)}"
        files = "its files are updated within about a minute, what it read at startup is not; "
        commands = "; ".join(
            f"kubectl rollout restart {each.workload[1].lower()}/{each.workload[3]} --namespace {namespace}"
            for each in waiting
        )
        follows = files if all(each.live for each in waiting) else ""
        return Effect.AT_START, f"not restarted by this change: {_names(waiting)}; {follows}{commands}"


def _names(readers: Iterable[Reader]) -> str:
    return ", ".join(f"{each.workload[1]}/{each.workload[3]}" for each in readers)


def _sources(spec: Document) -> Iterator[tuple[str, str, bool]]:
    """Yield kind and name of what pods read, and whether they receive a later change."""
    containers = documents.mappings(spec, "initContainers") + documents.mappings(spec, "containers")
    for container in containers:
        for variable in documents.mappings(container, "env"):
            yield from _named(documents.mapping(variable, "valueFrom"), "KeyRef", follows=False)
        for source in documents.mappings(container, "envFrom"):
            yield from _named(source, "Ref", follows=False)
    for pull in documents.mappings(spec, "imagePullSecrets"):
        yield "Secret", documents.text(pull, "name"), False
    for volume in documents.mappings(spec, "volumes"):
        follows = not _is_mounted_by_sub_path(containers, documents.text(volume, "name"))
        for source in (volume, *documents.mappings(volume, "projected", "sources")):
            yield from _named(source, "", follows=follows)


def _named(source: Document, suffix: str, *, follows: bool) -> Iterator[tuple[str, str, bool]]:
    for kind, field in (("ConfigMap", "configMap"), ("Secret", "secret")):
        found = documents.mapping(source, f"{field}{suffix}")
        name = documents.text(found, "secretName") or documents.text(found, "name")
        if name:
            yield kind, name, follows


def _is_mounted_by_sub_path(containers: Iterable[Document], volume: str) -> bool:
    return any(
        documents.text(mount, "name") == volume
        and (documents.text(mount, "subPath") or documents.text(mount, "subPathExpr"))
        for container in containers
        for mount in documents.mappings(container, "volumeMounts")
    )
