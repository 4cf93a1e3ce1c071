"""Whether everything that a pod or a binding refers to exists, and holds what is asked of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from kubestock.checks.finding import Finding
from kubestock.checks.inventory import Inventory, Workload, finding, shown
from kubestock.checks.secrets import keys_of
from kubestock.values import documents
from kubestock.values.documents import Document

RULE = "references"
NEEDED_FIRST = frozenset({"ConfigMap", "PersistentVolumeClaim", "PriorityClass", "Secret", "ServiceAccount"})
"""Kinds without which a pod does not start."""

_ALWAYS_THERE = frozenset({("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")})
_BUILT_IN_ROLES = frozenset({"admin", "cluster-admin", "edit", "view"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Something that a pod needs by name, and the keys of it."""

    kind: str
    name: str
    place: str
    keys: tuple[str, ...] = ()


def pod_references(inventory: Inventory) -> Iterator[Finding]:
    """A pod that refers to what is not there waits in ContainerCreating, or never gets its image.

    See https://kubernetes.io/docs/concepts/configuration/configmap/ and
    https://kubernetes.io/docs/concepts/configuration/secret/#using-a-secret
    """
    for workload, references in inventory.derived(references_of_workloads):
        for reference in references:
            message = _missing(inventory, workload.namespace, reference)
            if message:
                yield workload.finding(RULE, message)


def references_of_workloads(inventory: Inventory) -> list[tuple[Workload, list[Reference]]]:
    """Return each workload with everything that its pods name; what is optional is left out."""
    return [(each, [*_of_pod(each.spec), *_of_containers(each)]) for each in inventory.workloads]


def bound_role(inventory: Inventory) -> Iterator[Finding]:
    """A binding to a role that does not exist grants nothing.

    See https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding
    """
    for binding in inventory.of_kind("RoleBinding", "ClusterRoleBinding"):
        kind = documents.text(binding, "roleRef", "kind")
        name = documents.text(binding, "roleRef", "name")
        built_in = kind == "ClusterRole" and (name in _BUILT_IN_ROLES or name.startswith("system:"))
        namespace = documents.namespace(binding)
        known = inventory.find(kind, namespace, name) or inventory.provides(kind, namespace, name)
        if not built_in and not known:
            yield finding(RULE, binding, f"roleRef names {kind} {name!r}, {_NOT_THERE}")


_NOT_THERE = "which is not in the chart; add it, correct the name, or declare it as provided"


def _missing(inventory: Inventory, namespace: str, reference: Reference) -> str | None:
    kind, name = reference.kind, reference.name
    if (kind, name) in _ALWAYS_THERE or inventory.provides(kind, namespace, name):
        return None
    where = f"{reference.place} refers to {kind} {name!r}"
    if kind not in ("ConfigMap", "Secret"):
        return None if inventory.find(kind, namespace, name) else f"{where}, {_NOT_THERE}"
    known = keys_of(inventory, kind, namespace, name)
    if known is None:
        return f"{where}, {_NOT_THERE}"
    absent = sorted(set(reference.keys) - known.keys) if known.complete else []
    if not absent:
        return None
    return (
        f"{where} and wants its key {', '.join(map(repr, absent))}, but it has "
        f"{', '.join(sorted(known.keys)) or 'none'}; correct the key, or add it"
    )


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
            yield Reference(kind="Secret", name=name, place="imagePullSecrets")
    for volume in documents.mappings(spec, "volumes"):
        place = f"volume {documents.text(volume, 'name')!r}"
        claim = documents.text(volume, "persistentVolumeClaim", "claimName")
        if claim:
            yield Reference(kind="PersistentVolumeClaim", name=claim, place=place)
        for source in (volume, *documents.mappings(volume, "projected", "sources")):
            yield from _of_source(source, place)


def _of_source(source: Document, place: str) -> Iterator[Reference]:
    for kind, field in (("ConfigMap", "configMap"), ("Secret", "secret")):
        found = documents.mapping(source, field)
        # A volume says secretName; a source of a projected volume says name.
        name = documents.text(found, "secretName") or documents.text(found, "name")
        if name and documents.at(found, "optional") is not True:
            keys = (documents.text(item, "key") for item in documents.mappings(found, "items"))
            yield Reference(kind=kind, name=name, place=place, keys=tuple(key for key in keys if key))


def _of_containers(workload: Workload) -> Iterator[Reference]:
    for container in workload.containers:
        owner = f"of {shown(container)}"
        for variable in documents.mappings(container, "env"):
            place = f"variable {documents.text(variable, 'name')} {owner}"
            for kind, field in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
                found = documents.mapping(variable, "valueFrom", field)
                name, key = documents.text(found, "name"), documents.text(found, "key")
                if name and documents.at(found, "optional") is not True:
                    yield Reference(kind=kind, name=name, place=place, keys=(key,) if key else ())
        for source in documents.mappings(container, "envFrom"):
            for kind, field in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
                found = documents.mapping(source, field)
                name = documents.text(found, "name")
                if name and documents.at(found, "optional") is not True:
                    yield Reference(kind=kind, name=name, place=f"envFrom {owner}")
