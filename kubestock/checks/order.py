"""Whether what an object needs is there when it is applied: by kubectl in file order, or by Argo CD in waves."""

import re
from collections.abc import Iterator

from kubestock.checks.finding import Finding
from kubestock.checks.inventory import Inventory, finding
from kubestock.checks.references import NEEDED_FIRST, references_of_workloads
from kubestock.checks.secrets import maker_of
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.sync import DELETE_POLICY, HOOK, WAVE

RULE = "apply-order"
_HELM_HOOK, _HELM_DELETE_POLICY = "helm.sh/hook", "helm.sh/hook-delete-policy"
_PHASES = {"PreSync": 0, "Sync": 1, "PostSync": 2, "SyncFail": 3}
_OF_HELM = {"pre-install": "PreSync", "pre-upgrade": "PreSync", "post-install": "PostSync", "post-upgrade": "PostSync"}
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_NAMED = {
    "RoleBinding": ("roleRef",),
    "ClusterRoleBinding": ("roleRef",),
    "HorizontalPodAutoscaler": ("spec", "scaleTargetRef"),
    "Certificate": ("spec", "issuerRef"),
}
"""Where objects that make no pods name what they need, by kind and name."""


def namespace_first(inventory: Inventory) -> Iterator[Finding]:
    """A file is applied from its head: what stands above its Namespace is refused.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
    """
    unseen = {documents.name(each) for each in inventory.of_kind("Namespace")}
    for document in inventory.objects:
        if documents.kind(document) == "Namespace":
            unseen.discard(documents.name(document))
        namespace = documents.namespace(document)
        if namespace in unseen:
            message = f"stands above its Namespace {namespace!r}; add the namespace to the chart first"
            yield finding("apply-order", document, message)


def needs_first(inventory: Inventory) -> Iterator[Finding]:
    """Argo CD waits for a wave to be healthy: pods whose Secret comes later wait for ever, and the sync with them.

    A chart with waves has an order, and its file is read as well: kubectl applies it from its head.

    See https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
    """
    if not any(_annotation(each, WAVE) or _phase(each) for each in inventory.objects):
        return
    position = {id(each): number for number, each in enumerate(inventory.objects)}
    moments = {id(each): _moment(each) for each in inventory.objects}
    for document, needed, shown in _needs(inventory):
        if moments[id(needed)] > moments[id(document)]:
            early = _phase(document) == "PreSync" and not _phase(needed)
            mend = "make the hook one of phase Sync" if early else "give that an earlier wave"
            yield finding("apply-order", document, f"is applied before {shown}, which it needs; {mend}")
        elif position[id(needed)] > position[id(document)] and documents.kind(needed) != "Namespace":
            message = f"stands above {shown}, which it needs; add that to the chart first, or arrange the chart"
            yield finding("apply-order", document, message)


def hook_ends(inventory: Inventory) -> Iterator[Finding]:
    """A hook that hangs holds the sync, and with it every later release; one that stays blocks its successor.

    See https://argo-cd.readthedocs.io/en/stable/user-guide/resource_hooks/
    """
    for workload in inventory.workloads:
        hook = workload.document
        if not _phase(hook):
            continue
        if workload.kind not in ("Job", "Pod"):
            yield workload.finding("hook-ends", "is a hook and never ends; make it a Job")
        elif documents.whole(hook, "spec", "activeDeadlineSeconds") is None:
            yield workload.finding("hook-ends", "is a hook without activeDeadlineSeconds; say how long it may take")
        if not _annotation(hook, DELETE_POLICY) and not _annotation(hook, _HELM_DELETE_POLICY):
            yield workload.finding("hook-ends", f"is a hook without {DELETE_POLICY}; say when it is removed")


def _needs(inventory: Inventory) -> Iterator[tuple[Document, Document, str]]:
    """Yield each object with one that it needs, and how that is shown."""
    for workload, references in inventory.derived(references_of_workloads):
        found = {(each.kind, each.name) for each in references if each.kind in NEEDED_FIRST}
        for kind, name in sorted(found):
            maker = maker_of(inventory, kind, workload.namespace, name)
            if maker is not None:
                yield workload.document, maker, f"{documents.kind(maker)} {name!r}"
    for kind, path in _NAMED.items():
        for document in inventory.of_kind(kind):
            named = documents.mapping(document, *path)
            wanted, name = documents.text(named, "kind"), documents.text(named, "name")
            needed = inventory.find(wanted, documents.namespace(document), name)
            if needed is not None:
                yield document, needed, f"{wanted} {name!r}"
    namespaces = {documents.name(each): each for each in reversed([*inventory.of_kind("Namespace")])}
    for document in inventory.objects:
        name = documents.namespace(document)
        if name and name in namespaces:
            yield document, namespaces[name], f"Namespace {name!r}"


def _moment(document: Document) -> tuple[int, int]:
    """Return when Argo CD applies an object; one moment is one batch, in which the order does no harm."""
    if not documents.at(document, "metadata", "annotations"):
        return _PHASES["Sync"], 0
    wave = _annotation(document, WAVE)
    return _PHASES[_phase(document) or "Sync"], int(wave) if _WHOLE.fullmatch(wave) else 0


def _phase(document: Document) -> str:
    """Return the phase of a hook, or nothing of what is none; Argo CD runs those of Helm, too."""
    own = _annotation(document, HOOK)
    if own:
        return next((each for each in map(str.strip, own.split(",")) if each in _PHASES), "")
    of_helm = map(str.strip, _annotation(document, _HELM_HOOK).split(","))
    return next((_OF_HELM[each] for each in of_helm if each in _OF_HELM), "")


def _annotation(document: Document, name: str) -> str:
    return documents.text(document, "metadata", "annotations", name)
