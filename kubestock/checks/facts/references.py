"""The objects to which pods refer by name, and which must exist in the cluster."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from kubestock.checks.facts.inventory import Inventory, Workload, describe_container
from kubestock.values import documents
from kubestock.values.documents import Document

NEEDED_FIRST = frozenset({"ConfigMap", "PersistentVolumeClaim", "PriorityClass", "Secret", "ServiceAccount"})
"""Kinds of objects without which a pod does not start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A reference of a pod to an object by name.

    Args:
        kind: the kind of the object.
        name: the name of the object.
        place: the description of the field with the reference, for findings.
        keys: the keys of the object that the pod needs.
        part: the map in the pod with the reference.
    """

    kind: str
    name: str
    place: str
    keys: tuple[str, ...] = ()
    part: object = field(default=None, compare=False)


def references_of_workloads(inventory: Inventory) -> list[tuple[Workload, list[Reference]]]:
    """Return each workload with all references of its pods, except optional ones."""
    return [(each, [*_of_pod(each.spec), *_of_containers(each)]) for each in inventory.workloads]


def _of_pod(spec: Document) -> Iterator[Reference]:
    account = documents.text(spec, "serviceAccountName") or documents.text(spec, "serviceAccount")
    if account:
        yield Reference(kind="ServiceAccount", name=account, place="serviceAccountName")
    priority = documents.text(spec, "priorityClassName")
    if priority and not priority.startswith("system-"):
        yield Reference(kind="PriorityClass", name=priority, place="priorityClassName")
    for pull in documents.mappings(spec, "imagePullSecrets"):
        name = documents.text(pull, "name")
        if name:
            yield Reference(kind="Secret", name=name, place="imagePullSecrets", part=pull)
    for volume in documents.mappings(spec, "volumes"):
        place = f"volume {documents.text(volume, 'name')!r}"
        claim = documents.text(volume, "persistentVolumeClaim", "claimName")
        if claim:
            yield Reference(kind="PersistentVolumeClaim", name=claim, place=place, part=volume)
        for source in (volume, *documents.mappings(volume, "projected", "sources")):
            yield from _of_source(source, place)


def _of_source(source: Document, place: str) -> Iterator[Reference]:
    for kind, named in (("ConfigMap", "configMap"), ("Secret", "secret")):
        found = documents.mapping(source, named)
        # A volume has the field secretName, a source of a projected volume has the field name.
        name = documents.text(found, "secretName") or documents.text(found, "name")
        if name and documents.at(found, "optional") is not True:
            keys = (documents.text(item, "key") for item in documents.mappings(found, "items"))
            yield Reference(kind=kind, name=name, place=place, keys=tuple(key for key in keys if key), part=source)


def _of_containers(workload: Workload) -> Iterator[Reference]:
    for container in workload.containers:
        owner = f"of {describe_container(container)}"
        for variable in documents.mappings(container, "env"):
            place = f"variable {documents.text(variable, 'name')} {owner}"
            for kind, named in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
                found = documents.mapping(variable, "valueFrom", named)
                name, key = documents.text(found, "name"), documents.text(found, "key")
                if name and documents.at(found, "optional") is not True:
                    yield Reference(kind=kind, name=name, place=place, keys=(key,) if key else (), part=variable)
        for source in documents.mappings(container, "envFrom"):
            for kind, named in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
                found = documents.mapping(source, named)
                name = documents.text(found, "name")
                if name and documents.at(found, "optional") is not True:
                    yield Reference(kind=kind, name=name, place=f"envFrom {owner}", part=source)
