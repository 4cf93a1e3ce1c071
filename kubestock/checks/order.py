"""Whether what an object needs is there when it is applied: by kubectl in file order, or by Argo CD in waves."""

from collections.abc import Iterator

from kubestock.checks.finding import Finding
from kubestock.checks.inventory import Inventory, Workload, finding
from kubestock.checks.references import NEEDED_FIRST, references_of
from kubestock.checks.secrets import maker_of
from kubestock.values import documents
from kubestock.values.documents import Document

RULE = "apply-order"
WAVE, HOOK = "argocd.argoproj.io/sync-wave", "argocd.argoproj.io/hook"
DELETE_POLICY = "argocd.argoproj.io/hook-delete-policy"
_PHASES = {"PreSync": 0, "Sync": 1, "PostSync": 2, "SyncFail": 3}


def namespace_first(inventory: Inventory) -> Iterator[Finding]:
    """A file is applied from its head: what stands above its Namespace is refused.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
    """
    seen: set[str] = set()
    made = {documents.name(each) for each in inventory.of_kind("Namespace")}
    for document in inventory.objects:
        if documents.kind(document) == "Namespace":
            seen.add(documents.name(document))
        namespace = documents.namespace(document)
        if namespace in made - seen:
            message = f"stands above its Namespace {namespace!r}; add the namespace to the chart first"
            yield finding("apply-order", document, message)


def needs_first(inventory: Inventory) -> Iterator[Finding]:
    """Argo CD waits for a wave to be healthy: pods whose Secret comes later wait for ever, and the sync with them.

    See https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
    """
    if not any(_annotation(each, WAVE) or _annotation(each, HOOK) for each in inventory.objects):
        return
    for workload in inventory.workloads:
        for kind, name in sorted(_needs(workload)):
            maker = maker_of(inventory, kind, workload.namespace, name)
            if maker is not None and _moment(maker) > _moment(workload.document):
                early = _annotation(workload.document, HOOK) == "PreSync" and not _annotation(maker, HOOK)
                mend = "make the hook one of phase Sync" if early else "give that an earlier wave"
                needed = f"{documents.kind(maker)} {name!r}"
                yield workload.finding("apply-order", f"is applied before {needed}, which it needs; {mend}")


def hook_ends(inventory: Inventory) -> Iterator[Finding]:
    """A hook that hangs holds the sync, and with it every later release; one that stays blocks its successor.

    See https://argo-cd.readthedocs.io/en/stable/user-guide/resource_hooks/
    """
    for job in inventory.of_kind("Job"):
        if not _annotation(job, HOOK):
            continue
        if documents.whole(job, "spec", "activeDeadlineSeconds") is None:
            yield finding("hook-ends", job, "is a hook without activeDeadlineSeconds; say how long it may take")
        if not _annotation(job, DELETE_POLICY):
            yield finding("hook-ends", job, f"is a hook without {DELETE_POLICY}; say when it is removed")


def _needs(workload: Workload) -> set[tuple[str, str]]:
    found = {(each.kind, each.name) for each in references_of(workload)}
    return {each for each in found if each[0] in NEEDED_FIRST}


def _moment(document: Document) -> tuple[int, int]:
    """Return when Argo CD applies an object; one moment is one batch, in which the order does no harm."""
    phase = _annotation(document, HOOK) or "Sync"
    wave = _annotation(document, WAVE)
    return _PHASES.get(phase, 1), int(wave) if wave.removeprefix("-").isdigit() else 0


def _annotation(document: Document, name: str) -> str:
    return documents.text(document, "metadata", "annotations", name)
